"""The evidence as a paper: A4, in Hebrew from the right, the same rows as the page shows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from core.paper import apart
from core.sheets import Sheet
from core.text import clean_text
from payments.models import Dispute
from payments.services.disputes.evidence import Section, moment, pack
from payments.services.documents.paper import FACES, MORE_FACES, FacesMissingError
from stores.scope import current_store

PAGE = (210.0, 297.0)
MARGIN, FOOT = 18.0, 18.0
WIDTH = PAGE[0] - 2 * MARGIN
LABEL = 62.0
GAP = 4.0
LINE = 5.2
INK, SOFT = (28, 28, 30), (110, 110, 115)


def make_paper(dispute: Dispute, *, now: datetime) -> bytes:
    """Return the evidence pack of a dispute as PDF, in the language that is active."""
    if not FACES.is_dir():
        raise FacesMissingError(str(FACES))
    order = dispute.payment.order
    paper = _Paper(is_rtl=get_language_bidi())
    paper.set_title(_("Order %(number)s: what we know") % {"number": order.number})
    paper.set_author(current_store().name)
    paper.set_producer("Sevenfold")
    paper.set_lang(get_language() or "en")
    paper.set_creation_date(now)
    paper.add_page()
    paper.heading(str(paper.title), 16)
    paper.soft(apart(current_store().name))
    paper.soft(moment(now))
    for section in pack(dispute):
        paper.section(section)
    if dispute.note:
        lines = clean_text(dispute.note).split("\n")
        paper.section(Section(_("The shop's note"), [(apart(line), "") for line in lines]))
    return bytes(paper.output())


class _Paper(Sheet):
    """Sheets with a heading, and a verb for each kind of block."""

    def __init__(self, *, is_rtl: bool) -> None:
        super().__init__(format=PAGE)
        self.is_rtl = is_rtl
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.c_margin = 0
        self.set_auto_page_break(False)  # rows break it
        self.add_font("text", "", FACES / "text-400.ttf")
        self.add_font("text", "B", FACES / "text-700.ttf")
        for face in MORE_FACES:
            self.add_font(face, "", FACES / f"{face}.ttf")
        self.set_fallback_fonts(list(MORE_FACES), exact_match=False)

    def footer(self) -> None:
        """The page's number."""
        self._ink(8.5, SOFT)
        self.set_xy(MARGIN, PAGE[1] - 12)
        self.cell(WIDTH, 5, str(self.page_no()), align="C")

    def heading(self, text: str, size: float) -> None:
        """One line in bold."""
        self._ink(size, INK, "B")
        self._line(text, size * 0.5)

    def soft(self, text: str) -> None:
        """One quiet line."""
        self._ink(9, SOFT)
        self._line(text, 4.6)

    def section(self, section: Section) -> None:
        """A heading and its rows; an empty one is left out."""
        if not section.rows:
            return
        self.set_y(self.get_y() + 4)
        self._keep_together(24)
        self.heading(section.title, 11.5)
        self.set_y(self.get_y() + 1)
        self._rows(section.rows)

    def _rows(self, rows: Sequence[tuple[str, str]]) -> None:
        for label, value in rows:
            if value:
                self._row(label, value)
            else:
                self._ink(10, INK)
                self._line(label, LINE)

    def _row(self, label: str, value: str) -> None:
        self._ink(10, INK)
        taken = max(len(self.said(text, WIDTH - LABEL)) for text in (label, value))
        self._keep_together(taken * LINE)
        top = self.get_y()
        self._ink(9.5, SOFT)
        first = self._cell(label, 0, LABEL - GAP, top)
        self._ink(10, INK)
        second = self._cell(value, LABEL, WIDTH - LABEL, top)
        self.set_y(max(first, second) + 0.6)

    def _cell(self, text: str, start: float, width: float, top: float) -> float:
        """Set text ``start`` away from the reader's side of the page; return where it ends."""
        left = PAGE[0] - MARGIN - start - width if self.is_rtl else MARGIN + start
        return self.say(text, left=left, width=width, top=top, height=LINE, to_right=self.is_rtl)

    def _line(self, text: str, height: float) -> None:
        """Set text over the whole width; an empty line is a gap."""
        self._keep_together(max(1, len(self.said(text, WIDTH))) * height)
        top = self.get_y()
        end = self.say(text, left=MARGIN, width=WIDTH, top=top, height=height, to_right=self.is_rtl)
        self.set_y(max(end, top + height))

    def _ink(self, size: float, colour: tuple[int, int, int], style: str = "") -> None:
        self.set_font("text", style, size)
        self.set_text_color(*colour)

    def _keep_together(self, height: float) -> None:
        """Begin a new page where this would not fit; the face of the moment stays."""
        if self.get_y() + height > PAGE[1] - FOOT:
            self.add_page()
