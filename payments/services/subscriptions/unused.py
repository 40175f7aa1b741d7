"""What was paid for and not used: the days left of each bill whose time is not over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from django.db.models import QuerySet

from payments.models import Bill, Order, OrderLine, Refund, Subscription
from payments.services.instalments.standing import is_planned
from payments.services.subscriptions.terms import DAYS

AN_HOUR = timedelta(hours=1)
A_DAY = timedelta(days=1)


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

    found: list[Unused] = []
    if is_planned(subscription):  # its charges pay for one whole thing, not for days
        return found
    for bill, part in _running(subscription, now):
        order = bill.order
        line = order.lines.filter(product=subscription.product_id).first() if order else None
        if order is None or line is None or Refund.objects.filter(line=line).standing().exists():
            continue
        amount = min(part, line.left_to_return(), refundable(order))
        if amount > 0:
            found.append(Unused(order, line, amount))
    return found


def unused(subscription: Subscription, now: datetime) -> int:
    """Return what leaving at ``now`` gives back in all, in minor units."""
    return sum(each.amount for each in unused_of(subscription, now))


def days_left_cost(subscription: Subscription, now: datetime) -> int:
    """Return what was charged for the days left of the present period, in minor units.

    That is after a coupon, and with what a change in that period cost more. So much Stripe
    credits where another rhythm begins before that period is over.
    """
    last = _wholes(subscription).last()
    if last is None or last.starts_at is None or last.ends_at is None:
        return 0
    cost = _paid_for(subscription, last) * _share(now, last.starts_at, last.ends_at)
    for part in _paid(subscription).filter(part_from__gte=last.starts_at, part_until__gt=now):
        if part.part_from is not None and part.part_until is not None:
            cost += part.amount * _share(now, part.part_from, part.part_until)
    return int(cost)


@dataclass(frozen=True)
class PaidPeriod:
    """A whole period that was paid."""

    cost: Fraction
    """In minor units, after a coupon, and with what a change of plan in it cost more."""
    length: timedelta

    @property
    def days(self) -> Fraction:
        """How many days its rhythm has on average."""
        return min(DAYS.values(), key=lambda each: abs(each - self.length / A_DAY))


def paid_period(subscription: Subscription, at: datetime) -> PaidPeriod | None:
    """Return the paid period that ran at a moment, or else the last before it, or the first.

    One whose money went back cost nothing.
    """
    bills = _wholes(subscription).select_related("order")
    bill = bills.filter(starts_at__lte=at).last() or bills.first()
    if bill is None or bill.starts_at is None or bill.ends_at is None:
        return None
    parts = _paid(subscription).filter(part_from__gte=bill.starts_at, part_from__lte=at)
    more = sum(part.amount for part in parts.filter(part_from__lt=bill.ends_at))
    cost = Fraction(_paid_for(subscription, bill) + more)
    if bill.order is not None and bill.order.status == Order.Status.REFUNDED:
        cost = Fraction(0)
    return PaidPeriod(cost, bill.ends_at - bill.starts_at)


def _paid(subscription: Subscription) -> QuerySet[Bill]:
    found: QuerySet[Bill] = Bill.objects.filter(subscription=subscription, status="paid")
    return found


def _wholes(subscription: Subscription) -> QuerySet[Bill]:
    """Return the paid bills of whole periods, the first of them first."""
    return _paid(subscription).filter(starts_at__isnull=False).order_by("starts_at")


def _paid_for(subscription: Subscription, bill: Bill) -> int:
    return subscription.amount if bill.period_amount is None else bill.period_amount


def _running(subscription: Subscription, now: datetime) -> Iterator[tuple[Bill, int]]:
    """Give the paid bills whose time is not over, and what their unused days cost."""
    bills = list(_paid(subscription).filter(order__isnull=False).select_related("order"))
    whole = [bill for bill in bills if bill.starts_at]
    last = max(whole, key=lambda bill: bill.starts_at or now, default=None)
    for bill in bills:
        begins, over = _span(bill)
        if begins is None or over is None:
            continue
        part = Fraction(bill.amount)
        if last and last.starts_at and last.ends_at and begins < last.starts_at < over:
            # A change of rhythm credited what was left of it to the period that began then.
            part *= _share(last.starts_at, begins, over)
            begins, over = last.starts_at, last.ends_at
        if now < over:
            yield bill, int(part * _share(now, begins, over, by=AN_HOUR))


def _span(bill: Bill) -> tuple[datetime | None, datetime | None]:
    """Return the time a bill is for: a whole period, or the rest of one that a change cost."""
    if bill.starts_at is not None:
        return bill.starts_at, bill.ends_at
    return bill.part_from, bill.part_until


def _share(
    now: datetime, begins: datetime, over: datetime, by: timedelta = timedelta(seconds=1)
) -> Fraction:
    """Return how much of the time between is left at ``now``, in steps that count as begun."""
    left = -((max(now, begins) - over) // by) * by
    return min(Fraction(1), Fraction(_seconds(left), _seconds(over - begins)))


def _seconds(time: timedelta) -> int:
    return int(time.total_seconds())
