import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FREE = {"mail", "admin", "unfold"}
"""Mail programs need style inside, and the admin's policy is another."""
TEMPLATES = [
    path
    for path in sorted((ROOT / "templates").rglob("*.html"))
    if not FREE & set(path.relative_to(ROOT / "templates").parts)
]
INLINE = re.compile(
    r"<style|<script(?![^>]*\bsrc=)(?![^>]*type=\"application/(?:ld\+)?json\")"
    r"|\sstyle=|\son[a-z]+=|javascript:",
    re.IGNORECASE,
)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_page_holds_no_inline_style_or_script(template: Path) -> None:
    assert INLINE.findall(template.read_text()) == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_nothing_is_loaded_from_elsewhere(template: Path) -> None:
    loaded = (
        r"<(?:script|img|link|iframe|source|video|audio)\b[^>]*\b(?:src|href)=[\"']?(?:https?:)?//"
    )
    assert re.findall(loaded, template.read_text()) == []
