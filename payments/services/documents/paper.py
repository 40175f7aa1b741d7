"""A document as PDF on A4, the same bytes for the same document wherever it is made."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language_bidi, override, pgettext
from django.utils.translation import gettext as _

from core.paper import apart
from core.sheets import Sheet
from payments.models import Document
from payments.services.documents import wording
from stores.rules import link_on

FACES = Path(settings.BASE_DIR) / "static" / "built" / "fonts" / "paper"
MORE_FACES = ("latin-ext", "cyrillic", "arabic")
PAGE = (210.0, 297.0)
MARGIN, FOOT = 18.0, 24.0
WIDTH = PAGE[0] - 2 * MARGIN
GAP = 4.0
COLUMNS = (WIDTH - 84, 16.0, 32.0, 36.0)
SUMS = 84.0
INK, SOFT, LINE_COLOUR = (34, 32, 31), (105, 99, 94), (214, 208, 202)


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


class _Sheet(Sheet):
    """A4 sheets that begin at the reader's side, whichever that is."""

    def __init__(self, document: Document, *, is_copy: bool, pages: int) -> None:
        super().__init__(format=PAGE)
        self.document, self.is_copy, self.of_pages = document, is_copy, pages
        self.is_rtl = get_language_bidi()
        self.brand = _rgb(link_on(document.snapshot["seller"]["colour"], dark=False))
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.c_margin = 0
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
        bottom = self._block([apart(self.document.snapshot["seller"]["name"])], 0, half, 7)
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
            self._say(label, start, SUMS - COLUMNS[-1], 7, top=top)
            self._amount(amount, WIDTH - COLUMNS[-1], COLUMNS[-1], 7, top)
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
            if index == 0:
                self._say(text, start, width - GAP, 5.4, top=top)
            else:
                self._amount(text, start, width, 5.4, top)
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
        end = self.say(
            text, left=left, width=width, top=top, height=height, to_right=self.is_rtl != is_far
        )
        self.set_y(end)
        return end

    def _amount(self, text: str, start: float, width: float, height: float, top: float) -> None:
        """Set a number below others: against the right, so that their digits stand in line."""
        self._say(text, start, width, height, top=top, is_far=not self.is_rtl)

    def _height(self, text: str, width: float, height: float) -> float:
        return len(self.said(text, width)) * height

    def _rule(self, top: float, colour: tuple[int, int, int], width: float) -> None:
        self.set_draw_color(*colour)
        self.set_line_width(width)
        self.line(MARGIN, top, PAGE[0] - MARGIN, top)
        self.set_y(top)

    def _keep_together(self, height: float) -> None:
        if self.get_y() + height > PAGE[1] - FOOT:
            self.add_page()


def _rgb(colour: str) -> tuple[int, int, int]:
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return red, green, blue
