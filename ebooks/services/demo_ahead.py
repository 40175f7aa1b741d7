"""The demo books that are not simply on sale: ahead, late, announced, closed, by link, replaced.

They have no files, so none of them can be opened, and none is sold as if it could.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from core import clock
from products.models import ListEntry, Price, Product
from products.services import lists
from products.services.catalogue import add_price, create_product, publish, set_status
from products.services.presale import look_at_due, move_opening
from stores.scope import current_store

TEXTS = Path(__file__).resolve().parent.parent / "demo_texts"
OPENS_AT_HOUR = timedelta(hours=9)
State = Product.Status


def make_books_ahead(language: str) -> Sequence[Product]:
    """Make one book of each such state in the store in scope, once."""
    with (TEXTS / "ahead.toml").open("rb") as file:
        offers: dict[str, dict[str, Any]] = tomllib.load(file)
    wanted = [offer for offer in offers.values() if offer["language"] == language]
    return [_find_or_make(offer, clock.now()) for offer in wanted]


def _find_or_make(offer: dict[str, Any], now: datetime) -> Product:
    made: Product | None = Product.objects.filter(slug=offer["slug"]).first()
    return made if made is not None else _make(offer, now)


def _make(offer: dict[str, Any], now: datetime) -> Product:
    names = ("slug", "title", "tagline", "result", "keeps", "hue", "language")
    heir = Product.objects.filter(slug=offer.get("replaced_by", "")).first()
    product = create_product(
        "ebook",
        now=now,
        description=offer["description"].strip(),
        list_question=offer.get("question", ""),
        replaced_by=heir if "replaced_by" in offer else None,
        **{name: offer[name] for name in names},
    )
    if offer["amount"]:
        terms = offer.get("terms", {})
        add_price(product, kind=Price.Kind.ONE_TIME, amount=offer["amount"], **terms)
    begun = now - timedelta(days=offer.get("named_days_ago", 0))
    if "opens_in_days" in offer:
        move_opening(product, _morning(now, offer["opens_in_days"]), now=begun)
    moved = _put(product, offer["state"], begun)
    look_at_due(now)
    for email, answer in offer.get("list", ()):
        _put_on_list(moved, email, answer, now)
    return moved


def _put(product: Product, state: str, now: datetime) -> Product:
    if state in {State.PUBLISHED, State.HIDDEN}:
        product.refresh_from_db()
        return publish(product, now, status=state)
    return set_status(product, state)


def _put_on_list(product: Product, email: str, answer: str, now: datetime) -> ListEntry:
    entry = lists.join(
        product,
        lists.kind_for(product),
        email=email,
        answer=answer,
        language=product.language,
        customer=None,
        now=now,
    )
    return lists.confirm(entry, now=now)


def _morning(now: datetime, days: int) -> datetime:
    """Return 09:00 of the store's clock, so many days ahead."""
    zone = current_store().zone
    day = clock.local_day(now, zone) + timedelta(days=days)
    return clock.start_of_day(day, zone) + OPENS_AT_HOUR
