"""A book as one long row of letters and digits, and the way back from each to where it stands.

Spaces, punctuation, accents and vowel points are left out: they are what two programs, or two
editions, write differently. This runs in the limited process and never imports Django.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from functools import cache


@cache
def plain(letter: str) -> str:
    """Return the letters and digits a character stands for: none for a space, two for "ﬁ"."""
    folded = unicodedata.normalize("NFKD", letter).casefold()
    return "".join(each for each in folded if each.isalnum())


def letters_of(text: str) -> str:
    """Return only the letters and digits of a text."""
    return "".join(map(plain, text))


@dataclass(frozen=True)
class Run:
    """A stretch of text that stands in one piece: where it begins in the row, and what it is."""

    start: int
    text: str
    place: tuple[int, ...]
    """Where it stands: a section and steps to its node, or a page."""


@dataclass
class Letters:
    """A whole book as letters."""

    runs: list[Run] = field(default_factory=list)
    row: str = ""
    _parts: list[str] = field(default_factory=list)
    _starts: list[int] = field(default_factory=list)
    _places: list[tuple[int, ...]] = field(default_factory=list)
    _length: int = 0

    def add(self, text: str, place: tuple[int, ...]) -> None:
        """Append a stretch of text; one without letters is nowhere."""
        letters = letters_of(text)
        if letters:
            self.runs.append(Run(self._length, text, place))
            self._starts.append(self._length)
            self._places.append(place)
            self._parts.append(letters)
            self._length += len(letters)

    def close(self) -> None:
        """Join what was added; nothing is added after that."""
        self.row = "".join(self._parts)
        self._parts.clear()

    def where(self, at: int) -> tuple[Run, int]:
        """Return the run that holds the letter at ``at``, and the index of its character in it."""
        run = self.runs[bisect_right(self._starts, at) - 1]
        left = at - run.start
        for index, character in enumerate(run.text):
            left -= len(plain(character))
            if left < 0:
                return run, index
        return run, len(run.text) - 1

    def at(self, place: tuple[int, ...], index: int) -> int | None:
        """Return the letter at or after a character of the run at ``place``, or of what follows."""
        number = bisect_left(self._places, place)
        if number == len(self.runs):
            return None
        run = self.runs[number]
        passed = len(letters_of(run.text[:index])) if run.place == place else 0
        return run.start + passed

    def run_at(self, place: tuple[int, ...]) -> Run | None:
        """Return the run that stands at exactly this place."""
        number = bisect_left(self._places, place)
        found = self.runs[number] if number < len(self.runs) else None
        return found if found is not None and found.place == place else None

    def bounds(self, section: int) -> tuple[int, int]:
        """Return where the runs whose place begins with this number begin and end in the row."""
        first = bisect_left(self._places, (section,))
        after = bisect_left(self._places, (section + 1,))
        ends = [*self._starts, len(self.row)]
        return ends[first], ends[after]
