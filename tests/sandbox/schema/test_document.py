import pytest
import stripe

from sandbox.schema.document import build
from sandbox.schema.source import Sdk
from sandbox.schema.stored import load
from sandbox.schema.wanted import Operation, wanted_operations


@pytest.fixture(scope="module")
def document():
    return load()


def test_the_schema_is_of_the_sdks_version(document):
    assert document["info"]["version"] == stripe._api_version._ApiVersion.CURRENT
    assert document["info"]["x-sdk-version"] == stripe.VERSION


def test_every_wanted_operation_is_there(document):
    operations = [(path, verb) for path, verbs in document["paths"].items() for verb in verbs]
    assert (len(document["paths"]), len(operations)) == (94, 149)
    assert len(wanted_operations()) == 149


def test_every_reference_leads_somewhere(document):
    names = set()

    def walk(node):
        if isinstance(node, dict):
            if "$ref" in node:
                names.add(node["$ref"].rsplit("/", 1)[-1])
            node = list(node.values())
        for child in node if isinstance(node, list) else ():
            walk(child)

    walk(document)
    assert names <= set(document["components"]["schemas"])
    assert "x-unresolved" not in str(document)


def test_deleting_answers_with_a_shadow(document):
    answer = document["paths"]["/v1/products/{id}"]["delete"]["responses"]["200"]
    schema = answer["content"]["application/json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/deleted_product"}


def test_an_operation_that_the_sdk_lost_is_an_error(monkeypatch):
    gone = {Operation("get", "/v1/gone")}
    monkeypatch.setattr("sandbox.schema.document.wanted_operations", lambda: gone)
    with pytest.raises(LookupError, match="/v1/gone"):
        build(Sdk())


def test_a_stripe_class_that_moved_is_an_error(tmp_path):
    (tmp_path / "_version.py").write_text("")
    with pytest.raises(LookupError, match="has no VERSION"):
        _ = Sdk(tmp_path).version
