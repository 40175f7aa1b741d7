"""What was paid for and not used: the days left of each bill whose time is not over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from payments.models import Bill, Order, OrderLine, Refund, Subscription

AN_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Unused:
    """What would go back for one bill, in minor units."""

    order: Order
    line: OrderLine
    amount: int


def unused_of(subscription: Subscription, now: datetime) -> list[Unused]:
    """Return what leaving at ``now`` gives back, bill by bill.

    The hour that has begun counts as not used, so that a page, the mail and the refund say the
    same. What was given back for a bill already is left out, and so is what cannot go back now.
    """
    from payments.services.refunding import refundable  # its refunds end what we follow

    found = []
    for bill in _running(subscription, now):
        order = bill.order
        line = order.lines.filter(product=subscription.product_id).first() if order else None
        if order is None or line is None or Refund.objects.filter(line=line).standing().exists():
            continue
        amount = min(_part(bill, now), line.left_to_return(), refundable(order))
        if amount > 0:
            found.append(Unused(order, line, amount))
    return found


def unused(subscription: Subscription, now: datetime) -> int:
    """Return what leaving at ``now`` gives back in all, in minor units."""
    return sum(each.amount for each in unused_of(subscription, now))


def _running(subscription: Subscription, now: datetime) -> list[Bill]:
    bills = Bill.objects.filter(subscription=subscription, status="paid", ends_at__gt=now)
    return list(bills.filter(starts_at__isnull=False).select_related("order"))


def _part(bill: Bill, now: datetime) -> int:
    assert bill.starts_at is not None and bill.ends_at is not None  # noqa: S101, PT018 -- asked for by _running
    whole = bill.ends_at - bill.starts_at
    hours = -((max(now, bill.starts_at) - bill.ends_at) // AN_HOUR)
    return bill.amount * min(hours * AN_HOUR, whole) // whole
