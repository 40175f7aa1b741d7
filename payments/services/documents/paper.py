"""A document as PDF on A4, the same bytes for the same document wherever it is made."""

from __future__ import annotations

import re
from datetime import UTC
from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language_bidi, override, pgettext
from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.enums import MethodReturnValue

from core.text import clean_line
from payments.models import Document
from payments.services.documents import wording
from stores.rules import link_on

FACES = Path(settings.BASE_DIR) / "static" / "built" / "fonts" / "paper"
MORE_FACES = ("latin-ext", "cyrillic", "arabic")
PAGE = (210.0, 297.0)
MARGIN, FOOT = 18.0, 24.0
WIDTH = PAGE[0] - 2 * MARGIN
GAP = 4.0
COLUMNS = (WIDTH - 76, 16.0, 30.0, 30.0)
SUMS = 80.0
INK, SOFT, LINE_COLOUR = (34, 32, 31), (105, 99, 94), (214, 208, 202)
RIGHT_TO_LEFT = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
FIRST_LETTER = re.compile(rf"[A-Za-z\u00c0-\u058f{RIGHT_TO_LEFT}]")
NUMBER_INSIDE = re.compile(rf"[{RIGHT_TO_LEFT}][^A-Za-z]*\d[^A-Za-z]*[{RIGHT_TO_LEFT}]")
HAS_RIGHT_TO_LEFT = re.compile(rf"[{RIGHT_TO_LEFT}]")


class FacesMissingError(RuntimeError):
    """The faces of documents are not built; set-up (bin/build) makes them."""


def make_paper(document: Document, *, is_copy: bool) -> bytes:
    """Return the document as PDF: the buyer's original, or the seller's copy."""
    if not FACES.is_dir():
        raise FacesMissingError(str(FACES))
    with override(document.language):
        pages = _set(document, is_copy=is_copy, pages=0).pages_count
        return bytes(_set(document, is_copy=is_copy, pages=pages).output())


def _set(document: Document, *, is_copy: bool, pages: int) -> _Sheet:
    """Set the document; ``pages`` is how many there are, known after the first time."""
    sheet = _Sheet(document, is_copy=is_copy, pages=pages)
    sheet.add_page()
    sheet.head()
    sheet.parties()
    sheet.lines()
    sheet.sums()
    sheet.end()
    return sheet


class _Sheet(FPDF):
    """A4 sheets that begin at the reader's side, whichever that is."""

    def __init__(self, document: Document, *, is_copy: bool, pages: int) -> None:
        super().__init__(format=PAGE)
        self.document, self.is_copy, self.of_pages = document, is_copy, pages
        self.is_rtl = get_language_bidi()
        self.brand = _rgb(link_on(document.snapshot["seller"]["colour"], dark=False))
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.set_auto_page_break(False)  # rows break it
        self.set_creation_date(document.issued_at.astimezone(UTC))
        self.set_title(wording.heading(document))
        self.set_author(document.snapshot["seller"]["name"])
        self.set_producer("Sevenfold")
        self.set_lang(document.language)
        self.add_font("text", "", FACES / "text-400.ttf")
        self.add_font("text", "B", FACES / "text-700.ttf")
        for face in MORE_FACES:
            self.add_font(face, "", FACES / f"{face}.ttf")
        self.set_fallback_fonts(list(MORE_FACES), exact_match=False)

    # -- the parts, from the top

    def head(self) -> None:
        """The seller at the reader's side, the document's name, number and day at the other."""
        half = WIDTH / 2 - GAP
        self._ink(15, "B", self.brand)
        bottom = self._block([self.document.snapshot["seller"]["name"]], 0, half, 7)
        self._ink(9.5, "", SOFT)
        left = self._block(wording.seller_lines(self.document), 0, half, 4.8, top=bottom + 1)
        self._ink(15, "B")
        bottom = self._block(
            [wording.heading(self.document)], WIDTH / 2, WIDTH / 2, 7, top=MARGIN, is_far=True
        )
        self._ink(9.5, "", SOFT)
        said = [wording.day(self.document.issued_on, self.document), self._original_or_copy()]
        right = self._block(said, WIDTH / 2, WIDTH / 2, 4.8, top=bottom + 1, is_far=True)
        self._rule(max(left, right) + 5, self.brand, 0.5)

    def parties(self) -> None:
        """The buyer, and what the document refers to."""
        half = WIDTH / 2 - GAP
        top = self.get_y() + 6
        self._ink(9, "", SOFT)
        bottom = self._block([pgettext("document", "To")], 0, half, 4.8, top=top)
        self._ink(11)
        left = self._block(wording.buyer_lines(self.document), 0, half, 5.6, top=bottom + 0.5)
        self._ink(9.5, "", SOFT)
        said = wording.references(self.document)
        right = self._block(said, WIDTH / 2, WIDTH / 2, 4.8, top=top, is_far=True)
        self.set_y(max(left, right) + 8)

    def lines(self) -> None:
        """What was bought, over as many pages as it takes."""
        self._table_head()
        for row in wording.line_rows(self.document):
            self._ink(10.5)
            height = max(self._height(row[0], COLUMNS[0] - GAP, 5.4), 5.4) + 3.6
            if self.get_y() + height > PAGE[1] - FOOT - 6:
                self.add_page()
                self._table_head()
                self._ink(10.5)
            self._row(row, height)
            self._rule(self.get_y(), LINE_COLOUR, 0.2)

    def sums(self) -> None:
        """Net, VAT and total below the last column."""
        rows = wording.sum_rows(self.document)
        self._keep_together(len(rows) * 7 + 24)
        self.ln(4)
        for index, (label, amount) in enumerate(rows):
            is_total = index == len(rows) - 1
            self._ink(12.5 if is_total else 10.5, "B" if is_total else "")
            top = self.get_y()
            start = WIDTH - SUMS
            self._say(label, start, SUMS - 38, 7, top=top)
            self._say(amount, WIDTH - 38, 38, 7, top=top, is_far=True)
            self.set_y(top + 7)

    def end(self) -> None:
        """How it was paid, and what the law wants said."""
        self.ln(8)
        self._ink(10)
        for line in wording.closing(self.document):
            self._keep_together(self._height(line, WIDTH, 5.4))
            self.set_y(self._say(line, 0, WIDTH, 5.4, top=self.get_y()))

    def header(self) -> None:
        """From the second page on, which document this is."""
        if self.page_no() == 1:
            return
        self._ink(9, "", SOFT)
        self.set_y(self._block([wording.heading(self.document)], 0, WIDTH, 5) + 4)

    def footer(self) -> None:
        """Made by a computer; and which page of how many."""
        top = PAGE[1] - 14
        self._rule(top - 2, LINE_COLOUR, 0.2)
        self._ink(8.5, "", SOFT)
        notice = _("Made by computer; valid without a signature on paper.")
        self._say(notice, 0, WIDTH - 40, 5, top=top)
        words = {"page": self.page_no(), "pages": self.of_pages}
        self._say(_("Page %(page)s of %(pages)s") % words, WIDTH - 40, 40, 5, top=top, is_far=True)

    # -- how they are set

    def _original_or_copy(self) -> str:
        if self.is_copy:
            return pgettext("document", "Copy")
        return pgettext("document", "Original")

    def _table_head(self) -> None:
        self._ink(9, "", SOFT)
        words = (
            pgettext("document", "What"),
            pgettext("document", "Quantity"),
            pgettext("document", "Price"),
            pgettext("document", "Amount"),
        )
        self._row(words, 7)
        self._rule(self.get_y(), SOFT, 0.3)

    def _row(self, row: tuple[str, ...], height: float) -> None:
        top, start = self.get_y() + 1.8, 0.0
        for index, (text, width) in enumerate(zip(row, COLUMNS, strict=True)):
            is_far = index > 0
            self._say(text, start, width - (0 if is_far else GAP), 5.4, top=top, is_far=is_far)
            start += width
        self.set_y(top - 1.8 + height)

    def _ink(self, size: float, style: str = "", colour: tuple[int, int, int] = INK) -> None:
        self.set_font("text", style, size)
        self.set_text_color(*colour)

    def _block(
        self,
        lines: list[str],
        start: float,
        width: float,
        height: float,
        *,
        top: float | None = None,
        is_far: bool = False,
    ) -> float:
        bottom = self.get_y() if top is None else top
        for line in lines:
            bottom = self._say(line, start, width, height, top=bottom, is_far=is_far)
        return bottom

    def _say(
        self,
        text: str,
        start: float,
        width: float,
        height: float,
        *,
        top: float,
        is_far: bool = False,
    ) -> float:
        """Set text ``start`` away from the reader's side of the page; return where it ends."""
        left = PAGE[0] - MARGIN - start - width if self.is_rtl else MARGIN + start
        self.set_xy(left, top)
        self.multi_cell(
            width, height, self._tidy(text), align="R" if self.is_rtl != is_far else "L",
            padding=0, new_x="LMARGIN", new_y="NEXT",
        )  # fmt: skip
        return float(self.get_y())

    def _height(self, text: str, width: float, height: float) -> float:
        taken = self.multi_cell(
            width, height, self._tidy(text), dry_run=True, output=MethodReturnValue.HEIGHT
        )
        return float(str(taken))  # its type depends on `output`

    def _tidy(self, text: str) -> str:
        """Return a clean line, its direction set: the page's, or the text's own where they differ.

        fpdf2 does not reorder numbers among Hebrew words in a left-to-right line, so such a line
        is set from the right.
        """
        tidy = clean_line(text)
        is_rtl = self.is_rtl or _runs_from_the_right(tidy)
        self.set_text_shaping(use_shaping_engine=True, direction="rtl" if is_rtl else "ltr")
        return tidy

    def _rule(self, top: float, colour: tuple[int, int, int], width: float) -> None:
        self.set_draw_color(*colour)
        self.set_line_width(width)
        self.line(MARGIN, top, PAGE[0] - MARGIN, top)
        self.set_y(top)

    def _keep_together(self, height: float) -> None:
        if self.get_y() + height > PAGE[1] - FOOT:
            self.add_page()


def _runs_from_the_right(text: str) -> bool:
    first = FIRST_LETTER.search(text)
    if first is None:
        return False
    return bool(HAS_RIGHT_TO_LEFT.match(first.group()) or NUMBER_INSIDE.search(text))


def _rgb(colour: str) -> tuple[int, int, int]:
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return red, green, blue
