"""What a sum paid in monthly charges gives follows from its rows, as a subscription's does.

The access is the price's own length. A charge that failed closes it until it is paid; a default
ends it; after the last charge nothing of the subscription at Stripe touches it any more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from access.models import Access
from access.services import granting
from payments.models import Bill, InstalmentPlan, OrderLine, Subscription
from payments.services.instalments import letters
from payments.services.instalments.guarding import guard
from payments.services.instalments.standing import ITS_OWN, State, judge, paid_orders
from payments.services.subscriptions.terms import store_terms

OPEN = (State.PAYING, State.PAID, State.LET_GO)
"""The states in which what was bought is theirs."""


def follow_plan(
    subscription: Subscription,
    plan: InstalmentPlan,
    now: datetime,
    *,
    paid_at: datetime | None = None,
) -> None:
    """Make a plan and its access agree with its bills; the subscription's row is locked."""
    from payments.services.subscriptions.following import access_of, hold  # it follows us in turn

    subscription.refresh_from_db(fields=["held_at"])
    bills = list(Bill.objects.filter(subscription=subscription).select_related("order"))
    _write(subscription, plan, bills, now)
    refused = [bill.failed_at for bill in bills if bill.is_owed and bill.failed_at is not None]
    is_owed = plan.state in {State.PAYING, State.ENDED}
    subscription.unpaid_since = min(refused, default=None) if is_owed else None
    came, was_held_at = min(now, paid_at or now), subscription.held_at
    access = access_of(subscription)
    if access is not None:
        _take_or_give_back(plan, access, now)
    if access is not None and access.revoked_at is None:
        held_since = min(_reasons(subscription, plan, bills, came), default=None)
        if plan.state not in OPEN:  # nothing opens once more when its hold is over
            _cut(plan, access, plan.settled_at, now)
        hold(subscription, access, held_since, was_held_at, now=now, came=came)
        subscription.held_at = (was_held_at or held_since) if held_since is not None else None
        _cut(plan, access, _closes_at(subscription, plan, is_held=held_since is not None), now)
    subscription.save(update_fields=["unpaid_since", "held_at"])
    plan.save()
    guard(subscription, plan, now)


def _write(
    subscription: Subscription, plan: InstalmentPlan, bills: Sequence[Bill], now: datetime
) -> None:
    """Write how it stands, and tell once who runs the shop when it ended unpaid."""
    judged = judge(subscription, plan, bills, now)
    plan.n_paid = judged.n_paid
    if judged.state == plan.state:
        return
    plan.state = judged.state
    if judged.state == State.PAYING:
        plan.settled_at = None
        return
    ended_at = subscription.ended_at if judged.state == State.ENDED else None
    plan.settled_at = judged.returned_at or plan.stopped_at or ended_at or now
    if judged.state == State.ENDED and plan.stopped_at is None:
        letters.ended_unpaid(plan)


def _reasons(
    subscription: Subscription, plan: InstalmentPlan, bills: Sequence[Bill], came: datetime
) -> Iterator[datetime]:
    """Return since when it is closed: not paid in time, or some of its money is disputed."""
    fix_by = subscription.fix_by(store_terms())
    if plan.state == State.PAYING and fix_by is not None and fix_by <= came:
        yield fix_by
    orders = [*paid_orders(plan, bills), *([plan.pay_off] if plan.pay_off else [])]
    held = OrderLine.objects.filter(ITS_OWN, order__in=orders, held_at__isnull=False)
    yield from held.values_list("held_at", flat=True)


def _closes_at(
    subscription: Subscription, plan: InstalmentPlan, *, is_held: bool
) -> datetime | None:
    """Return when it closes before its own end: no page waits for a worker to notice that."""
    if plan.state not in OPEN:
        return plan.settled_at
    if plan.state == State.PAYING and not is_held:
        return subscription.fix_by(store_terms())
    return None


def _cut(plan: InstalmentPlan, access: Access, at: datetime | None, now: datetime) -> None:
    """Let an access end at a moment before its own, or give it back its own end."""
    if access.term_count:
        return  # it has not begun, and is counted from its opening
    if at is None:
        if plan.cut_at is not None:
            granting.set_end(access, plan.kept_end, now=now)
            plan.cut_at = plan.kept_end = None
        return
    if plan.cut_at is None:
        plan.kept_end = access.ends_at
    plan.cut_at = at
    end = at if plan.kept_end is None else min(at, plan.kept_end)
    granting.set_end(access, end, now=now)


def _take_or_give_back(plan: InstalmentPlan, access: Access, now: datetime) -> None:
    """Take back what all the money of went back, and give it again when a refund failed."""
    because = str(plan.subscription.order.number)
    if plan.state == State.RETURNED:
        if access.revoked_at is None:
            plan.taken_at = plan.settled_at
            granting.revoke(access, now=plan.settled_at or now, because=because)
    elif plan.taken_at is not None:
        if access.revoked_at == plan.taken_at:
            granting.restore(access, now=now, because=because)
        plan.taken_at = None
