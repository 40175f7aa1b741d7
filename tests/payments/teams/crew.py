"""A team bought once, and one that pays every month."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from access.models import Access
from accounts.models import Customer
from core import clock
from payments.contract import Basket, Buyer
from payments.models import Team, TeamPlace
from payments.services.ordering import test_order
from payments.services.teams.claiming import claim
from payments.services.teams.inviting import invite
from products.models import Price
from tests.conftest import make_price, make_user
from tests.payments.buying import make_book
from tests.payments.subscriptions.member import Member


def customer(name: str) -> Customer:
    return Customer.objects.create(user=make_user(f"{name}@example.com"), name=name.title())


def once(seats: int = 3, **over: Any) -> Team:
    """A team of a book, paid once; a test order, so no Stripe."""
    price = make_price(make_book(amount=None), amount=4900, seats_min=1, seats_max=10, **over)
    buyer = Buyer("charlie@example.com", "Charlie", "en")
    order = test_order(Basket(price, seats=seats), buyer=buyer, now=clock.now())
    return Team.objects.get(line__order=order)


def seat(team: Team, who: Customer, now: datetime | None = None) -> TeamPlace:
    """Invite somebody and let them take their place."""
    at = now or clock.now()
    (place,) = invite(team, who.user.email, now=at).places
    claim(place, who, now=at)
    place.refresh_from_db()
    return place


def open_for(who: Customer, now: datetime | None = None) -> list[Access]:
    return list(Access.objects.live(now or clock.now()).filter(customer=who))


def monthly(member: Member, seats: int = 5) -> Team:
    """A team that pays every month."""
    member.join(seats=str(seats))
    with member.there():
        return Team.objects.get()


__all__ = ["Price", "customer", "monthly", "once", "open_for", "seat"]
