"""Telling people of a product: its link by where it is put, a code for print, and ready words."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.encoding import uri_to_iri
from django.utils.translation import gettext as _

from products.models import Product
from products.services.covers import cover_of
from stores.scope import current_store
from stores.services.addresses import absolute_url, page_url

if TYPE_CHECKING:
    from stores.models import Store

FROM = "from"
"""The part of a link that says where it was put; it becomes the order's source."""
WHATSAPP, MAIL, QR, LINK = "whatsapp", "mail", "qr", "link"
PRINT_SCALE = 24
"""Dots a module of the PNG: at 300 to the inch about eight centimetres wide."""


@dataclass(frozen=True)
class Kit:
    """Everything to share a product with."""

    link: str
    picture: str
    whatsapp_text: str
    whatsapp_url: str
    mail_subject: str
    mail_text: str
    mail_url: str


def link_of(product: Product, source: str = "") -> str:
    """Return the product's address in its own language, marked with where it is put."""
    store = current_store()
    language = product.language or store.language
    url = page_url("storefront:product", product.slug or product.public_id, language=language)
    return f"{url}?{urlencode({FROM: source})}" if source else url


def _readable(product: Product, source: str) -> str:
    """Return the same as people read it: "/p/התפר-הראשון/" and no "%D7%94"; machines take both."""
    return str(uri_to_iri(link_of(product, source)))


def kit_of(product: Product) -> Kit:
    """Return the kit, its words in the product's language."""
    store = current_store()
    with translation.override(product.language or store.language):
        line = product.result or product.tagline
        whatsapp = _whatsapp_text(product, line)
        subject = _("New: %(title)s") % {"title": product.title}
        words = {"title": product.title, "line": line, "link": f"\n{_readable(product, MAIL)}"}
        mail = _mail_text(words, store)
    return Kit(
        link=_readable(product, LINK),
        picture=picture_of(product),
        whatsapp_text=whatsapp,
        whatsapp_url=f"https://wa.me/?{_query(text=whatsapp)}",
        mail_subject=subject,
        mail_text=mail,
        mail_url=f"mailto:?{_query(subject=subject, body=mail)}",
    )


def _whatsapp_text(product: Product, line: str) -> str:
    said = _("I made something: %(title)s.") % {"title": product.title}
    return "\n".join(filter(None, (said, line, _readable(product, WHATSAPP))))


def _mail_text(words: dict[str, str], store: Store) -> str:
    # A link has a line of its own: beside Hebrew its own Hebrew would turn it around.
    lines = (
        _("Hello,"),
        _("“%(title)s” is out. %(line)s") % words,
        _("Everything about it, and a place to have it: %(link)s") % words,
        store.name,
    )
    return "\n\n".join(each.strip().replace(" \n", "\n") for each in lines)


def _query(**parts: str) -> str:
    """Return a query in which spaces are %20: mail programs show a plus as it is."""
    return urlencode(parts).replace("+", "%20")


def picture_of(product: Product) -> str:
    """Return the address of the picture links are shown with, or of the cover; or nothing."""
    try:
        return absolute_url(
            current_store(),
            reverse("storefront:share-image", args=[product.slug or product.public_id]),
        )
    except NoReverseMatch:
        cover = cover_of(product)
        return cover.src if cover is not None else ""


def qr_svg(product: Product) -> bytes:
    """Return the code of the product's link as SVG, for any size."""
    return _qr(product, "svg", scale=8, xmldecl=True)


def qr_png(product: Product) -> bytes:
    """Return the code of the product's link as PNG, for print."""
    return _qr(product, "png", scale=PRINT_SCALE)


def _qr(product: Product, kind: str, **options: object) -> bytes:
    import segno  # late: few ask for the code

    into = io.BytesIO()
    code = segno.make_qr(link_of(product, QR), error="m")
    code.save(into, kind=kind, border=4, **options)
    return into.getvalue()
