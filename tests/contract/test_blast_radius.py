"""Which files outside a format's own folders know its name: two, and a test counts them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from products.contract import formats

ROOT = Path(__file__).resolve().parents[2]
KNOWN = {"config/settings.py", "pyproject.toml"}
SUFFIXES = {".py", ".html", ".txt", ".css", ".js", ".toml", ".json", ".yml", ".cfg", ".ini"}
AWAY = {
    ".venv", ".git", "var", "node_modules", "docs", "tests", "locale", "built", "requirements",
    "__pycache__", "bench", ".import_linter_cache", ".hypothesis",
}  # fmt: skip


def own_apps() -> dict[str, str]:
    """Format key → app label of each format that has an app of its own in the tree."""
    found = {}
    for each in formats:
        if each.model is not None and (ROOT / each.model._meta.app_label).is_dir():
            found[each.key] = each.model._meta.app_label
    return found


def files_outside(app: str) -> list[Path]:
    own = {ROOT / app, ROOT / "templates" / app, ROOT / "static" / app}
    return [
        path
        for path in ROOT.rglob("*")
        if path.suffix in SUFFIXES
        and not AWAY & set(path.relative_to(ROOT).parts)
        and not own & set(path.parents)
        and path.is_file()
    ]


def names_it(text: str, app: str, key: str) -> bool:
    """Whether a file imports the app, or holds its label, key or URL namespace as a name."""
    label = re.compile(rf"\b{app}\b(?!\.org)")
    as_key = re.compile(rf"""["']{key}["']""")
    prose = re.compile(r'^\s*(#|""").*$|"[^"\n]*\s[^"\n]*"', re.MULTILINE)
    code = prose.sub("", text)
    return bool(label.search(code) or as_key.search(code))


@pytest.mark.parametrize(("key", "app"), sorted(own_apps().items()))
def test_two_files_outside_its_folder_know_a_format(key: str, app: str) -> None:
    knowing = {
        str(path.relative_to(ROOT))
        for path in files_outside(app)
        if names_it(path.read_text(encoding="utf-8", errors="replace"), app, key)
    }
    assert knowing <= KNOWN, f"{sorted(knowing - KNOWN)} know about {key}"


def test_there_is_a_format_to_count() -> None:
    assert own_apps()
