"""Lines that are posted: a parcel of theirs leaves, or does not any more."""

from __future__ import annotations

from datetime import datetime

from payments.models import Order, OrderLine
from shipping.contract import Destination
from shipping.services import parcels
from shipping.services.addresses import keep_address


def send(order: Order, line: OrderLine, now: datetime) -> None:
    """Put a paid line's copy on the list to post, once; a gift's goes straight to who gets it."""
    assert order.customer is not None  # noqa: S101 -- fulfil() made it
    destination = Destination.from_json(order.basket.get("shipping")) or Destination()
    parcels.send_out(
        line.sold_to(order.customer),
        number=order.number,
        language=order.language,
        destination=destination,
        not_before=line.comes_on,
        now=now,
    )
    if not order.basket.get("gift"):
        keep_address(order.customer, destination)


def call_off(order: Order, line: OrderLine, now: datetime) -> None:
    """Take a returned line's copy off the list; one that left is only known to be paid back."""
    parcels.call_off(line.sold_to(order.customer), now=now)


def keep_on_hold(order: Order, line: OrderLine, since: datetime | None) -> None:
    """Keep a copy from leaving while a bank asks about its payment, or let it go again."""
    parcels.keep_on_hold(line.sold_to(order.customer), since)
