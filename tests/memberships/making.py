"""Clubs and members for the tests: a club by the calendar began on 1 January 2027."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from access.contract import Source, Viewer
from access.models import Access
from access.services.gate import may_open
from access.services.granting import grant, record_paid
from accounts.models import Customer
from core import clock
from memberships.models import Club, Drop
from memberships.services import pieces, telling
from memberships.services.months import add_month, give_out
from products.models import Product
from products.services.catalogue import create_product
from stores.scope import current_store

JANUARY = date(2027, 1, 1)


def at(month: int, day: int = 1, hour: int = 0, year: int = 2027) -> datetime:
    """A moment on the store's wall."""
    return clock.at_local(date(year, month, day), time(hour), current_store().zone)


def make_club(**over: Any) -> Club:
    """A club on sale by the calendar, without a month."""
    fields = {"title": "A stitch a month", "rhythm": "month", "first_on": JANUARY} | over
    made = create_product("club", now=at(1, year=2026), **fields)
    Product.objects.filter(pk=made.pk).update(status=Product.Status.PUBLISHED)
    found: Club = Club.objects.get(pk=made.pk)
    return found


def fill(club: Club, count: int, *, now: datetime) -> list[Drop]:
    """Add so many months with a text each, and give them out."""
    made = []
    for _ in range(count):
        drop = add_month(club, now)
        pieces.add_text(drop, title=f"Text {drop.number}", text="A needle.", now=now)
        made.append(give_out(drop, now))
    return made


def join(
    club: Club,
    customer: Customer,
    since: datetime,
    *,
    source: str = "1",
    kind: str = "subscription",
) -> Access:
    """Let somebody become a member, without paid time."""
    with clock.standing_at(since):
        return grant(
            customer, product=club, source=Source(kind, source), starts_at=since, now=since
        )


def pay(access: Access, since: datetime, until: datetime) -> None:
    """Record one payment for this time."""
    with clock.standing_at(since):
        record_paid(access, source=since.isoformat(), starts_at=since, ends_at=until, now=since)


def opened(customer: Customer, club: Club, now: datetime) -> list[int]:
    """The numbers of the months that the gate opens."""
    drops = list(Drop.objects.filter(club=club.pk).select_related("part__product"))
    answers = may_open(Viewer(customer=customer), [drop.part for drop in drops], now)
    return [drop.number for drop in drops if answers[drop.part].__class__.__name__ == "Open"]


def why(customer: Customer, club: Club, number: int, now: datetime) -> str:
    """The sentence of a locked month."""
    drop = Drop.objects.select_related("part__product").get(club=club.pk, number=number)
    answer = may_open(Viewer(customer=customer), [drop.part], now)[drop.part]
    return str(answer.because)


def sweep(now: datetime) -> None:
    """Do what is due, as the sweep would."""
    with clock.standing_at(now):
        while telling.work(now, batches=5):
            pass
