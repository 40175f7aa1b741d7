"""Which npm packages are installed for whom."""

from pathlib import Path

import pytest
from house import node_packages, stamps


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What npm was told to leave out, install by install."""
    for module in (stamps, node_packages):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(stamps, "STAMPS", tmp_path / "stamps")
    monkeypatch.setattr(node_packages, "NODE_MODULES", tmp_path)
    for name in ("package.json", "package-lock.json", ".package-lock.json"):
        (tmp_path / name).write_text("{}")
    seen: list[tuple[str, ...]] = []
    monkeypatch.setattr(node_packages, "_install", lambda *options: seen.append(options))
    return seen


def test_running_installs_no_package_of_tests(installed: list[tuple[str, ...]]) -> None:
    node_packages.prepare()
    node_packages.prepare()
    assert installed == [("--omit=dev",)]


def test_testing_installs_what_running_left_out(installed: list[tuple[str, ...]]) -> None:
    node_packages.prepare()
    node_packages.prepare(for_tests=True)
    node_packages.prepare(for_tests=True)
    assert installed == [("--omit=dev",), ()]


def test_running_after_testing_takes_nothing_away(installed: list[tuple[str, ...]]) -> None:
    node_packages.prepare(for_tests=True)
    node_packages.prepare()
    assert installed == [()]


def test_a_changed_lock_makes_both_due(installed: list[tuple[str, ...]], tmp_path: Path) -> None:
    node_packages.prepare(for_tests=True)
    (tmp_path / "package-lock.json").write_text("{ }")
    node_packages.prepare()
    node_packages.prepare(for_tests=True)
    assert installed == [(), ("--omit=dev",), ()]
