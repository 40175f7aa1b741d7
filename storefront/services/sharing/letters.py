"""Letters for pictures: the shop's own faces, lines as even as they can be, both directions.

A face is two files, Hebrew and Latin, so a line is laid in stretches of one script, in the order
in which they stand; Pillow shapes each with HarfBuzz (its raqm layout).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from PIL import ImageDraw, ImageFont

from content.services.bookmaking.fonts import FOLDER
from core.paper import lines_of

Font = ImageFont.FreeTypeFont
ENDLESS = 1e9


@dataclass(frozen=True)
class Face:
    """A family at one size: the two files its letters stand in."""

    hebrew: Font
    latin: Font

    def font_of(self, *, is_hebrew: bool) -> Font:
        """Return the file that holds a stretch's letters."""
        return self.hebrew if is_hebrew else self.latin

    def getlength(self, text: str) -> float:
        """Return how wide the text stands, in pixels."""
        return sum(
            self.font_of(is_hebrew=is_hebrew).getlength("".join(letters))
            for is_hebrew, letters in groupby(text, key=_is_in_hebrew_file)
        )


@dataclass(frozen=True)
class Words:
    """Lines of one text in one face, and how tall they stand in pixels."""

    lines: tuple[str, ...]
    face: Face
    height: int

    @property
    def tall(self) -> int:
        """All lines together."""
        return self.height * len(self.lines)


def is_hebrew(text: str) -> bool:
    """Whether the text reads from the right: its first strong letter does."""
    ways = (unicodedata.bidirectional(letter) for letter in text)
    return next((way for way in ways if way in {"L", "R", "AL"}), "L") != "L"


def fitted(
    text: str,
    family: str,
    *,
    width: int,
    sizes: Sequence[int],
    most_lines: int,
    most_tall: int = 10_000,
) -> Words:
    """Return the text at the largest of ``sizes`` at which it takes few enough lines.

    At the smallest, what does not fit is cut and ends in an ellipsis.
    """
    shown = settable(text)
    for size in sizes:
        face = face_of(family, size)
        lines = even_lines(shown, face, width)
        words = Words(tuple(lines), face, round(size * 1.14))
        fits = all(face.getlength(line) <= width for line in lines)
        if fits and len(lines) <= most_lines and words.tall <= most_tall:
            return words
    kept = lines[:most_lines]
    if len(lines) > most_lines:
        kept[-1] = kept[-1].rstrip(" ,.") + "…"
    while len(kept[-1]) > 1 and face.getlength(kept[-1]) > width:
        kept[-1] = kept[-1][:-2] + "…"
    return Words(tuple(kept), face, round(sizes[-1] * 1.14))


def settable(text: str) -> str:
    """Return text without pictures and signs that no face of ours has."""
    kept = (each for each in text if unicodedata.category(each) not in {"So", "Sk", "Cf", "Cc"})
    return " ".join("".join(kept).split())


def even_lines(text: str, face: Face, width: int) -> list[str]:
    """Return as few lines as the width allows, and as even as these can be."""
    lines = _filled(text, face, width)
    least, most = 1, width
    while most - least > 8:  # noqa: PLR2004 -- pixels nobody sees
        middle = (least + most) // 2
        if len(_filled(text, face, middle)) <= len(lines):
            most = middle
        else:
            least = middle
    return _filled(text, face, most)


def write(
    draw: ImageDraw.ImageDraw,
    words: Words,
    *,
    at: tuple[int, int],
    width: int,
    fill: str,
    is_rtl: bool,
) -> None:
    """Write the lines from ``at`` (left, top), against the side where reading begins."""
    left, top = at
    base = round(words.height * 0.8)
    for line in words.lines:
        along = left + (width - words.face.getlength(line) if is_rtl else 0)
        for text, is_hebrew_run, way in _stretches(line, is_rtl=is_rtl):
            font = words.face.font_of(is_hebrew=is_hebrew_run)
            draw.text((along, top + base), text, font=font, fill=fill, direction=way, anchor="ls")
            along += font.getlength(text)
        top += words.height


def _stretches(line: str, *, is_rtl: bool) -> Iterator[tuple[str, bool, str]]:
    """Return a line from left to right: letters of one file, and which way they read."""
    (runs,) = lines_of(line, width=ENDLESS, is_rtl=is_rtl, measure=len)
    for run in runs:
        stretches = [
            ("".join(letters), is_hebrew)
            for is_hebrew, letters in groupby(run.text, key=_is_in_hebrew_file)
        ]
        for text, is_hebrew in reversed(stretches) if run.is_rtl else stretches:
            yield text, is_hebrew, "rtl" if run.is_rtl else "ltr"


def _is_in_hebrew_file(letter: str) -> bool:
    return "\u0590" <= letter <= "\u05ff" or letter in "₪\u2010" or "\ufb1d" <= letter <= "\ufb4f"


def _filled(text: str, face: Face, width: int) -> list[str]:
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and face.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines or [""]


@lru_cache(maxsize=64)
def face_of(family: str, size: int) -> Face:
    """Return a family at a size, bold where it can be."""
    return Face(*(_font(family, script, size) for script in ("hebrew", "latin")))


def _font(family: str, script: str, size: int) -> Font:
    font = ImageFont.truetype(
        FOLDER / f"{family}-{script}.woff2", size, layout_engine=ImageFont.Layout.RAQM
    )
    try:
        axes = font.get_variation_axes()
    except OSError:  # a face of one weight
        return font
    font.set_variation_by_axes([axes[0]["maximum"] or 0])
    return font
