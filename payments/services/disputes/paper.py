"""The evidence as a paper: A4, in Hebrew from the right, the same rows as the page shows."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _
from fpdf import FPDF

from content.services.bookmaking.fonts import TEXT, typeface
from payments.models import Dispute
from payments.services.disputes.evidence import Section, moment, pack
from stores.scope import current_store

MARGIN, FOOT = 18.0, 18.0
WIDTH = 210.0 - 2 * MARGIN
LABEL = 62.0
LINE = 5.2
INK, SOFT = (28, 28, 30), (110, 110, 115)
FROM_THE_RIGHT, FROM_THE_LEFT = "\u200f", "\u200e"


def make_paper(dispute: Dispute, *, now: datetime) -> bytes:
    """Return the evidence pack of a dispute as PDF, in the language that is active."""
    order = dispute.payment.order
    with tempfile.TemporaryDirectory(prefix="fonts-") as folder:
        paper = _Paper(Path(folder), is_rtl=get_language_bidi())
        paper.set_title(_("Order %(number)s: what we know") % {"number": order.number})
        paper.set_author(current_store().name)
        paper.set_lang(get_language() or "en")
        paper.set_creation_date(now)
        paper.add_page()
        paper.heading(str(paper.title), 16)
        paper.soft(f"{current_store().name} · {moment(now)}")
        for section in pack(dispute):
            paper.section(section)
        if dispute.note:
            paper.section(Section(_("The shop's note"), [(dispute.note, "")]))
        return bytes(paper.output())


class _Paper(FPDF):
    """Sheets with a heading, and a verb for each kind of block."""

    def __init__(self, folder: Path, *, is_rtl: bool) -> None:
        super().__init__(format="A4")
        self.is_rtl = is_rtl
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.set_auto_page_break(True, FOOT)  # noqa: FBT003 - fpdf2's own signature
        for style, weight in (("", 400), ("B", 700)):
            path = folder / f"{TEXT}-{weight}.ttf"  # fpdf2 takes fonts by file only
            path.write_bytes(typeface(TEXT, weight))
            self.add_font("text", style, path)
        self.set_text_shaping(use_shaping_engine=True)

    @property
    def align(self) -> str:
        return "R" if self.is_rtl else "L"

    def footer(self) -> None:
        """The page's number."""
        self.set_y(-12)
        self.set_font("text", size=8.5)
        self.set_text_color(SOFT)
        self.cell(WIDTH, 5, str(self.page_no()), align="C")

    def heading(self, text: str, size: float) -> None:
        """One line in bold."""
        self.set_font("text", "B", size)
        self.set_text_color(INK)
        self._lines(text, size * 0.5)

    def soft(self, text: str) -> None:
        """One quiet line."""
        self.set_font("text", size=9)
        self.set_text_color(SOFT)
        self._lines(text, 4.6)

    def section(self, section: Section) -> None:
        """A heading and its rows; an empty one is left out."""
        if not section.rows:
            return
        self.ln(4)
        self._keep_together(24)
        self.heading(section.title, 11.5)
        self.ln(1)
        self._rows(section.rows)

    def _rows(self, rows: Sequence[tuple[str, str]]) -> None:
        for label, value in rows:
            if not value:
                self.set_font("text", size=10)
                self.set_text_color(INK)
                self._lines(label, LINE)
                continue
            self._keep_together(2 * LINE)
            top = self.get_y()
            self.set_font("text", size=9.5)
            self.set_text_color(SOFT)
            self._cell(label, LABEL - 4, first=True)
            lowest = self.get_y()
            self.set_y(top)
            self.set_font("text", size=10)
            self.set_text_color(INK)
            self._cell(value, WIDTH - LABEL, first=False)
            self.set_y(max(lowest, self.get_y()) + 0.6)

    def _cell(self, text: str, width: float, *, first: bool) -> None:
        at_start = MARGIN if first else MARGIN + LABEL
        self.set_x(210.0 - at_start - width if self.is_rtl else at_start)
        self.multi_cell(
            width, LINE, self._said(text), align=self.align, padding=0, new_x="LMARGIN",
            new_y="NEXT",
        )  # fmt: skip

    def _lines(self, text: str, height: float) -> None:
        self.multi_cell(
            WIDTH, height, self._said(text), align=self.align, new_x="LMARGIN", new_y="NEXT"
        )

    def _said(self, text: str) -> str:
        """A mark keeps a line that begins with a number or another script in its direction."""
        return (FROM_THE_RIGHT if self.is_rtl else FROM_THE_LEFT) + text

    def _keep_together(self, height: float) -> None:
        if self.get_y() + height > 297.0 - FOOT:
            self.add_page()
