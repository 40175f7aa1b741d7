"""The chapters of an EPUB and how long each is; free of Django, for both processes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

DEEPEST = 1
FRONT = 60
"""A page before the first chapter with fewer words than this is a cover or a title."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """One chapter: the page it begins at, which names it, and its part of the whole, 0 to 1."""

    path: str
    title: str
    depth: int
    share: float


def begins_of(spine: Sequence[str], contents: Sequence[tuple[str, str, int]]) -> list[int]:
    """Return at which lines of ``contents`` (title, target, depth) a chapter begins.

    A chapter begins with a page of the spine; what begins in the middle of one belongs to it.
    """
    begins: list[int] = []
    known: set[str] = set()
    for number, (_title, target, depth) in enumerate(contents):
        path = target.partition("#")[0]
        if depth <= DEEPEST and path in spine and path not in known:
            known.add(path)
            begins.append(number)
    return begins


def pages_of(spine: Sequence[str], begins: Sequence[str], chosen: Sequence[str]) -> list[str]:
    """Return the pages of the chosen chapters in reading order; ``begins`` names all chapters.

    Where no contents say where chapters begin, each page is one.
    """
    starts = sorted({spine.index(path) for path in (begins or spine) if path in spine})
    wanted = set(chosen)
    kept: list[str] = []
    for start, end in pairwise([*starts, len(spine)]):
        if spine[start] in wanted:
            kept += spine[start:end]
    return list(dict.fromkeys(kept))


def front_of(
    spine: Sequence[str], begins: Sequence[str], words: Mapping[str, int] | None = None
) -> list[str]:
    """Return the cover and title page, which belong to nobody's chapter."""
    first = min((spine.index(path) for path in begins if path in spine), default=0)
    before = list(spine[:first])
    if words is None:
        return before
    return [path for path in before if words.get(path, 0) < FRONT]


def chapters_of(facts: Mapping[str, Any]) -> list[Chapter]:
    """Return the chapters of an EPUB whose facts the judge wrote down; none of a PDF."""
    words = {path: int(count) for path, count in facts.get("spine") or ()}
    spine = list(words)
    whole = sum(words.values()) or 1
    contents = [
        (each["title"], each["target"], each["depth"]) for each in facts.get("contents") or ()
    ]
    lines = [contents[number] for number in begins_of(spine, contents)]
    begins = [target.partition("#")[0] for _title, target, _depth in lines]
    found = []
    for path, (title, _target, depth) in zip(begins, lines, strict=True):
        length = sum(words[page] for page in pages_of(spine, begins, [path]))
        found.append(Chapter(path, title, depth, length / whole))
    if not found:
        found = [Chapter(path, "", 0, count / whole) for path, count in words.items()]
    return found
