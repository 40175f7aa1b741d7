"""Pages of a PDF as people write them: "1–12, 30"."""

import re
from collections.abc import Sequence

_DASHES = re.compile(r"[\u2010-\u2015\u2212\u05be]")
_SPAN = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?")
MOST_SPANS = 60

Spans = list[tuple[int, int]]


class BadSpans(ValueError):
    """What was written names no pages; the message is the piece that is wrong."""


def read_spans(text: str, pages: int) -> Spans:
    """Return what was written as spans from the first to the last page, in order, none twice."""
    numbers: set[int] = set()
    pieces = [piece for piece in re.split(r"[,;\s]+", _joined(text)) if piece]
    for piece in pieces[: MOST_SPANS + 1]:
        found = _SPAN.fullmatch(piece)
        first = int(found[1]) if found else 0
        last = int(found[2] or first) if found else 0
        if not 1 <= first <= last <= pages or len(pieces) > MOST_SPANS:
            raise BadSpans(piece)
        numbers.update(range(first, last + 1))
    return spans_of(sorted(numbers))


def _joined(text: str) -> str:
    return re.sub(r"\s*-\s*", "-", _DASHES.sub("-", text))


def spans_of(numbers: Sequence[int]) -> Spans:
    """Return numbers in order as spans."""
    spans: Spans = []
    for number in numbers:
        if spans and spans[-1][1] == number - 1:
            spans[-1] = (spans[-1][0], number)
        else:
            spans.append((number, number))
    return spans


def written(spans: Sequence[Sequence[int]]) -> str:
    """Return spans as people write them."""
    return ", ".join(
        str(first) if first == last else f"{first}\u2013{last}" for first, last in spans
    )


def count_of(spans: Sequence[Sequence[int]]) -> int:
    """Return how many pages that is."""
    return sum(last - first + 1 for first, last in spans)
