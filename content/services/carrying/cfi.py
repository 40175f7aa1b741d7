"""Reading and writing EPUB CFI as foliate-js does: steps, an offset, and ranges.

https://w3c.github.io/epub-specs/epub33/epubcfi/ — what is in brackets only helps to repair, and is
left out. Offsets count UTF-16 units, as the DOM does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_WHOLE = re.compile(r"epubcfi\((.*)\)", re.DOTALL)
_BRACKETS = re.compile(r"\[(?:\^.|[^\]^])*\]")
_STEPS = re.compile(r"(?:/\d+)*")


@dataclass(frozen=True)
class Point:
    """One place: the steps to the chapter in the package, those inside it, and an offset."""

    package: tuple[int, ...]
    steps: tuple[int, ...]
    offset: int = 0


def read(cfi: str) -> tuple[Point, Point] | None:
    """Return the first and the last place a CFI names, the same one for a point; None if odd."""
    whole = _WHOLE.fullmatch(cfi)
    if whole is None:
        return None
    parts = _BRACKETS.sub("", whole[1]).split(",")
    if len(parts) == 1:
        point = _point(parts[0])
        return (point, point) if point else None
    if len(parts) != 3:  # noqa: PLR2004 -- a range: what both share, its start, its end
        return None
    first, last = _point(parts[0] + parts[1]), _point(parts[0] + parts[2])
    return (first, last) if first and last else None


def written(first: Point, last: Point | None = None) -> str:
    """Return the CFI of a place, or of a range between two places of one chapter."""
    package = "".join(f"/{step}" for step in first.package)
    if last is None:
        return f"epubcfi({package}!{_inner(first.steps)}:{first.offset})"
    shared = 0
    most = min(len(first.steps), len(last.steps)) - 1
    while shared < most and first.steps[shared] == last.steps[shared]:
        shared += 1
    parent = f"{package}!{_inner(first.steps[:shared])}"
    start = f"{_inner(first.steps[shared:])}:{first.offset}"
    end = f"{_inner(last.steps[shared:])}:{last.offset}"
    return f"epubcfi({parent},{start},{end})"


def units(text: str) -> int:
    """Return the length of a text in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def characters(text: str, offset: int) -> int:
    """Return how many characters of a text an offset in UTF-16 units passes."""
    passed = 0
    for index, letter in enumerate(text):
        if passed >= offset:
            return index
        passed += 2 if ord(letter) > 0xFFFF else 1  # noqa: PLR2004 -- beyond, two units
    return len(text)


def _point(text: str) -> Point | None:
    package, _mark, inner = text.partition("!")
    inner = inner.rpartition("!")[2]  # of a chapter within a chapter, the innermost
    path, _colon, offset = re.split(r"[~@]", inner)[0].partition(":")
    if not _STEPS.fullmatch(package) or not _STEPS.fullmatch(path):
        return None
    if offset and not (offset.isascii() and offset.isdecimal() and len(offset) < 10):  # noqa: PLR2004 -- no book is longer
        return None
    return Point(_steps(package), _steps(path), int(offset or 0))


def _steps(path: str) -> tuple[int, ...]:
    return tuple(int(step[:9]) for step in path.split("/")[1:])


def _inner(steps: tuple[int, ...]) -> str:
    return "".join(f"/{step}" for step in steps)
