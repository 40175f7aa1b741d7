"""Giving the money of a presale back by one press, until it opens."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from payments.errors import CannotRefund
from payments.models import Order, Refund
from payments.services.promises import Promise, key_of, promise_of
from payments.services.refunding import refund


def give_back(promise: Promise, *, now: datetime) -> list[Refund]:
    """Give the line's money back because it has not opened; CannotRefund when it has.

    Pressed twice it is given back once: what is asked for already is no longer there to give.
    """
    fresh = promise_of(promise.public_id, key_of(promise), now)
    if fresh is None or fresh.is_open:
        raise CannotRefund(_("It has opened, so this way of returning it is over."))
    if fresh.is_done:
        return []
    order: Order = fresh.line.order
    by = order.name or order.email
    return refund(order, by=by[:80], now=now, lines=[fresh.line], reason=_("before it opened"))
