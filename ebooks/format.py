"""The ebook format's answers to the contract."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from content.models import Asset, Edition
from content.services.listening.album import TRACK
from content.services.listening.chapters import clock_of
from content.services.stamping.copies import prepare
from core import clock
from core.addresses import path_to
from core.prepared import Among, Prepared, padded
from ebooks.models import Ebook
from ebooks.services.advice import advice_for
from ebooks.services.beginning import begun
from ebooks.services.files import SAMPLE, files_in_order
from ebooks.services.opening import opening_of
from ebooks.services.shelf import READ_FIRST, cards_of, parts_to_read, read_url
from products.contract import Advice, Draft, Option, OutlineRow, ProductFormat, ShelfCard, Tab
from products.models import Product

if TYPE_CHECKING:
    from access.models import Access
    from stores.models import Store

FILES = "_files_of_its_page"
"""What a product's page found for one question is at hand for the next: one query for both."""
PRINT, PRINT_AND_DIGITAL = "print", "print_digital"
MOST_ROWS = 80
DEEPEST = 1


class EbookFormat(ProductFormat):
    """A book that is read in the browser and downloaded."""

    key = "ebook"
    label = gettext_lazy("ebook")
    plural = gettext_lazy("ebooks")
    object = "book"
    url_prefix = "ebooks"
    urlconf = "ebooks.urls"
    templates = ("ebooks/sales.html",)
    price_kinds = ("one_time", "instalments", "pay_what_you_want", "free")
    model = Ebook
    advice = Advice(
        income_every_month=0,
        builds_authority=3,
        little_technology=3,
        works_alone=3,
        needs=("text",),
        sentence=gettext_lazy("A text you finish once and sell for years: EPUB, PDF or both."),
    )

    def draft(self, answers: Mapping[str, str], store: Store) -> Draft:
        """Return a short book that answers one question, as it would begin."""
        return begun(answers, store.currency)

    def advise(self, product: Product) -> Sequence[Any]:
        """Return what is known of the price of a book like this one."""
        return advice_for(Ebook.objects.get(pk=product.pk))

    def workspace(self, product: Product) -> Sequence[Tab]:
        """Return the book's files, its editions, its recordings and how it is read."""
        pages = (
            (pgettext("workspace", "Files"), "content"),
            (_("Editions"), "editions"),
            (_("Audio"), "audio"),
            (_("Numbers"), "numbers"),
        )
        return [
            Tab(name, reverse(f"admin:ebooks_ebook_{page}", args=[product.pk]))
            for name, page in pages
        ]

    def demo(self, store: Store, language: str) -> Sequence[Product]:
        """Put the demo books of this language on sale, and one in each of the other states."""
        from ebooks.services.demo import make_demo_books  # late: it makes books and pictures
        from ebooks.services.demo_ahead import make_books_ahead

        return [*make_demo_books(language), *make_books_ahead(language)]

    def options(self, product: Product) -> Sequence[Option]:
        """Return the printed book, alone or with the digital one, from one stock of copies."""
        book: Ebook = product if isinstance(product, Ebook) else product.ebook
        if not book.sells_print:
            return ()
        alone = Option(
            PRINT,
            _("in print"),
            places=book.print_stock,
            asks=("shipping",),
            opens=False,
            pool=PRINT,
            comes_on=book.print_on,
        )
        both = _("in print and digital")
        return (alone, replace(alone, key=PRINT_AND_DIGITAL, label=both, opens=True))

    def stamped(self, products: Sequence[Product]) -> set[int]:
        """Return the books whose maker wants the buyer's name in their files."""
        return _stamped({product.pk for product in products})

    def on_granted(self, accesses: Sequence[Access]) -> None:
        """Have the copies made of what was just bought, so that they are there when it opens."""
        wanted = _stamped({access.product_id for access in accesses})
        prepare(accesses, clock.now(), stamped=wanted)

    def blockers(self, products: Sequence[Product]) -> dict[Product, list[Any]]:
        """Return that a book without a file cannot be read."""
        readable = parts_to_read((product.pk for product in products), clock.now())
        return {
            product: [] if product.pk in readable else [_("Add the book itself, as EPUB or PDF.")]
            for product in products
        }

    def open_urls(self, accesses: Sequence[Access]) -> dict[Access, str]:
        """Return the reader of each book."""
        parts = parts_to_read((access.product_id for access in accesses), clock.now())
        return {
            access: read_url(parts[access.product_id][0])
            for access in accesses
            if access.product_id in parts
        }

    def shelf_cards(self, accesses: Sequence[Access], now: datetime) -> dict[Access, ShelfCard]:
        """Return how far each reader is, and the verb that goes on."""
        return cards_of(accesses, now)

    def about(self, product: Product, now: datetime) -> Mapping[str, Any]:
        """Return the first pages of the sample, the edition read now, and what is new in it."""
        found = files_in_order(product, now, with_pages=True)
        product.__dict__[FILES] = found
        files = {asset.part.kind: asset for asset in found}
        opened = opening_of(files.get(SAMPLE))
        book = next((files[kind] for kind in READ_FIRST if kind in files), None)
        editions = [each.edition for each in files.values() if each.edition is not None]
        if book is None or not editions:
            return opened
        newest = max(editions, key=lambda edition: edition.number)
        url = path_to("content:editions", book.part.public_id)
        return opened | _about(newest, product, url)

    def outline(self, product: Product) -> Sequence[OutlineRow]:
        """Return the book's table of contents; what is in the sample opens."""
        known: list[Asset] | None = product.__dict__.pop(FILES, None)
        found = files_in_order(product, clock.now()) if known is None else known
        files = {asset.part.kind: asset for asset in found}
        book = next((files[kind] for kind in READ_FIRST if kind in files), None)
        heard = [asset for asset in found if asset.part.kind == TRACK]
        if book is None and heard:
            return _recordings(heard)
        sample = files.get(SAMPLE)
        sample_url = read_url(sample.part) if sample is not None else ""
        free = {entry["title"]: entry["target"] for entry in _contents(sample)}
        rows = [
            OutlineRow(
                title=entry["title"],
                depth=entry["depth"],
                open_url=_place_url(sample_url, free[entry["title"]])
                if entry["title"] in free
                else "",
            )
            for entry in _contents(book)
        ]
        if sample_url and not any(row.open_url for row in rows):
            rows.insert(0, OutlineRow(title=_("A sample to read now"), open_url=sample_url))
        return rows


def _about(edition: Edition, product: Product, url: str) -> dict[str, Any]:
    """Return what a book's page says of its edition: only what there is to say."""
    named = edition.name or str(edition.number)
    structured: dict[str, Any] = {
        "@type": ["Product", "Book"],
        "bookFormat": "https://schema.org/EBook",
        "bookEdition": named,
    }
    if product.maker:
        structured["author"] = {"@type": "Person", "name": product.maker}
    news = [line for line in edition.news.splitlines() if line.strip()]
    return {
        "edition": edition,
        "is_edition_told": bool(news or edition.name or edition.number > 1),
        "news": news,
        "editions_url": url,
        "structured": structured,
    }


STAMPED: Prepared[Any] = Prepared(
    lambda count: Product.objects.filter(
        Among("pk", "books", count), ebook__stamps_files=True
    ).values_list("pk")
)


def _stamped(keys: set[int]) -> set[int]:
    if not keys:
        return set()
    asked = padded([*keys])
    return {pk for (pk,) in STAMPED.rows(len(asked), books=asked)}


def _place_url(sample_url: str, target: str) -> str:
    """Return the reader of the sample, opened at a line of its contents."""
    return f"{sample_url}#{urlencode({'at': target})}" if target else sample_url


def _recordings(heard: Sequence[Asset]) -> list[OutlineRow]:
    """What a book that is only heard holds: its recordings, each with its length and chapters."""
    rows = []
    for asset in heard[:MOST_ROWS]:
        seconds = float(asset.facts.get("seconds") or 0)
        rows.append(OutlineRow(title=asset.part.title, detail=clock_of(seconds)))
        rows += [OutlineRow(title=entry["title"], depth=1) for entry in _contents(asset)]
    return rows[:MOST_ROWS]


def _contents(asset: Asset | None) -> list[dict[str, Any]]:
    if asset is None:
        return []
    entries = asset.facts.get("contents", [])
    return [entry for entry in entries if entry["depth"] <= DEEPEST][:MOST_ROWS]
