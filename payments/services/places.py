"""The place that is held for a buyer while they pay: until when, and that it was let go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format

from payments.models import Order
from products.models import Hold, Price
from products.services.sales import places_left
from stores.scope import current_store


@dataclass(frozen=True)
class Place:
    """A place of which there are only so many; ``until`` is empty while none is held here."""

    until: str = ""


def place_here(price: Price, mine: Sequence[str], now: datetime) -> Place | None:
    """Return the place of who began these orders, or that one would be held; None if no limit."""
    if places_left(price, now) is None:
        return None
    begun = Order.objects.waiting().filter(public_id__in=list(mine), lines__price=price)
    order = begun.filter(expires_at__gt=now).order_by("-id").first()
    if order is None or order.expires_at is None:
        return Place()
    return Place(date_format(order.expires_at.astimezone(current_store().zone), "DATETIME_FORMAT"))


def had_place(order: Order) -> bool:
    """Whether an order that ran out held one of few places, which others may take now."""
    held = Hold.objects.filter(order_reference=order.public_id).select_related("price__product")
    return any(places_left(hold.price, order.placed_at) is not None for hold in held)
