"""What is known of people by the gifts they gave and got: to take away, and to be forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Customer
from payments.models import Gift, Order


class GiftsOfCustomer:
    """What a customer gave and got, with the words on the cards."""

    def export(self, customer: Customer) -> dict[str, Any]:
        """Return every gift as plain values."""
        given = Gift.objects.filter(line__order__customer=customer).select_related("line")
        got = Gift.objects.filter(claimed_by=customer).select_related("line")
        return {
            "given": [_plain(each) | {"to_email": each.to_email} for each in given.order_by("pk")],
            "got": [_plain(each) for each in got.order_by("pk")],
        }

    def erase(self, customer: Customer) -> None:
        """Take the giver out of what was opened, and the receiver out of what they got.

        What a giver wrote on a gift that still waits is for its receiver, until it is opened.
        """
        given = Gift.objects.filter(line__order__customer=customer)
        for gift in given.exclude(claimed_at=None, withdrawn_at=None):
            forget_words(gift)
        email = customer.user.email
        got = Gift.objects.filter(Q(claimed_by=customer) | Q(to_email=email))
        for gift in got.select_related("line__order"):
            Gift.objects.filter(pk=gift.pk).update(to_name="", to_email="")
            order = gift.line.order
            kept = order.basket | blank(order.basket, "to_name", "to_email")
            Order.objects.filter(pk=order.pk).update(basket=kept)


def forget_words(gift: Gift) -> None:
    """Take out of a gift whose names and words stood on it."""
    Gift.objects.filter(pk=gift.pk).update(from_name="", to_name="", to_email="", message="")


def blank(basket: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return a basket's gift without its words, or without those named; nothing when it has none.

    That it was a gift stays: what was bought for somebody else never opens for its buyer.
    """
    wish = basket.get("gift")
    if not wish:
        return {}
    return {"gift": {key: "" if not names or key in names else wish[key] for key in wish}}


def farewells(customer: Customer, now: datetime) -> Sequence[str]:
    """Return what a giver should know before they are forgotten."""
    waiting = Gift.objects.waiting().filter(line__order__customer=customer)
    words = _("“%(title)s” waits for whom you gave it, with what you wrote, until it is opened.")
    return [words % {"title": each.line.title} for each in waiting.select_related("line")]


def _plain(gift: Gift) -> dict[str, Any]:
    return {
        "title": gift.line.title,
        "from": gift.from_name,
        "to": gift.to_name,
        "words": gift.message,
        "on": gift.deliver_at.isoformat(),
        "opened_at": gift.claimed_at.isoformat() if gift.claimed_at else None,
    }
