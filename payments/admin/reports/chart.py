"""A chart of bars, drawn by the server: time runs as the page is read, so from the right in Hebrew.

It is a picture with a sentence beside a table of the same numbers: nobody needs to see it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, HEAD, FOOT = 720, 200, 22, 32
MOST_LABELS = 6
WIDEST = 64
"""A bar is no wall, be there only one of them."""
AT_THE_EDGE = 48
"""So far from the edge a label stands at least, large as it is on a phone."""


@dataclass(frozen=True)
class Bar:
    """One bar, and the words for whoever points at it."""

    x: str
    y: str
    width: str
    height: str
    words: str


@dataclass(frozen=True)
class Label:
    """A day under its bar."""

    x: str
    text: str


@dataclass(frozen=True)
class Chart:
    """Where everything stands, in units of the picture."""

    bars: Sequence[Bar]
    labels: Sequence[Label]
    top: str
    """The highest value in words, at the line it reaches."""
    width: int = WIDTH
    height: int = HEIGHT
    head: int = HEAD
    base: int = HEIGHT - FOOT


def draw(values: Sequence[tuple[int, str, str]], *, top: str, is_rtl: bool) -> Chart | None:
    """Return a chart of values, each with its words and its label; nothing when all are 0."""
    most = max((value for value, _words, _label in values), default=0)
    if most <= 0:
        return None
    step = WIDTH / len(values)
    bars, labels = [], []
    every = max(1, -(-len(values) // MOST_LABELS))
    for number, (value, words, label) in enumerate(values):
        place = len(values) - 1 - number if is_rtl else number
        height = (HEIGHT - HEAD - FOOT) * max(0, value) / most
        wide = min(step * 0.8, WIDEST)
        left = place * step + (step - wide) / 2
        if value > 0:
            bars.append(Bar(_f(left), _f(HEIGHT - FOOT - height), _f(wide), _f(height), words))
        if number % every == 0:
            middle = min(max(left + wide / 2, AT_THE_EDGE), WIDTH - AT_THE_EDGE)
            labels.append(Label(_f(middle), label))
    return Chart(bars, labels, top)


def _f(number: float) -> str:
    """Return a number as SVG wants it, in whatever language the page is."""
    return f"{number:.1f}"
