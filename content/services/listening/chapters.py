"""Chapters of a recording, as a person types them: a time and a title on each line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from content.errors import BadChapters
from content.services.judge.found import LONGEST_TEXT
from core.text import clean_line

MOST = 500
LINE = re.compile(
    r"(?:(\d{1,3}):)?(\d{1,3}):(\d{2})(?:\.\d{1,3})?[\s\-\u2013\u2014.]*(.*)", re.ASCII
)
HOUR, MINUTE = 3600, 60


@dataclass(frozen=True)
class Chapter:
    """A chapter of a recording; ``start`` is in seconds from its beginning."""

    title: str
    start: float


def parse_chapters(text: str, *, seconds: float) -> list[Chapter]:
    """Return the chapters of a text of lines like ``1:02:30 The dough``, in order.

    BadChapters for a line that has no time, a time beyond the end, or too many of them.
    """
    found: dict[float, Chapter] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        said = clean_line(line)
        if not said:
            continue
        match = LINE.fullmatch(said)
        if match is None:
            raise BadChapters("line", number=number)
        hours, minutes, rest, title = match.groups()
        start = float(int(hours or 0) * HOUR + int(minutes) * MINUTE + int(rest))
        if start >= seconds:
            raise BadChapters("late", number=number)
        found[start] = Chapter(title[:LONGEST_TEXT] or str(len(found) + 1), start)
        if len(found) > MOST:
            raise BadChapters("many", number=MOST)
    return [found[start] for start in sorted(found)]


def chapters_in_words(chapters: Sequence[Chapter]) -> str:
    """Return chapters as the lines that `parse_chapters` reads."""
    return "\n".join(f"{clock_of(each.start)} {each.title}" for each in chapters)


def clock_of(seconds: float) -> str:
    """Return a length or a place in a recording as clocks show it: 1:02:30, 2:30."""
    whole = int(seconds)
    hours, minutes, rest = whole // HOUR, whole % HOUR // MINUTE, whole % MINUTE
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def chapters_from(facts: dict[str, Any]) -> list[Chapter]:
    """Return the chapters that a file's facts name."""
    return [Chapter(line["title"], float(line["target"])) for line in facts.get("contents", [])]


def facts_with(facts: dict[str, Any], chapters: Sequence[Chapter]) -> dict[str, Any]:
    """Return a file's facts with other chapters."""
    lines = [{"title": each.title, "target": f"{each.start:.3f}", "depth": 0} for each in chapters]
    return facts | {"contents": lines}
