"""Setting lines on paper in both directions: words broken where they end, runs laid as they read.

fpdf2 resolves the Unicode bidirectional algorithm (UAX 9) of a paragraph, but orders a line by
whole fragments, which loses numbers inside Hebrew inside English. Here a line is laid run by run.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby

from core.text import clean_line

FROM_LEFT, FROM_RIGHT, END_OF_IT = "\u2066", "\u2067", "\u2069"
UNSEEN = frozenset("\u200e\u200f\u061c\u2066\u2067\u2068\u2069\ufe0e\ufe0f\u200d")
"""Marks that steer and are not set themselves."""
SPACES = re.compile(r"[ \t\r\n]+")
"""Where a line may break: never at a no-break space, which holds an amount to its currency."""


@dataclass(frozen=True)
class Run:
    """Letters that are set together, in reading order, and from which side they read."""

    text: str
    is_rtl: bool


def apart(text: str) -> str:
    """Return what somebody typed, cleaned and kept apart from the words around it.

    It reads from the right where it begins so ("קורס Python") or most of it does ("CSS: מ-0 ל-9"),
    a telephone from the left; and the sentence that names it in its own way. Empty stays empty.
    """
    cleaned = clean_line(text)
    if not cleaned:
        return ""
    ways = [unicodedata.bidirectional(letter) for letter in cleaned]
    strong = [way != "L" for way in ways if way in {"L", "R", "AL"}]
    is_rtl = bool(strong) and (strong[0] or sum(strong) * 2 > len(strong))
    return f"{FROM_RIGHT if is_rtl else FROM_LEFT}{cleaned}{END_OF_IT}"


def lines_of(
    text: str, *, width: float, is_rtl: bool, measure: Callable[[str], float]
) -> list[list[Run]]:
    """Return a paragraph's lines, each as runs from the left edge to the right.

    A line takes whole words while they fit; a word longer than a line is cut. ``is_rtl`` is the
    direction of the paragraph, ``measure`` tells how wide letters are, in the unit of ``width``.
    """
    text = SPACES.sub(" ", text).strip(" ")
    levels = _levels(text, is_rtl=is_rtl)
    return [
        _runs(text[start:end], levels[start:end]) for start, end in _breaks(text, width, measure)
    ]


def _levels(text: str, *, is_rtl: bool) -> list[int]:
    """Return each letter's embedding level; -1 for one that is not set."""
    # Late, as core.sheets is: the library takes more memory than the rest of a web process's pages.
    from fpdf.bidi import BidiParagraph
    from fpdf.enums import TextDirection

    base = TextDirection.RTL if is_rtl else TextDirection.LTR
    levels = [-1] * len(text)
    for letter in BidiParagraph(text, base).get_characters():
        if letter.character not in UNSEEN:
            levels[letter.character_index] = letter.embedding_level
    return levels


def _breaks(text: str, width: float, measure: Callable[[str], float]) -> Iterator[tuple[int, int]]:
    """Return where each line begins and ends, spaces around it left out."""
    space = measure(" ")
    start = end = at = 0
    taken = 0.0
    for word in text.split(" "):
        wide = measure(word)
        if end > start and taken + space + wide > width:
            yield start, end
            start, taken = at, 0.0
        while wide > width and (fitting := _fitting(word, width, measure)) < len(word):
            yield at, at + fitting
            at += fitting
            start, word = at, word[fitting:]  # noqa: PLW2901 -- what is left of it
            wide = measure(word)
        taken += wide if start == at else space + wide
        end = at + len(word)
        at = end + 1
    yield start, end


def _fitting(word: str, width: float, measure: Callable[[str], float]) -> int:
    """Return how many letters of a word fit, at least one; marks stay with their letter."""
    count = next((n for n in range(1, len(word)) if measure(word[: n + 1]) > width), len(word))
    while 1 < count < len(word) and unicodedata.combining(word[count]):
        count -= 1
    return count


def _runs(text: str, levels: list[int]) -> list[Run]:
    """Return a line's runs in the order in which they stand (UAX 9, rule L2)."""
    seen = [(letter, level) for letter, level in zip(text, levels, strict=True) if level >= 0]
    runs = [
        ("".join(letter for letter, _level in group), level)
        for level, group in groupby(seen, key=lambda each: each[1])
    ]
    for least in range(max((level for _text, level in runs), default=0), 0, -1):
        ordered: list[tuple[str, int]] = []
        for is_inside, group in groupby(runs, key=lambda run: run[1] >= least):
            stretch = list(group)
            ordered += reversed(stretch) if is_inside else stretch
        runs = ordered
    return [Run(text, bool(level % 2)) for text, level in runs]
