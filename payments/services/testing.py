"""Test orders: what who runs a store buys without paying, to see what a customer sees."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from access.services import granting
from payments.models import Order
from payments.services.fulfilment import given_by
from payments.services.gifts import giving


@transaction.atomic
def end_test(order: Order, *, now: datetime) -> Order:
    """Close what a test order opened, for whoever claimed it too; nothing goes back."""
    locked: Order = Order.objects.select_for_update(no_key=True).get(pk=order.pk)
    if not locked.is_test or locked.status != Order.Status.PAID:
        return locked
    for access in given_by(locked):
        granting.revoke(access, now=now, because=f"#{locked.number}")
    for line in locked.lines.all():
        giving.withdraw(line, now)
        line.closed_at = now
        line.save(update_fields=["closed_at"])
    locked.status = Order.Status.CANCELLED
    locked.save(update_fields=["status"])
    return locked
