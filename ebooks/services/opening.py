"""The first pages of a book's sample, set on its product page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from content.models import Asset
from content.services.files import first_pages
from ebooks.services.shelf import read_url

MOST_PAGES = 3
ON_A_PAGE = 620
"""Letters that fill a page as it is set there."""
SHORTEST = 50
"""What the shortest paragraph takes of a page."""
LEAST = 200
"""A passage with fewer letters is a title page, or says that the sample ends."""
LONGEST_HEADING = 70


@dataclass(frozen=True)
class Leaf:
    """One page of the book: its heading, if one begins on it, and its paragraphs."""

    heading: str
    lines: list[str]


def opening_of(sample: Asset | None) -> dict[str, Any]:
    """Return the pages a visitor reads in place, and where they go on; nothing without a text."""
    leaves = [] if sample is None else leaves_of(first_pages(sample))
    if sample is None or not leaves:
        return {}
    return {"leaves": leaves, "sample_url": read_url(sample.part)}


def leaves_of(texts: Sequence[str]) -> list[Leaf]:
    """Return the texts page by page, each beginning on a new one, as far as three pages go."""
    leaves: list[Leaf] = []
    for text in texts:
        if len(text) < LEAST:
            continue
        heading, lines = _parted([line.strip() for line in text.splitlines() if line.strip()])
        for page in _pages(lines):
            leaves.append(Leaf(heading, page))
            heading = ""
            if len(leaves) == MOST_PAGES:
                return leaves
    return leaves


def _parted(lines: list[str]) -> tuple[str, list[str]]:
    """Return a heading apart from what follows it."""
    if len(lines) > 1 and len(lines[0]) <= LONGEST_HEADING and lines[0][-1] not in ".,:;":
        return lines[0], lines[1:]
    return "", lines


def _pages(lines: Iterable[str]) -> Iterable[list[str]]:
    """Yield the paragraphs a page at a time; a long one goes on overleaf, between words."""
    page: list[str] = []
    left = ON_A_PAGE
    for whole in lines:
        rest = whole
        while len(rest) > left:
            fits = rest[:left].rpartition(" ")[0] if left > SHORTEST else ""
            if fits:
                page.append(fits)
                rest = rest[len(fits) :].lstrip()
            elif not page:  # one word longer than a page
                page.append(rest[:left])
                rest = rest[left:]
            yield page
            page, left = [], ON_A_PAGE
        page.append(rest)
        left -= max(len(rest), SHORTEST)
    if page:
        yield page
