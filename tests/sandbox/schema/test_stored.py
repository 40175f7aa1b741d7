import json
import subprocess
import sys

import pytest

from sandbox.schema import stored
from sandbox.schema.source import Sdk


@pytest.fixture
def small(monkeypatch):
    """A generator that takes no time."""
    made = []

    def build(sdk=None):
        made.append(1)
        return {"paths": {}}

    monkeypatch.setattr(stored, "build", build)
    return made


def test_the_schema_is_made_once(small, tmp_path, monkeypatch):
    monkeypatch.setattr(stored, "DEFAULT_FOLDER", tmp_path)
    assert stored.load() == stored.load() == {"paths": {}}
    assert len(small) == 1
    assert [path.name for path in tmp_path.iterdir()] == [stored.default_path(Sdk()).name]


def test_a_path_that_is_named_must_be_there(tmp_path):
    with pytest.raises(FileNotFoundError, match="python -m"):
        stored.load(tmp_path / "none.json")


def test_the_command_writes_the_schema(tmp_path):
    out = tmp_path / "schema.json"
    command = [sys.executable, "-m", "sandbox.schema", str(out)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "94 paths, 149 operations" in said
    assert json.loads(out.read_text())["openapi"] == "3.0.0"


def test_the_command_wants_one_path():
    command = [sys.executable, "-m", "sandbox.schema"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "usage" in done.stderr) == (2, True)
