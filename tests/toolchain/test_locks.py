import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_locked_python_package_has_its_hashes(lock: Path) -> None:
    packages = re.findall(
        r"^[\w.\-\[\]]+==.*?(?=^\S|\Z)", lock.read_text(), re.MULTILINE | re.DOTALL
    )
    assert packages
    assert [one.splitlines()[0] for one in packages if "--hash=sha256:" not in one] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_no_lock_names_a_registry(lock: Path) -> None:
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links", lock.read_text())


def test_every_locked_npm_package_has_its_hash_and_no_registry() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    installed = {name: package for name, package in packages.items() if name}
    assert installed
    for name, package in installed.items():
        assert package["integrity"].startswith("sha512-"), name
        assert "resolved" not in package, name


def test_testing_locks_what_running_locks() -> None:
    def versions(name: str) -> set[str]:
        text = (ROOT / "requirements" / name).read_text()
        return set(re.findall(r"^([\w.\-\[\]]+==[^ \\]+)", text, re.MULTILINE))

    assert versions("run.txt") <= versions("dev.txt")
