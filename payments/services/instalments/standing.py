"""How a sum paid in monthly charges stands, judged from its bills and what people decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from payments.models import Bill, InstalmentPlan, Order, OrderLine, Subscription
from payments.services.subscriptions.terms import store_terms

State = InstalmentPlan.State
ITS_OWN = Q(order__subscription__isnull=False) | Q(began_subscription__isnull=False)
"""Lines that are its charges; not what was taken beside the first."""


@dataclass(frozen=True)
class Judged:
    """How many were paid, how it stands, and since when its money is back."""

    n_paid: int
    state: str
    returned_at: datetime | None = None


def plan_of(subscription: Subscription) -> InstalmentPlan | None:
    """Return the plan a subscription at Stripe is for; None where it goes on until it is left."""
    found: InstalmentPlan | None = (
        InstalmentPlan.objects.filter(subscription=subscription).select_related("pay_off").first()
    )
    if found is not None:
        found.subscription = subscription
    return found


def is_planned(subscription: Subscription) -> bool:
    """Whether a subscription at Stripe is for so many charges and no more."""
    return bool(InstalmentPlan.objects.filter(subscription=subscription).exists())


def judge(
    subscription: Subscription, plan: InstalmentPlan, bills: Sequence[Bill], now: datetime
) -> Judged:
    """Return how a plan stands: derived, so that order and number of hints do not matter.

    Paid invoices are counted and not months. More than all are never counted.
    """
    orders = paid_orders(plan, bills)
    is_paid_off = plan.pay_off is not None and plan.pay_off.is_paid
    n_paid = plan.n_total if is_paid_off else min(len(orders), plan.n_total)
    returned_at = _returned_at(plan, orders)
    if returned_at is not None:
        return Judged(n_paid, State.RETURNED, returned_at)
    if n_paid >= plan.n_total:
        return Judged(n_paid, State.PAID)
    if plan.let_go_at is not None:
        return Judged(n_paid, State.LET_GO)
    if plan.stopped_at is not None:
        return Judged(n_paid, State.ENDED)
    if subscription.ended_at is not None and not waits(bills, now):
        return Judged(n_paid, State.ENDED)
    return Judged(n_paid, State.PAYING)


def waits(bills: Sequence[Bill], now: datetime) -> bool:
    """Whether a charge that failed can still be paid, also when Stripe will charge no more."""
    terms = store_terms()
    length = timedelta(days=terms.days_to_fix) + terms.hold_length
    return any(
        bill.is_owed and bill.failed_at is not None and now < bill.failed_at + length
        for bill in bills
    )


def still_waits(subscription: Subscription, now: datetime) -> bool:
    """Whether what Stripe ended by itself, after so many months, waits for a charge that failed."""
    plan = plan_of(subscription)
    if plan is None or plan.state != State.PAYING:
        return False
    return waits(list(Bill.objects.filter(subscription=subscription)), now)


def paid_orders(plan: InstalmentPlan, bills: Sequence[Bill]) -> list[Order]:
    """Return the orders its charges became, those that match what was agreed."""
    orders = [bill.order for bill in bills if bill.status == "paid" and bill.order is not None]
    return [*(order for order in orders if order.is_paid)]


def is_one_too_many(plan: InstalmentPlan) -> bool:
    """Whether a charge that was just made should not have been: a person has to look at it."""
    return plan.state in {State.PAID, State.LET_GO, State.RETURNED}


def _returned_at(plan: InstalmentPlan, orders: Sequence[Order]) -> datetime | None:
    """Return since when all its money is back, a bank took some of it, or it was cancelled.

    What was charged after that does not open it again.
    """
    counted = [*orders, *([plan.pay_off] if plan.pay_off and plan.pay_off.is_paid else [])]
    if plan.state == State.RETURNED and plan.settled_at is not None:
        settled = plan.settled_at
        counted = [each for each in counted if each.paid_at and each.paid_at <= settled]
    lines = OrderLine.objects.filter(ITS_OWN, order__in=counted).select_related("order")
    closed: dict[OrderLine, datetime | None] = {line: line.closed_at for line in lines}
    if closed and all(closed.values()):
        return max(moment for moment in closed.values() if moment is not None)
    taken = [
        moment
        for line, moment in closed.items()
        if moment is not None
        and (
            line.order.status == Order.Status.CHARGED_BACK
            or line.cancellations.filter(undone_at=None).exists()
        )
    ]
    return min(taken, default=None)
