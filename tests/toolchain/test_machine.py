import stat
from pathlib import Path

import pytest
from house import machine


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(machine, "VAR", tmp_path)
    monkeypatch.setattr(machine, "FILE", tmp_path / "env")
    return tmp_path / "env"


def test_secrets_are_made_once(file: Path) -> None:
    machine.prepare()
    first = file.read_text()
    machine.prepare()
    assert file.read_text() == first


def test_secrets_are_for_the_owner_only(file: Path) -> None:
    machine.prepare()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_value_written_by_hand_stays(file: Path) -> None:
    file.write_text("SECRET_KEY=mine\n")
    machine.prepare()
    lines = file.read_text().splitlines()
    assert lines[0] == "SECRET_KEY=mine"
    assert sum(line.startswith("SECRET_KEY=") for line in lines) == 1


def test_another_port_moves_the_addresses(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.prepare()
    env = machine.environment(web_port=9000, sandbox_port=9001)
    assert env["STRIPE_API_BASE"] == "http://127.0.0.1:9001"
    assert env["PLATFORM_ORIGIN"] == "http://localhost:9000"


def test_the_callers_environment_wins(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.prepare()
    monkeypatch.setenv("SECRET_KEY", "theirs")
    assert machine.environment(8000, 12111)["SECRET_KEY"] == "theirs"
