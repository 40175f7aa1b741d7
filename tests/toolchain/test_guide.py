"""The creator's guide says the words of the screen, and its pictures are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.toolchain import marked

GUIDE = Path(__file__).parents[2] / "docs" / "guide"
SENTENCES = ("A price once sold", "A mistake can", "bold", "מחיר שנמכר", "טעות אפשר", "מודגשות")
"""How what is bold and is no word of the screen begins."""


def named(language: str) -> set[str]:
    text = re.sub(r"\s+", " ", (GUIDE / f"{language}.md").read_text())
    bold = [each for each in re.findall(r"\*\*(.+?)\*\*", text) if not each.startswith(SENTENCES)]
    return {part.strip() for each in bold for part in each.split("→")}


def pictures(language: str) -> list[str]:
    return re.findall(r"\]\((pictures/[\w.-]+)\)", (GUIDE / f"{language}.md").read_text())


def test_every_label_of_the_english_guide_stands_on_a_screen() -> None:
    assert named("en") - {text for (_context, text), _place in marked.strings()} == set()


def test_every_label_of_the_hebrew_guide_stands_on_a_screen() -> None:
    said: set[str] = set()
    for message in marked.ours("he"):
        said |= {message.string} if isinstance(message.string, str) else {*message.string}
    assert named("he") - said == set()


@pytest.mark.parametrize("language", ["en", "he"])
def test_every_picture_is_there(language: str) -> None:
    assert pictures(language)
    for name in pictures(language):
        assert (GUIDE / name).is_file(), name


def test_both_languages_show_the_same_pictures() -> None:
    shown = {each: [name.split("-", 1)[1] for name in pictures(each)] for each in ("en", "he")}
    assert shown["en"] == shown["he"]
