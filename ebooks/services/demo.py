"""The demo books: real texts, made into real files, judged and kept like anybody's upload."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from content.models import Edition
from content.services.bookmaking.epub import make_epub
from content.services.bookmaking.manuscript import Book, read_manuscript
from content.services.bookmaking.pictures.covers import draw_cover
from content.services.bookmaking.tunes import make_tune
from content.services.editions.making import describe, prepare
from content.services.excerpts.chapters import chapters_of
from content.services.excerpts.making import work_due
from content.services.judge import judge
from content.services.judge.found import AUDIO
from content.services.listening import parse_chapters
from content.services.listening.album import Wanted, add_recording, arrange, recordings_of
from core import clock
from ebooks.models import Ebook
from ebooks.services.files import add_file, current_files
from ebooks.services.samples import pick_chapters
from products.models import Price, Product
from products.services.catalogue import add_price, create_product, publish
from products.services.covers import set_cover

TEXTS = Path(__file__).resolve().parent.parent / "demo_texts"
A_YEAR = timedelta(days=365)
"""How long these books have been on sale."""
SECOND_AFTER = timedelta(days=300)
"""How long after the first its second edition came out, where a book has one."""


def _pdf(*given: Any) -> Any:
    from content.services.bookmaking.pdf import make_pdf  # late: see core.sheets

    return make_pdf(*given)


MAKERS = {"epub": make_epub, "pdf": _pdf}


def make_demo_books(language: str) -> Sequence[Product]:
    """Put the books of this language on sale in the store in scope, once."""
    with (TEXTS / "shop.toml").open("rb") as offers:
        offered: dict[str, dict[str, Any]] = tomllib.load(offers)
    return [
        _find_or_make(name, offer, clock.now() - A_YEAR)
        for name, offer in offered.items()
        if offer["language"] == language
    ]


def _find_or_make(name: str, offer: dict[str, Any], now: datetime) -> Product:
    made: Product | None = Product.objects.filter(slug=offer["slug"]).first()
    if made is not None and made.status != Product.Status.DRAFT:
        return made
    book = read_manuscript(TEXTS / name)
    ebook = made if made is not None else _create(book, offer, now)
    _fill(Ebook.objects.get(pk=ebook.pk), book, offer, now)
    return publish(ebook, now)


def _create(book: Book, offer: dict[str, Any], now: datetime) -> Product:
    texts = ("slug", "tagline", "result", "keeps", "hue", "language")
    product = create_product(
        "ebook",
        title=book.title,
        now=now,
        maker=book.author,
        description=offer["description"].strip(),
        **{name: offer[name] for name in texts},
    )
    kind = Price.Kind.ONE_TIME if offer["amount"] else Price.Kind.FREE
    add_price(product, kind=kind, amount=offer["amount"], label=offer["label"])
    if "print" in offer:
        _sell_in_print(product, offer)
    return product


def _sell_in_print(product: Product, offer: dict[str, Any]) -> None:
    book = Ebook.objects.get(pk=product.pk)
    book.sells_print, book.print_stock = True, offer["copies"]
    book.save(update_fields=["sells_print", "print_stock"])
    for position, terms in enumerate(offer["print"], 1):
        add_price(book, kind=Price.Kind.ONE_TIME, position=position, **terms)


def _fill(ebook: Ebook, book: Book, offer: dict[str, Any], now: datetime) -> None:
    with TemporaryDirectory(prefix="demo-book-") as folder:
        room = Path(folder)
        second = offer.get("second")
        first = book if second is None else replace(book, chapters=book.chapters[:-1])
        for kind in offer["files"]:
            _put(ebook, kind, MAKERS[kind](first), room / f"{book.slug}.{kind}", now)
        if second is not None:
            _make_second(ebook, book, offer, room, now)
        if offer["sample"]:
            _pick_sample(ebook, now)
        if not recordings_of(ebook):
            _record(ebook, offer.get("recordings", []), room, now)
        cover = room / "cover.jpg"
        cover.write_bytes(draw_cover(book))
        set_cover(ebook, cover)


def _pick_sample(ebook: Ebook, now: datetime) -> None:
    """Open the first chapter to anyone, made of the book itself as for any creator."""
    book = current_files(ebook)["epub"]
    pick_chapters(ebook, [chapters_of(book.facts)[0].path], now)
    work_due(now, most=1)


def _make_second(
    ebook: Ebook, book: Book, offer: dict[str, Any], room: Path, now: datetime
) -> None:
    """Bring out the second edition, with its last chapter, long enough ago that all were told."""
    out_at = now + SECOND_AFTER
    edition = prepare(ebook, out_at)
    for kind in offer["files"]:
        path = room / f"{book.slug}-2.{kind}"
        _put(ebook, kind, MAKERS[kind](book), path, out_at, edition=edition)
    words = offer["second"]
    describe(edition, name=words["name"], news=words["news"])
    Edition.objects.filter(pk=edition.pk).update(out_at=out_at, told_at=out_at)


def _record(ebook: Ebook, asked: Sequence[dict[str, Any]], room: Path, now: datetime) -> None:
    """Play the tunes of a book and keep them as its recordings, each with its chapters."""
    wanted = []
    for place, each in enumerate(asked):
        path = room / f"{place}.wav"
        path.write_bytes(make_tune(each["notes"]))
        into = room / f"recording-{place}"
        into.mkdir()
        verdict = judge(path, into=into, accept=AUDIO, name=path.name)
        asset = add_recording(ebook, verdict, name=f"{each['title']}.wav", now=now)
        chapters = parse_chapters(each["chapters"], seconds=verdict.seconds or 0)
        wanted.append(Wanted(asset, each["title"], place, chapters))
    if wanted:
        arrange(ebook, wanted)


def _put(
    ebook: Ebook,
    slot: str,
    content: bytes,
    path: Path,
    now: datetime,
    *,
    edition: Edition | None = None,
) -> None:
    path.write_bytes(content)
    into = path.parent / f"{slot}-{edition.number if edition else 1}"
    into.mkdir()
    kind = path.suffix.removeprefix(".")
    verdict = judge(path, into=into, accept=(kind,), name=path.name)  # type: ignore[arg-type]  # a kind
    add_file(ebook, slot, verdict, name=path.name, now=now, edition=edition)
