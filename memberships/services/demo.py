"""The demo club: fourteen months of real pieces, and the next one ready for its day."""

from __future__ import annotations

import io
import tomllib
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from PIL import Image

from content.services.bookmaking.films import make_film
from content.services.bookmaking.manuscript import Book, Chapter, Paragraph
from content.services.bookmaking.pictures import draw
from content.services.bookmaking.tunes import make_tune
from content.services.captions import keep_captions
from content.services.judge import judge
from content.services.judge.found import AUDIO
from core import clock
from memberships.models import Club, Drop
from memberships.services import pieces
from memberships.services.months import add_month, give_out
from products.models import Price, Product
from products.services.catalogue import add_price, create_product, publish
from stores.scope import current_store

TEXTS = Path(__file__).resolve().parent.parent / "demo_texts"
MONTHS_BEHIND = 13
"""It is in its fourteenth month, whenever the demo is made."""
FRAME_SECONDS = 12
COLOURS = {"he": "#A8412C", "en": "#2F5D50"}
PREVIEWED = 1
"""Whose text is open to anyone: the first month's."""


def make_demo_club(language: str) -> Product:
    """Put the demo club of this language on sale in the store in scope, once."""
    with (TEXTS / f"{language}.toml").open("rb") as written:
        offer: dict[str, Any] = tomllib.load(written)
    made: Product | None = Product.objects.filter(slug=offer["slug"]).first()
    if made is not None and made.status != Product.Status.DRAFT:
        return made
    now = clock.now()
    first = _first_day(now)
    begun: Any = Club.objects.filter(slug=offer["slug"]).first()
    club: Club = begun or _create(offer, language, first)
    _fill(club, offer, now)
    return publish(club, _start(first))


def _first_day(now: datetime) -> date:
    today = clock.local_day(now, current_store().zone)
    return clock.add_months(today.replace(day=1), -MONTHS_BEHIND)


def _start(day: date) -> datetime:
    return clock.start_of_day(day, current_store().zone)


def _create(offer: dict[str, Any], language: str, first: date) -> Club:
    texts = ("slug", "title", "tagline", "result", "description", "hue")
    product = create_product(
        "club",
        now=_start(first),
        language=language,
        rhythm="month",
        first_on=first,
        **{name: _tidy(offer[name]) for name in (*texts, "group_name", "group_url", "welcome")},
    )
    month, quarter, year, gift = offer["amounts"]
    paid = Price.Kind.SUBSCRIPTION
    add_price(product, kind=paid, amount=month, interval="month", label=offer["month_label"])
    for position, (amount, interval, label) in enumerate(
        (
            (quarter, "quarter", offer["quarter_label"]),
            (year, "year", offer["year_label"]),
        ),
        1,
    ):
        add_price(
            product, kind=paid, amount=amount, interval=interval, label=label, position=position
        )
    add_price(
        product,
        kind=Price.Kind.ONE_TIME,
        amount=gift,
        label=offer["gift_label"],
        length=Price.Length.PERIODS,
        length_count=3,
        length_unit="month",
        position=3,
    )
    return Club.objects.get(pk=product.pk)


def _tidy(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value


def _fill(club: Club, offer: dict[str, Any], now: datetime) -> None:
    """Make the months that are missing, each given out on its day as members knew it."""
    made = Drop.objects.filter(club=club.pk).count()
    with TemporaryDirectory(prefix="demo-club-") as folder:
        for number, month in enumerate(offer["months"][made:], made + 1):
            room = Path(folder) / str(number)
            room.mkdir()
            day = clock.add_months(_first_day(now), number - 1)
            at = min(_start(day), now)
            drop = add_month(club, at)
            _put_in(drop, month, room, at, COLOURS[club.language])
            drop = give_out(drop, at)
            if _start(day) <= now:  # members were told that morning
                Drop.objects.filter(pk=drop.pk).update(due_at=None, told_at=drop.due_at)


def _put_in(drop: Drop, month: dict[str, Any], room: Path, at: datetime, colour: str) -> None:
    text = pieces.add_text(drop, title=month["title"], text=month["text"].strip(), now=at)
    if drop.number == PREVIEWED:
        pieces.change(text, title=text.title, preview=True)
    if "notes" in month:
        _keep(drop, month["sound"], make_tune(month["notes"]), room / "tune.wav", at)
    if "film" in month:
        shown = [Image.open(io.BytesIO(draw(name, colour))) for name in month["pictures"]]
        film = make_film(shown, seconds=FRAME_SECONDS)
        asset = _keep(drop, month["film"], film, room / "film.mp4", at)
        keep_captions(asset, _captions(month["captions"]))
    if "card" in month:
        card = _card(drop, month, colour)
        _keep(drop, month["card"], card, room / "card.pdf", at)


def _keep(drop: Drop, title: str, content: bytes, path: Path, at: datetime) -> Any:
    path.write_bytes(content)
    into = path.parent / path.stem
    into.mkdir()
    accept = AUDIO if path.suffix == ".wav" else ("mp4", "pdf")
    verdict = judge(path, into=into, accept=accept, name=path.name)
    name = f"{title}{path.suffix}"
    return pieces.add_file(drop, verdict, title=title, name=name, now=at)


def _card(drop: Drop, month: dict[str, Any], colour: str) -> bytes:
    from content.services.bookmaking.pdf import make_pdf  # late: see core.sheets

    return make_pdf(
        Book(
            slug="card",
            title=month["card"],
            subtitle=drop.part.title,
            author=current_store().name,
            summary=month["title"],
            words={},
            language=drop.club.language,
            year=clock.local_day(clock.now(), current_store().zone).year,
            colour=colour,
            drawing="tape" if drop.club.language == "he" else "loaf",
            chapters=(
                Chapter(month["title"], tuple(Paragraph(line) for line in month["card_lines"])),
            ),
        )
    )


def _captions(lines: list[str]) -> str:
    """Return the words of a film's pictures as WebVTT, each while its picture is shown."""
    cues = [
        f"{_moment(number)} --> {_moment(number + 1)}\n{line}" for number, line in enumerate(lines)
    ]
    return "\n\n".join(("WEBVTT", *cues))


def _moment(number: int) -> str:
    minutes, seconds = divmod(number * FRAME_SECONDS, 60)
    return f"{minutes:02d}:{seconds:02d}.000"
