from pathlib import Path

import pytest
from house import stamps


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stamps, "STAMPS", tmp_path / "stamps")


def due(source: Path, *facts: str, made: Path | None = None) -> bool:
    with stamps.once("thing", "making a thing", [source], *facts, made=made) as is_due:
        return is_due


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source"
    path.write_text("one")
    return path


def test_a_step_is_done_once(source: Path) -> None:
    assert due(source)
    assert not due(source)


def test_a_changed_input_makes_it_due_again(source: Path) -> None:
    due(source)
    source.write_text("two")
    assert due(source)


def test_a_changed_fact_makes_it_due_again(source: Path) -> None:
    due(source, "Python 3.11")
    assert due(source, "Python 3.12")


def test_a_step_whose_result_is_gone_is_due_again(source: Path, tmp_path: Path) -> None:
    made = tmp_path / "made"
    made.write_text("x")
    due(source, made=made)
    made.unlink()
    assert due(source, made=made)


def test_a_failed_step_is_not_stamped(source: Path) -> None:
    with pytest.raises(ZeroDivisionError), stamps.once("thing", "failing", [source]):
        _ = 1 / 0
    assert due(source)
