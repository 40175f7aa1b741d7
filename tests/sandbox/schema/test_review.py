import json

import pytest

from sandbox.schema import __main__ as command
from sandbox.schema import review
from sandbox.schema.stored import load

TEXT = {"type": "string"}


def document(fields, params=(), version="1"):
    """A schema of one object and one operation."""
    thing = {"type": "object", "x-resourceId": "thing", "required": ["id"], "properties": fields}
    query = [{"name": name, "in": "query", "required": False, "schema": TEXT} for name in params]
    return {
        "info": {"version": version, "x-sdk-version": "16"},
        "paths": {"/v1/things": {"get": {"parameters": query, "responses": {}}}},
        "components": {"schemas": {"thing": thing, "x_1": {"type": "array", "items": TEXT}}},
    }


OLD = document({"id": TEXT, "status": {"type": "string", "enum": ["a"]}, "gone": TEXT})
NEW = document(
    {"id": TEXT, "status": {"type": "string", "enum": ["a", "b"]}, "tags": {"$ref": "#/c/s/x_1"}},
    params=["limit"],
    version="2",
)


def test_the_sandbox_was_reviewed_for_the_installed_sdk():
    """An upgrade fails here: look at `python -m sandbox.schema --differences OLD.json` (the last
    schema is in var/sandbox), let the sandbox follow, then `python -m sandbox.schema --accept`."""
    found = review.unreviewed(load())
    assert not found, "\n".join(["The SDK's schema is not the one reviewed:", *found])


def test_every_field_that_changed_is_named():
    assert review.differences(OLD, NEW) == [
        "+ get /v1/things limit: string",
        "- thing.gone: string, may be absent",
        "~ thing.status: string of a, may be absent -> string of a, b, may be absent",
        "+ thing.tags: array, may be absent",
        "+ thing.tags[]: string",
    ]
    assert review.differences(NEW, NEW) == []


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """A review of the old schema, in a place of its own."""
    monkeypatch.setattr(review, "REVIEWED", tmp_path / "reviewed.json")
    review.accept(OLD)
    return tmp_path


def test_what_was_not_reviewed_is_named_by_operation_and_object(kept):
    assert review.unreviewed(OLD) == []
    assert review.unreviewed(NEW) == ["api_version: 1 -> 2", "~ get /v1/things", "~ thing"]
    other = document({"id": TEXT})
    other["paths"]["/v1/others"] = {"get": {}}
    del other["components"]["schemas"]["thing"]
    assert review.unreviewed(other) == ["+ get /v1/others", "- thing"]


def test_the_command_shows_and_accepts_an_upgrade(kept, monkeypatch, capsys):
    monkeypatch.setattr(command, "build", lambda: NEW)
    old = kept / "old.json"
    old.write_text(json.dumps(OLD))
    assert command.main(["--differences", str(old)]) == 0
    assert "- thing.gone" in capsys.readouterr().out
    assert command.main(["--accept"]) == 0
    assert review.unreviewed(NEW) == []


def test_making_the_schema_anew_shows_what_changed(kept, monkeypatch, capsys):
    def write(path):
        path.write_text(json.dumps(NEW))
        return NEW

    monkeypatch.setattr(command, "write", write)
    out = kept / "schema.json"
    out.write_text(json.dumps(OLD))
    command.main([str(out)])
    command.main([str(out)])
    said = capsys.readouterr().out
    assert "- thing.gone" in said
    assert said.endswith("No difference.\n")


@pytest.mark.parametrize("arguments", [[], ["--nonsense"], ["a", "b", "c"]])
def test_the_command_says_what_it_can(arguments, capsys):
    assert command.main(arguments) == 2
    assert "--accept" in capsys.readouterr().err
