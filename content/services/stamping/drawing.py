"""A copy's line, drawn for the pages of a PDF."""

from __future__ import annotations

from datetime import UTC, datetime

from content.services.stamping.line import FACES, MORE_FACES, FacesMissingError, Line
from core.sheets import Sheet

SIZE, HEIGHT = 7.5, 10.5
GREY = 128
"""Seen on white paper and on a dark page alike."""


def draw(line: Line) -> bytes:
    """Return a PDF of one page that is just large enough for the line."""
    if not FACES.is_dir():
        raise FacesMissingError(str(FACES))
    width = _sheet(line, 10.0).wide(line)
    sheet = _sheet(line, width)
    sheet.add_page()
    sheet.set_text_color(GREY)
    sheet.say(line.line, left=0, width=width, top=0, height=HEIGHT, to_right=line.is_rtl)
    return bytes(sheet.output())


class _Strip(Sheet):
    """A strip of paper for one line, in points."""

    def wide(self, line: Line) -> float:
        """Return how wide the line is set, with a hair of room so that it stays one line."""
        self.add_page()
        return float(self.get_string_width(line.plain)) + 4


def _sheet(line: Line, width: float) -> _Strip:
    sheet = _Strip(unit="pt", format=(width, HEIGHT))
    sheet.is_rtl = line.is_rtl
    sheet.set_margin(0)
    sheet.c_margin = 0
    sheet.set_auto_page_break(False)
    sheet.set_creation_date(datetime(2026, 1, 1, tzinfo=UTC))
    sheet.add_font("text", "", FACES / "text-400.ttf")
    for face in MORE_FACES:
        sheet.add_font(face, "", FACES / f"{face}.ttf")
    sheet.set_fallback_fonts(list(MORE_FACES), exact_match=False)
    sheet.set_font("text", "", SIZE)
    return sheet
