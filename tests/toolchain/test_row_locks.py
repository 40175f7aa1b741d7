"""Rows are locked without their keys: see ADR 0057."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
APPS = sorted(config.parent for config in ROOT.glob("*/apps.py"))
LOCK = re.compile(r"select_for_update\(((?:[^()]|\([^()]*\))*)\)")


def test_no_lock_waits_for_foreign_keys() -> None:
    locks = [
        (path.relative_to(ROOT), found.group(1))
        for app in APPS
        for path in app.rglob("*.py")
        for found in LOCK.finditer(path.read_text())
    ]
    assert len(locks) > 100
    assert [str(path) for path, asked in locks if "no_key=True" not in asked] == []
