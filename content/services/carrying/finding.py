"""Finding in a new text what stood in an old one: words by their neighbours, a place by its words.

Pure functions on rows of letters (``letters``).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

CONTEXT = 48
"""How many letters before and after tell two equal sentences apart."""
SHORT = 10
"""Fewer letters than this stand in many places: they need a neighbour that is the same, too."""
NEIGHBOUR = 6
MOST_PLACES = 300
WINDOW = 60
STEPS = (0, 60, -60, 150, -150, 300, -300, 600, -600, 1200, -1200, 2400, -2400)
"""How far around a place its neighbours are looked for, when its own words are gone."""


def nearest(row: str, words: str, at: int) -> int | None:
    """Return where these words stand nearest to ``at``."""
    found = list(_all(row, words))
    return min(found, key=lambda each: abs(each - at)) if found else None


def follow(old: str, span: tuple[int, int], new: str) -> tuple[int, int] | None:
    """Return where the words of a span of the old text stand in the new one, or None.

    Of several places the one with the most alike neighbours is it, then the one as far along.
    """
    start, end = span
    words = old[start:end]
    if not words:
        return None
    before, after = old[max(0, start - CONTEXT) : start], old[end : end + CONTEXT]
    best: tuple[int, float, int] | None = None
    places = list(_all(new, words))
    for each in places:
        end_there = each + len(words)
        alike = _alike(before[::-1], new[max(0, each - CONTEXT) : each][::-1])
        alike += _alike(after, new[end_there : end_there + CONTEXT])
        away = abs(each / max(len(new), 1) - start / max(len(old), 1))
        if best is None or (alike, -away) > (best[0], -best[1]):
            best = (alike, away, each)
    if best is None or (len(words) < SHORT and best[0] < NEIGHBOUR):
        return None
    return best[2], best[2] + len(words)


def follow_place(old: str, at: int, new: str, *, is_bound: bool) -> int | None:
    """Return where a place of the old text is in the new one, by the words at it or near it.

    ``is_bound`` is for a bookmark, which is only where its own page still is; anything else ends
    as far along as it was.
    """
    for step in STEPS:
        if is_bound and abs(step) > SHORT * NEIGHBOUR:
            break
        start = min(max(at + step, 0), max(len(old) - WINDOW, 0))
        found = follow(old, (start, min(start + WINDOW, len(old))), new)
        if found is not None:
            return min(max(found[0] + at - start, 0), max(len(new) - 1, 0))
    if is_bound or not new:
        return None
    return min(int(at / max(len(old), 1) * len(new)), len(new) - 1)


def _all(row: str, words: str) -> Iterator[int]:
    at = row.find(words) if words else -1
    for _count in range(MOST_PLACES):
        if at < 0:
            return
        yield at
        at = row.find(words, at + 1)


def _alike(one: str, other: str) -> int:
    """Return how many letters two texts begin with alike."""
    return sum(
        1 for _same in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    )
