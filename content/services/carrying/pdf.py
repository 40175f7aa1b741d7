"""A PDF as letters, and notes in it: from pages to letters and back. Never imports Django."""

from __future__ import annotations

import ctypes
from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from content.services.carrying.letters import Letters

WHOLE = 1_000_000
"""Pages are measured in millionths, so that rotation and crop are pdfium's own business."""
MOST_RECTANGLES = 60


class PdfText:
    """The words of a PDF, page by page."""

    def __init__(self, path: Path) -> None:
        self._pdf = pypdfium2.PdfDocument(path)
        self.count = len(self._pdf)
        self.letters = Letters()
        for number in range(1, self.count + 1):
            self.letters.add(self._read(number), (number,))
        self.letters.close()

    def span(self, anchor: dict[str, Any]) -> tuple[int, int] | None:
        """Return the letters where an anchor's page begins, or as far down it as was read."""
        page = min(max(int(anchor.get("page", 1)), 1), self.count)
        begin, end = self.letters.bounds(page)
        along = float(anchor.get("offset", 0) or 0)
        tops = [rectangle[1] for rectangle in anchor.get("rects", [])]
        if tops:
            along = min(tops)
        at = min(int(begin + (end - begin) * along), max(end - 1, begin))
        return (at, at) if self.letters.row and at < len(self.letters.row) else None

    def anchor(self, start: int, end: int | None = None) -> dict[str, Any]:
        """Return the anchor of a letter, or of letters from ``start`` to before ``end``."""
        run, index = self.letters.where(start)
        page = run.place[0]
        if end is None:
            return {"page": page, "rects": []}
        last, last_index = self.letters.where(end - 1)
        stop = last_index + 1 if last.place == run.place else len(run.text)
        return {"page": page, "rects": self._rectangles(page, index, stop - index)}

    def place(self, at: int) -> dict[str, Any]:
        """Return a letter as the place of a reader: a page, and how far down it."""
        page = self.letters.where(at)[0].place[0]
        begin, end = self.letters.bounds(page)
        return {"page": page, "offset": round((at - begin) / ((end - begin) or 1), 3)}

    def fraction(self, at: int) -> float:
        """Return how far along a letter is, as the reader counts: by pages."""
        here = self.place(at)
        return min(1.0, float((here["page"] - 1 + here["offset"]) / self.count))

    def chapter(self, at: int) -> str:
        """Return nothing: the reader names pages."""
        return ""

    def _read(self, number: int) -> str:
        """Return the characters of a page, each one item as pdfium counts them."""
        page = self._pdf[number - 1]
        text = page.get_textpage()
        count = text.count_chars()
        letters = (pdfium.FPDFText_GetUnicode(text, index) for index in range(count))
        read = "".join(chr(code) if 0 < code < 0xD800 or code > 0xDFFF else " " for code in letters)  # noqa: PLR2004 -- halves of pairs
        text.close()
        page.close()
        return read

    def _rectangles(self, number: int, index: int, count: int) -> list[list[float]]:
        page = self._pdf[number - 1]
        text = page.get_textpage()
        found = []
        for each in range(min(pdfium.FPDFText_CountRects(text, index, count), MOST_RECTANGLES)):
            sides = [ctypes.c_double() for _side in range(4)]
            pdfium.FPDFText_GetRect(text, each, *(ctypes.byref(side) for side in sides))
            left, top, right, bottom = (side.value for side in sides)
            found.append(_shares(_on_page(page, left, top), _on_page(page, right, bottom)))
        text.close()
        page.close()
        return found


def _on_page(page: pypdfium2.PdfPage, x: float, y: float) -> tuple[float, float]:
    across, down = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDF_PageToDevice(
        page, 0, 0, WHOLE, WHOLE, 0, x, y, ctypes.byref(across), ctypes.byref(down)
    )
    return across.value / WHOLE, down.value / WHOLE


def _shares(one: tuple[float, float], other: tuple[float, float]) -> list[float]:
    """Return a rectangle as parts of the page: x, y, width, height, none beyond its edges."""
    left, right = sorted(min(max(each, 0.0), 1.0) for each in (one[0], other[0]))
    top, bottom = sorted(min(max(each, 0.0), 1.0) for each in (one[1], other[1]))
    return [round(each, 5) for each in (left, top, right - left, bottom - top)]
