"""What the last page of a sample says, and that page drawn for a PDF."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import unquote

from django.utils.translation import get_language_bidi, override
from django.utils.translation import gettext as _

from content.services.excerpts.ending import Ending
from content.services.stamping.line import FACES, MORE_FACES, FacesMissingError
from core.sheets import Sheet
from products.models import Product
from stores.scope import current_store
from stores.services.addresses import page_url

USUAL = (420.0, 595.0)
SMALLEST, LARGEST = 120.0, 2_000.0
"""Points; a page of another size is drawn as large as these."""


def ending_of(product: Product) -> Ending:
    """Return the words after a sample, in the language of the book."""
    store = current_store()
    language = product.language or store.language
    address = page_url("storefront:product", product.slug or product.public_id, language=language)
    with override(language):
        names = {"title": product.title, "store": store.name}
        return Ending(
            heading=str(_("The sample ends here")),
            line=_("The whole book, “%(title)s”, is at %(store)s.") % names,
            verb=str(_("To the whole book")),
            url=address,
            language=language,
            is_rtl=get_language_bidi(),
            contents=str(_("Contents")),
            title=_("%(title)s (a sample)") % names,
        )


def draw_ending(ending: Ending, size: tuple[float, float] | None) -> bytes:
    """Return a PDF of the one page, as large as the pages before it."""
    if not FACES.is_dir():
        raise FacesMissingError(str(FACES))
    width, height = (min(max(side, SMALLEST), LARGEST) for side in size or USUAL)
    sheet = _sheet(ending, (width, height))
    unit, column = width / 420, width * 0.8
    left, top = width * 0.1, height * 0.34
    for points, text in ((22, ending.heading), (12, ending.line), (10, ending.verb)):
        top = _say(sheet, text, points * unit, (left, column, top))
    begins = top
    sheet.is_rtl = False
    end = _say(sheet, unquote(ending.url), 9 * unit, (left, column, top), to_right=ending.is_rtl)
    sheet.link(left, begins, column, end - begins, ending.url)
    return bytes(sheet.output())


def _say(
    sheet: Sheet,
    text: str,
    size: float,
    where: tuple[float, float, float],
    *,
    to_right: bool | None = None,
) -> float:
    """Set a line into the column and return where the next one begins."""
    left, width, top = where
    sheet.set_font("text", "", size)
    side = sheet.is_rtl if to_right is None else to_right
    end = sheet.say(text, left=left, width=width, top=top, height=size * 1.5, to_right=side)
    return end + size * 0.6


def _sheet(ending: Ending, size: tuple[float, float]) -> Sheet:
    sheet = Sheet(unit="pt", format=size)
    sheet.is_rtl = ending.is_rtl
    sheet.set_margin(0)
    sheet.c_margin = 0
    sheet.set_auto_page_break(False)
    sheet.set_creation_date(datetime(2026, 1, 1, tzinfo=UTC))
    sheet.add_font("text", "", FACES / "text-400.ttf")
    for face in MORE_FACES:
        sheet.add_font(face, "", FACES / f"{face}.ttf")
    sheet.set_fallback_fonts(list(MORE_FACES), exact_match=False)
    sheet.add_page()
    return sheet
