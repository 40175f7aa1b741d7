"""What members are told by mail: that they are welcome, and that a month is here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from access.services.keys import make_part_keys
from accounts.models import Customer
from mail.services.outbox import Letter, post_many
from memberships.services.pieces import titles_in
from memberships.services.standing import Place
from stores.scope import current_store
from stores.services.addresses import page_url, store_origin

WELCOME, MONTH = "club_welcome", "club_month"


@dataclass(frozen=True)
class _Told:
    """One member who is written to."""

    place: Place
    customer: Customer
    open_url: str
    shelf_url: str

    @property
    def month(self) -> str:
        """What the newest month that is open to them is called."""
        return self.place.current.part.title if self.place.current is not None else ""

    def letter(self, key: str, **context: Any) -> Letter:
        """Return the letter with what every one of a club says."""
        return Letter(
            key=key,
            to=self.customer.user.email,
            name=self.customer.name,
            language=_language(self.customer),
            context={
                "title": self.place.club.title,
                "month": self.month,
                "open_url": self.open_url,
                "shelf_url": self.shelf_url,
                **context,
            },
        )


def welcome(found: Sequence[Place], now: datetime) -> None:
    """Greet new members, once for each access, with what the club says and a link that opens it."""
    post_many(
        WELCOME,
        [
            each.letter(
                f"club-welcome:{each.place.access.public_id}",
                message=_lines(each.place.club.welcome),
            )
            for each in _told(found, now)
        ],
    )


def month_is_here(found: Sequence[Place], now: datetime) -> None:
    """Tell members of the month that opened to them, once for each month and customer."""
    current = {place.access.pk: place.current for place in found if place.current is not None}
    inside = titles_in(drop.part_id for drop in current.values())
    post_many(
        MONTH,
        [
            each.letter(
                f"club-month:{current[each.place.access.pk].part.public_id}"
                f":{each.customer.public_id}",
                changes=inside.get(current[each.place.access.pk].part_id, []),
            )
            for each in _told([place for place in found if place.access.pk in current], now)
        ],
    )


def _told(found: Sequence[Place], now: datetime) -> list[_Told]:
    """Return whom a letter reaches, each with a link that opens their newest month, or the club."""
    rows = Customer.objects.filter(pk__in={place.access.customer_id for place in found})
    customers = {row.pk: row for row in rows.filter(erased_at=None).select_related("user")}
    reached = [place for place in found if place.access.customer_id in customers]
    if not reached:
        return []
    pairs = [
        (customers[place.access.customer_id], place.current.part)
        for place in reached
        if place.current is not None
    ]
    secrets = iter(make_part_keys(pairs, now))
    origin = store_origin(current_store())
    told = []
    for place in reached:
        customer = customers[place.access.customer_id]
        language = _language(customer)
        address = (
            ("access:key", next(secrets))
            if place.current is not None
            else ("memberships:club", place.club.slug or place.club.public_id)
        )
        open_url = page_url(*address, language=language, origin=origin)
        shelf_url = page_url("storefront:shelf", language=language, origin=origin)
        told.append(_Told(place, customer, open_url, shelf_url))
    return told


def _language(customer: Customer) -> str:
    return str(customer.language or current_store().language)


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]
