"""What the shop decides about monthly charges: to let the rest go, to stop, to give all back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from payments.errors import CannotChange, CannotRefund
from payments.models import InstalmentPlan, Order, OrderLine, Refund, Subscription
from payments.services.instalments import letters
from payments.services.instalments.paying_off import finish, give_up_waiting
from payments.services.instalments.standing import ITS_OWN, State, plan_of
from payments.services.refunding import refund
from payments.services.subscriptions.following import follow


def let_go(plan: InstalmentPlan, *, by: str, now: datetime) -> InstalmentPlan:
    """Charge nothing more; what was bought stays open, as if all were paid."""

    def decide(locked: InstalmentPlan) -> None:
        locked.let_go_at = now

    return _decide(plan, decide, letters.let_go, by=by, now=now, may=(State.PAYING, State.ENDED))


def stop(plan: InstalmentPlan, *, by: str, now: datetime) -> InstalmentPlan:
    """Charge nothing more, and close what was bought; what was paid stays paid."""

    def decide(locked: InstalmentPlan) -> None:
        locked.stopped_at = now

    return _decide(plan, decide, letters.stopped, by=by, now=now, may=(State.PAYING,))


def give_all_back(plan: InstalmentPlan, *, by: str, now: datetime) -> list[Refund]:
    """Give back every charge that was paid; with the last of it the access is taken back.

    What was taken beside the first one is left alone. CannotRefund when nothing is left.
    """
    refunds: list[Refund] = []
    for order in orders_of(plan):
        lines = OrderLine.objects.filter(ITS_OWN, order=order)
        mine = [line for line in lines if line.left_to_return()]
        if mine:
            refunds += refund(order, by=by, now=now, lines=mine)
    if not refunds:
        raise CannotRefund(_("All of it was given back already."))
    return refunds


def orders_of(plan: InstalmentPlan) -> list[Order]:
    """Return the orders its charges became, oldest first, and the one that paid the rest."""
    subscription = plan.subscription
    later = Order.objects.filter(subscription=subscription, paid_at__isnull=False)
    first = Order.objects.filter(pk=subscription.order_id, paid_at__isnull=False)
    return [*first, *later.order_by("paid_at", "pk")]


def _decide(
    plan: InstalmentPlan,
    decide: Callable[[InstalmentPlan], None],
    tell: Callable[[InstalmentPlan], None],
    *,
    by: str,
    now: datetime,
    may: tuple[str, ...],
) -> InstalmentPlan:
    """Write a decision down, once, with the call that ends it at Stripe; then make that."""
    with transaction.atomic():
        subscription: Subscription = Subscription.objects.select_for_update(no_key=True).get(
            pk=plan.subscription_id
        )
        locked = plan_of(subscription)
        assert locked is not None  # noqa: S101 -- it is the plan's own
        if locked.state not in may:
            raise CannotChange(_("It is settled already."))
        if locked.pay_off is not None and locked.pay_off.status == Order.Status.PENDING:
            raise CannotChange(_("The rest is being paid right now. Look again in an hour."))
        decide(locked)
        locked.decided_by = by[:120]
        locked.save()
        follow(subscription, now)
        tell(locked)
    give_up_waiting(locked)
    finish(subscription, now)
    plan.refresh_from_db()
    return plan
