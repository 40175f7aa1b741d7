"""What a subscription gives follows from its rows: open, until when, on hold, at rest.

Derived anew from our rows each time, so any order of arrival ends the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Q

from access.models import Access, SourceKind
from access.services import granting
from payments.models import Bill, Order, OrderLine, Subscription
from payments.services.income.writing import write_income
from payments.services.instalments.following import follow_plan
from payments.services.instalments.standing import plan_of
from payments.services.subscriptions import letters
from payments.services.subscriptions.deeds import RETURNS, deed_of
from payments.services.subscriptions.terms import store_terms
from payments.services.teams.holders import held_by_members

_ITS_OWN = Q(order__subscription__isnull=False) | Q(began_subscription__isnull=False)
"""Lines that pay for time: a renewal's, and the one that began it; not what was taken beside it."""


def access_of(subscription: Subscription) -> Access | None:
    """Return what a subscription gave, if it was ever paid or tried."""
    given = Access.objects.from_source(SourceKind.SUBSCRIPTION, str(subscription.pk))
    found: Access | None = given.filter(product=subscription.product_id).first()
    return found


def accesses_of(subscription: Subscription) -> list[Access]:
    """Return what a subscription gives now: to its owner, or to each who has a place of its team.

    A place that was given to somebody else gives nothing to who had it before.
    """
    own = access_of(subscription)
    return [*([own] if own is not None else []), *held_by_members(subscription.line_id)]


def paid_by(order: Order) -> list[Subscription]:
    """Lock and return the subscriptions an order began, or whose later charge it is."""
    its = Q(order=order) | Q(pk=order.subscription_id)
    return list(Subscription.objects.select_for_update(no_key=True).filter(its).order_by("pk"))


def follow(subscription: Subscription, now: datetime, *, paid_at: datetime | None = None) -> None:
    """Make what a subscription gives agree with its bills, its rest and its end: its owner's
    access, or those of its team.

    ``paid_at`` is when money came of which we hear just now: a hold ends then, however late that
    is, and none began after it. Belongs to the transaction in which the subscription's row is
    locked.
    """
    plan = plan_of(subscription)
    if plan is not None:
        follow_plan(subscription, plan, now, paid_at=paid_at)
        return
    subscription.refresh_from_db(fields=["held_at"])
    bills = list(Bill.objects.filter(subscription=subscription).select_related("order"))
    refused = [bill.failed_at for bill in bills if bill.is_owed and bill.failed_at is not None]
    subscription.unpaid_since = min(refused, default=None)
    fix_by = _fix_by(subscription)
    came = min(now, paid_at or now)
    was_held_at = subscription.held_at
    closed, disputed = _money_gone(bills)
    late = [fix_by] if fix_by is not None and fix_by <= came else []
    returned = [closed[bill.pk] for bill in bills if bill.pk in closed and _covers(bill, now)]
    held_since = min([*late, *returned, *disputed], default=None)
    given = accesses_of(subscription)
    is_team = subscription.price.is_team
    for access in given:
        if access.revoked_at is not None:
            continue
        _count_time(access, bills, closed, now, since=access.starts_at if is_team else None)
        if subscription.ended_at is not None:  # nothing opens once more when its hold is over
            _end(subscription, access, None, now)
        freed_at = came if paid_at is not None else _not_before_its_end(subscription, now)
        hold(subscription, access, held_since, was_held_at, now=now, came=freed_at)
        _rest(subscription, access, now)
        _end(subscription, access, fix_by if held_since is None else None, now)
    if is_team or any(access.revoked_at is None for access in given):
        subscription.held_at = (was_held_at or held_since) if held_since is not None else None
    subscription.save(update_fields=["unpaid_since", "held_at"])
    write_income(subscription)


def _count_time(
    access: Access,
    bills: list[Bill],
    closed: Mapping[int, datetime],
    now: datetime,
    *,
    since: datetime | None = None,
) -> None:
    """Record the time each paid bill paid for; what was given back paid for nothing.

    Who came to a team later has what was paid for from ``since`` on.
    """
    wanted = {
        bill.stripe_id: _from(since, bill.starts_at, bill.ends_at)
        for bill in bills
        if bill.status == "paid" and bill.pk not in closed and not _in_review(bill)
    }
    known = {
        source: (starts_at, ends_at)
        for source, starts_at, ends_at in access.paid_spans.filter(
            source__in=[bill.stripe_id for bill in bills]
        ).values_list("source", "starts_at", "ends_at")
    }
    for source, (starts_at, ends_at) in wanted.items():
        if starts_at and ends_at and known.get(source) != (starts_at, ends_at):
            granting.record_paid(
                access, source=source, starts_at=starts_at, ends_at=ends_at, now=now
            )
    for source in known.keys() - wanted.keys():
        granting.take_back_paid(access, source=source, now=now)


def _from(
    since: datetime | None, starts_at: datetime | None, ends_at: datetime | None
) -> tuple[datetime | None, datetime | None]:
    """Return a time from a moment on; none where it was over by then."""
    if since is None or starts_at is None or ends_at is None:
        return starts_at, ends_at
    return (max(since, starts_at), ends_at) if since < ends_at else (None, None)


def _in_review(bill: Bill) -> bool:
    return bill.order is not None and not bill.order.is_paid


def _money_gone(bills: list[Bill]) -> tuple[dict[int, datetime], list[datetime]]:
    """Return when the money of bills went back, by their primary keys, and since when banks hold
    some.
    """
    orders = {bill.order_id: bill.pk for bill in bills if bill.order_id is not None}
    lines = OrderLine.objects.filter(_ITS_OWN, order__in=orders).exclude(
        closed_at=None, held_at=None
    )
    closed, held = {}, []
    for order, closed_at, held_at in lines.values_list("order_id", "closed_at", "held_at"):
        if closed_at is not None:
            closed[orders[order]] = closed_at
        if held_at is not None:
            held.append(held_at)
    return closed, held


def _fix_by(subscription: Subscription) -> datetime | None:
    """Return by when what is unpaid has to be paid; None where nothing is."""
    return None if subscription.unpaid_since is None else subscription.fix_by(store_terms())


def _not_before_its_end(subscription: Subscription, now: datetime) -> datetime:
    """Return when a hold is over without any money: what has ended was held until then.

    Stripe ends it a moment after the ``now`` of whoever asked.
    """
    return max(now, subscription.ended_at) if subscription.ended_at is not None else now


def _covers(bill: Bill, now: datetime) -> bool:
    if bill.starts_at is None or bill.ends_at is None:
        return False
    return bill.starts_at <= now < bill.ends_at


def hold(
    subscription: Subscription,
    access: Access,
    since: datetime | None,
    was_held_at: datetime | None,
    *,
    now: datetime,
    came: datetime,
) -> None:
    """Close what is not paid for, or open it again. What others put on hold stays so."""
    if since is not None:
        if access.suspended_at is None:
            granting.suspend(access, now=since, because=str(subscription.order.number))
    elif was_held_at is not None and access.suspended_at == was_held_at:
        granting.restore(access, now=came, because=str(subscription.order.number))


def _rest(subscription: Subscription, access: Access, now: datetime) -> None:
    begins, ends = subscription.rests_from, subscription.rests_until
    wanted = (begins, ends) if ends is not None and now < ends else (None, None)
    if (access.paused_at, access.paused_until) == wanted:
        return
    if begins is not None and ends is not None and now < ends:
        granting.pause(access, until=ends, now=begins)
        letters.rests(subscription)
    elif access.paused_at is not None:
        granting.resume(access, now=now)
        if deed_of(subscription) == RETURNS:
            letters.back_again(subscription)


def _end(
    subscription: Subscription, access: Access, fix_by: datetime | None, now: datetime
) -> None:
    """Set when it closes by itself: no page waits for a worker to notice a day that passed."""
    ends = (subscription.ended_at, subscription.ends_at, fix_by)
    granting.set_end(access, min((each for each in ends if each), default=None), now=now)
