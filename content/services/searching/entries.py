"""Passages of parts: cut to the size of a page, and replaced as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from content.models import SearchEntry
from core.searching import normalised
from core.text import clean_line, clean_text
from products.models import Part
from stores.scope import current_store

PASSAGE = 3_000
"""Letters of a passage: a trigram index reads each candidate whole."""
OVERLAP = 1
"""Lines that stand in both of two passages, so that a phrase across them is found."""
MOST_PASSAGES = 6_000
MOST_LINE = 1_500
BATCH = 500


@dataclass(frozen=True)
class Section:
    """A chapter, a page, or whatever a format calls a piece of a part's text."""

    text: str
    heading: str = ""
    place: dict[str, Any] = field(default_factory=dict)
    """What the part's own page needs to open there."""


def index_text(part: Part, sections: Sequence[Section], now: datetime) -> None:
    """Set what is found in ``part`` beside its file; sections as a format keeps its text.

    They replace those registered before, so that saying it twice changes nothing; none takes them
    out. They are found as soon as, and as long as, the gate opens the part.
    """
    replace(part, SearchEntry.Source.TEXT, sections)


@transaction.atomic
def replace(part: Part, source: str, sections: Iterable[Section]) -> int:
    """Set the passages of one source; return how many words they hold."""
    SearchEntry.objects.filter(part=part, source=source).delete()
    rows: list[SearchEntry] = []
    words = 0
    for position, passage in enumerate(_passages(sections)):
        if position >= MOST_PASSAGES:
            break
        rows.append(_row(part, source, position, passage))
        words += len(passage.text.split())
        if len(rows) >= BATCH:
            SearchEntry.objects.bulk_create(rows)
            rows = []
    SearchEntry.objects.bulk_create(rows)
    return words


def _row(part: Part, source: str, position: int, passage: Section) -> SearchEntry:
    return SearchEntry(
        store_id=current_store().pk,
        part=part,
        source=source,
        position=position,
        heading=passage.heading,
        place=passage.place,
        text=passage.text,
        words=f" {normalised(f'{passage.heading} {passage.text}')} ",
    )


def _passages(sections: Iterable[Section]) -> Iterator[Section]:
    for section in sections:
        heading = clean_line(section.heading)[:200]
        for text in _cut(clean_text(section.text)):
            yield Section(text=text, heading=heading, place=section.place)


def _cut(text: str) -> Iterator[str]:
    """Yield a text in pieces of whole lines; a line that is too long is cut between words."""
    here: list[str] = []
    length = 0
    for line in _lines(text):
        if here and length + len(line) > PASSAGE:
            yield "\n".join(here)
            here = here[-OVERLAP:]
            length = sum(map(len, here))
        here.append(line)
        length += len(line)
    if here:
        yield "\n".join(here)


def _lines(text: str) -> Iterator[str]:
    for whole in text.splitlines():
        line = whole.strip()
        while len(line) > MOST_LINE:
            cut = line.rfind(" ", 0, MOST_LINE) + 1 or MOST_LINE
            yield line[:cut].strip()
            line = line[cut:].strip()
        if line:
            yield line
