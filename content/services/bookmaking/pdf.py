"""Make a PDF of a manuscript on A5 pages, Hebrew set from the right."""

import io
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
from fpdf import FPDF
from fpdf.enums import MethodReturnValue

from content.services.bookmaking.fonts import DISPLAY, TEXT, typeface
from content.services.bookmaking.manuscript import (
    Block,
    Book,
    Chapter,
    Figure,
    Heading,
    Listing,
    Note,
    Paragraph,
    Table,
)
from content.services.bookmaking.pictures import Palette, draw, draw_cover
from content.services.bookmaking.pictures.canvas import INK, SIZE

PAGE = (148.0, 210.0)
MARGIN, TOP, FOOT = 17.0, 13.0, 17.0
WIDTH = PAGE[0] - 2 * MARGIN
TEXT_SIZE, LINE = 10.5, 5.4
SMALL_SIZE, SMALL_LINE = 9.0, 4.4
INDENT = 7.0
MARK_RIGHT_TO_LEFT = "\u200f"


def make_pdf(book: Book) -> bytes:
    """Return the book as PDF with bookmarks, byte for byte the same for the same manuscript."""
    with tempfile.TemporaryDirectory(prefix="fonts-") as folder:
        paper = _Paper(book, Path(folder))
        paper.cover()
        for chapter in book.chapters:
            paper.chapter(chapter)
        made = bytes(paper.output())
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(made)) as pdf:
        if book.direction == "rtl":
            pdf.Root.ViewerPreferences = pikepdf.Dictionary(Direction=pikepdf.Name.R2L)
        pdf.save(out, linearize=True, deterministic_id=True)
    return out.getvalue()


class _Paper(FPDF):
    """A5 sheets with the book's colours, and a verb for each kind of block."""

    def __init__(self, book: Book, folder: Path) -> None:
        super().__init__(format=PAGE)
        self.book = book
        self.colours = Palette.of(book.colour)
        self.is_rtl = book.direction == "rtl"
        self.set_margins(MARGIN, TOP, MARGIN)
        self.set_auto_page_break(True, FOOT)  # noqa: FBT003 - fpdf2's own signature
        self.set_creation_date(datetime(book.year, 1, 1, tzinfo=UTC))
        self.set_title(book.title)
        self.set_author(book.author)
        self.set_lang(book.language)
        for name, style, family, weight in (
            ("text", "", TEXT, 400),
            ("text", "B", TEXT, 700),
            ("display", "", DISPLAY, 700),
        ):
            path = folder / f"{family}-{weight}.ttf"  # fpdf2 takes fonts by file only
            path.write_bytes(typeface(family, weight))
            self.add_font(name, style, path)
        self.set_text_shaping(use_shaping_engine=True)

    @property
    def align(self) -> str:
        return "R" if self.is_rtl else "L"

    def footer(self) -> None:
        """The page's number at the outer edge and the title at the inner; none on the cover."""
        if self.page_no() == 1:
            return
        self.set_font("text", size=8.5)
        self.set_text_color(self.colours.main)
        self.set_xy(MARGIN, PAGE[1] - 12)
        self.cell(WIDTH, 5, str(self.page_no()), align="L" if self.is_rtl else "R")
        self.set_xy(MARGIN, PAGE[1] - 12)
        self.cell(WIDTH, 5, self._said(self.book.title), align=self.align)

    def cover(self) -> None:
        """The whole first page."""
        self.add_page()
        self.set_fill_color(self.book.colour)
        self.rect(0, 0, *PAGE, style="F")
        width = PAGE[1] * 2 / 3
        picture = io.BytesIO(draw_cover(self.book))
        self.image(picture, (PAGE[0] - width) / 2, 0, width, PAGE[1], alt_text=self.book.title)

    def chapter(self, chapter: Chapter) -> None:
        """A chapter on a page of its own, with a bookmark."""
        self.add_page()
        self.start_section(chapter.title)
        self.set_font("display", size=21)
        self.set_text_color(self.colours.main)
        self._lines(chapter.title, 9)
        self.set_draw_color(self.colours.main)
        self.set_line_width(0.5)
        self.set_dash_pattern(dash=3, gap=1.8)
        self.line(MARGIN, self.get_y() + 2.5, PAGE[0] - MARGIN, self.get_y() + 2.5)
        self.set_dash_pattern()
        self.ln(7)
        for block in chapter.blocks:
            self._block(block)

    def _block(self, block: Block) -> None:
        self._plain()
        match block:
            case Heading(text):
                self._heading(text)
            case Paragraph(text):
                self._lines(text, LINE)
                self.ln(1.8)
            case Note(text):
                self._note(text)
            case Listing(items, is_numbered):
                self._listing(items, is_numbered=is_numbered)
            case Figure(name, alt):
                self._figure(name, alt)
            case Table(rows):
                self._table(rows)

    def _plain(self, size: float = TEXT_SIZE) -> None:
        self.set_font("text", size=size)
        self.set_text_color(INK)

    def _said(self, text: str) -> str:
        """A mark keeps a Hebrew line that begins with a number or a Latin word right to left."""
        return MARK_RIGHT_TO_LEFT + text if self.is_rtl else text

    def _lines(
        self, text: str, height: float, *, left: float = MARGIN, width: float = WIDTH
    ) -> None:
        self.set_x(left)
        self.multi_cell(
            width, height, self._said(text), align=self.align, markdown=True, padding=0,
            new_x="LMARGIN", new_y="NEXT",
        )  # fmt: skip

    def _height(self, text: str, height: float, width: float) -> float:
        taken = self.multi_cell(
            width, height, self._said(text), align=self.align, markdown=True, dry_run=True,
            output=MethodReturnValue.HEIGHT,
        )  # fmt: skip
        return float(str(taken))  # its type depends on `output`

    def _keep_together(self, height: float) -> None:
        if self.get_y() + height > PAGE[1] - FOOT:
            self.add_page()

    def _heading(self, text: str) -> None:
        self._keep_together(36)
        self.ln(1.4)
        self.set_font("text", "B", 13)
        self.set_text_color(self.colours.main)
        self._lines(text, 6.4)
        self.ln(0.6)

    def _note(self, text: str) -> None:
        inner = WIDTH - 10
        height = self._height(text, LINE, inner) + 5
        self._keep_together(height)
        top = self.get_y()
        self.set_fill_color(self.colours.pale)
        self.rect(MARGIN, top, WIDTH, height, style="F")
        self.set_fill_color(self.colours.main)
        self.rect(PAGE[0] - MARGIN - 1.2 if self.is_rtl else MARGIN, top, 1.2, height, style="F")
        self.set_y(top + 2.5)
        self._lines(text, LINE, left=MARGIN + 5, width=inner)
        self.set_y(top + height + 3)

    def _listing(self, items: tuple[str, ...], *, is_numbered: bool) -> None:
        left = MARGIN if self.is_rtl else MARGIN + INDENT
        for number, item in enumerate(items, start=1):
            self._keep_together(self._height(item, LINE, WIDTH - INDENT))
            top = self.get_y()
            self.set_xy(PAGE[0] - MARGIN - INDENT if self.is_rtl else MARGIN, top)
            self.set_text_color(self.colours.main)
            mark = f"{number}." if is_numbered else "•"
            self.cell(INDENT, LINE, self._said(mark), align=self.align)
            self.set_text_color(INK)
            self.set_y(top)
            self._lines(item, LINE, left=left, width=WIDTH - INDENT)
            self.ln(0.5)
        self.ln(1.6)

    def _figure(self, name: str, alt: str) -> None:
        width = WIDTH * 0.64
        height = width * SIZE[1] / SIZE[0]
        self._keep_together(height + 12)
        picture = io.BytesIO(draw(name, self.book.colour))
        self.image(picture, MARGIN + (WIDTH - width) / 2, self.get_y(), width, height, alt_text=alt)
        self.set_y(self.get_y() + height + 1.5)
        self._plain(SMALL_SIZE - 0.5)
        self.set_text_color(self.colours.main)
        self.set_x(MARGIN)
        self.multi_cell(
            WIDTH, SMALL_LINE, self._said(alt), align="C", new_x="LMARGIN", new_y="NEXT"
        )
        self.ln(2.6)

    def _table(self, rows: tuple[tuple[str, ...], ...]) -> None:
        self._plain(SMALL_SIZE)
        widths = _column_widths(rows)
        self._keep_together(3 * SMALL_LINE + 6)
        for number, row in enumerate(rows):
            self._row(row, widths, is_head=number == 0)
        self.ln(3)

    def _row(self, row: tuple[str, ...], widths: list[float], *, is_head: bool) -> None:
        said = tuple(f"**{cell}**" for cell in row) if is_head else row
        heights = [self._height(c, SMALL_LINE, w - 3) for c, w in zip(said, widths, strict=True)]
        height = max(heights) + 1.8
        self._keep_together(height)
        top, spent = self.get_y(), 0.0
        if is_head:
            self.set_fill_color(self.colours.pale)
            self.rect(MARGIN, top, WIDTH, height, style="F")
        for cell, width in zip(said, widths, strict=True):
            left = PAGE[0] - MARGIN - spent - width if self.is_rtl else MARGIN + spent
            self.set_y(top + 0.9)
            self._lines(cell, SMALL_LINE, left=left + 1.5, width=width - 3)
            spent += width
        self.set_draw_color(self.colours.tint)
        self.set_line_width(0.2)
        self.line(MARGIN, top + height, PAGE[0] - MARGIN, top + height)
        self.set_y(top + height)


def _column_widths(rows: tuple[tuple[str, ...], ...]) -> list[float]:
    """Share the page by what the columns hold, no column under its fair half."""
    longest = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    shares = [max(length, max(longest) / 3) ** 0.8 for length in longest]
    return [WIDTH * share / sum(shares) for share in shares]
