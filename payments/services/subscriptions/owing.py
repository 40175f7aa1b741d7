"""What is owed to those who pay again and again: the next charge moves, or money goes back.

Formats write ``Owed`` rows; the sweep makes them good. For a subscription all that is owed is one
call, which moves the next charge as a rest does. Who leaves before they used it gets it in money.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.models import Access, Owed, SourceKind
from access.services import granting
from accounts.models import Customer
from payments.errors import CannotChange, CannotRefund, PaymentError
from payments.models import Order, OutboundCall, Refund, Subscription
from payments.services import refunding
from payments.services.providers import taker_of
from payments.services.subscriptions.asking import ask
from payments.services.subscriptions.settling import OWED, settle_moved
from payments.services.subscriptions.telling import day_in_words
from payments.services.subscriptions.terms import DAYS
from payments.services.subscriptions.unused import PaidPeriod, paid_period
from payments.services.teams.holders import held_by_members, subscription_of_place
from stores.scope import all_stores, current_store
from stores.slots import TimelineEntry

BATCH = 500
ONCE_A_DAY = timedelta(days=1)
"""What Stripe refused is asked once more a day later."""
State = Subscription.State


def stores_with_owed(now: datetime) -> list[int]:
    """Return the stores that owe something, or moved a charge for who has left since."""
    with all_stores():
        return sorted(set(_due(now).values_list("store_id", flat=True)))


def settle_owed(now: datetime) -> None:
    """Make good what is owed in the store in scope."""
    rows = _due(now).select_related("access__product", "access__parent").order_by("pk")
    by_subscription: dict[int, list[Owed]] = defaultdict(list)
    for row in rows[:BATCH]:
        subscription = subscription_of(row.access)
        if subscription is not None:
            by_subscription[subscription.pk].append(row)
        elif row.settled_at is None:
            granting.settle_in_kind(row, now=now)
    for pk, theirs in by_subscription.items():
        subscription = Subscription.objects.get(pk=pk)
        try:
            _settle(subscription, theirs, now)
        except PaymentError:
            continue  # written down, and asked again; or not possible yet


def _due(now: datetime) -> QuerySet[Owed]:
    """Return what is not made good, and what was moved beyond an access that has ended.

    In a rest, on hold and before an opening it waits, and is not looked at.
    """
    waits = Q(access__paused_until__gt=now) | Q(access__suspended_at__isnull=False)
    waits |= Q(access__awaits__isnull=False)
    unused = Q(returned_at=None, moved_until__gt=F("access__ends_at"), access__ends_at__lte=now)
    unused &= ~Q(access__source_kind=SourceKind.TEAM)  # a place that was given on ends too
    found: QuerySet[Owed] = Owed.objects.filter((Q(settled_at=None) & ~waits) | unused)
    return found


def subscription_of(access: Access) -> Subscription | None:
    """Return what pays for an access again and again; None where it was paid otherwise."""
    root = granting.root_of(access)
    if root.source_kind == SourceKind.TEAM:
        return subscription_of_place(root.source_id)
    if root.source_kind != SourceKind.SUBSCRIPTION:
        return None
    found: Subscription | None = Subscription.objects.filter(
        pk=root.source_id, instalments=None
    ).first()
    return found


def _settle(subscription: Subscription, rows: Sequence[Owed], now: datetime) -> None:
    for call in subscription.calls.filter(key__startswith="owed-", state="answered"):
        settle_moved(call, now)
    _settle_repeated(subscription, now)
    if subscription.ended_at is not None or subscription.ends_at is not None:
        for refund in give_back(subscription, rows, now):
            taker_of(refund.payment).refund(refund, now)
        return
    refused = subscription.calls.filter(key__startswith="owed-", state="refused")
    if not refused.filter(answered_at__gt=now - ONCE_A_DAY).exists():
        _move(subscription, now)


def _move(subscription: Subscription, now: datetime) -> None:
    """Move the next charge by all that is owed, in one call."""
    moved: list[dict[str, Any]] = []

    def params(locked: Subscription) -> dict[str, Any]:
        begins = locked.next_charge_at
        assert begins is not None  # noqa: S101 -- checked by _may_move
        for row in _unsettled(locked):
            until = row.after(begins, current_store().zone)
            moved.append({"pk": row.pk, "from": begins.isoformat(), "until": until.isoformat()})
            begins = until
        return {"trial_end": int(begins.timestamp()), "proration_behavior": "none"}

    def beside(_locked: Subscription, call: OutboundCall) -> None:
        call.body |= {OWED: moved}
        call.save(update_fields=["body"])

    ask(
        subscription,
        "owed",
        params,
        now=now,
        check=lambda locked: _may_move(locked, now),
        beside=beside,
    )


def _may_move(subscription: Subscription, now: datetime) -> None:
    is_calm = subscription.state(now) in {State.ACTIVE, State.TRIAL}
    if not is_calm or subscription.rests_ahead(now) or subscription.next_charge_at is None:
        raise CannotChange(_("What is owed waits until the next charge is certain."))
    if not _unsettled(subscription):
        raise CannotChange(_("Nothing is owed."))


def _unsettled(subscription: Subscription) -> list[Owed]:
    of = {"source_kind": SourceKind.SUBSCRIPTION, "source_id": str(subscription.pk)}
    its = Q(**{f"access__{name}": value for name, value in of.items()})
    its |= Q(**{f"access__parent__{name}": value for name, value in of.items()})
    its |= Q(**{f"access__parent__parent__{name}": value for name, value in of.items()})
    rows = Owed.objects.filter(its, settled_at=None).select_related("access__product")
    mine = {row.because: row for row in _of_team(subscription).filter(settled_at=None)}
    return [*rows.order_by("pk"), *mine.values()]


def _of_team(subscription: Subscription) -> QuerySet[Owed]:
    """Return what is owed to those who have a place of its team."""
    theirs = [access.pk for access in held_by_members(subscription.line_id)]
    its = Q(access__in=theirs) | Q(access__parent__in=theirs)
    found: QuerySet[Owed] = Owed.objects.filter(its).select_related("access__product")
    return found.order_by("pk")


def _settle_repeated(subscription: Subscription, now: datetime) -> None:
    """Mark what was made good for the whole team: for one cause its charge moves once."""
    rows = _of_team(subscription)
    done = set(rows.filter(moved_from__isnull=False).values_list("because", flat=True))
    due = rows.filter(settled_at=None, because__in=done).values_list("pk", flat=True)
    Owed.objects.filter(pk__in=list(due)).update(settled_at=now)


def _done_in_team(subscription: Subscription) -> set[str]:
    """Return the causes for which a team's charge was moved, or money went back."""
    if not subscription.price.is_team:
        return set()
    made_good = Q(moved_from__isnull=False) | Q(returned_at__isnull=False)
    return set(_of_team(subscription).filter(made_good).values_list("because", flat=True))


@transaction.atomic
def give_back(subscription: Subscription, rows: Sequence[Owed], now: datetime) -> list[Refund]:
    """Write down the money for what was owed and not used, once; the refunds are yet to be sent.

    A charge moved beyond the end gives back the part that was not used; what was never made good,
    all of it, for one cause once in a team. From the newest payment backwards.
    """
    Subscription.objects.select_for_update(no_key=True).get(pk=subscription.pk)
    fresh = Owed.objects.select_for_update(no_key=True).filter(
        pk__in=[row.pk for row in rows], returned_at=None
    )
    worth, done = Fraction(0), _done_in_team(subscription)
    for row in fresh.select_related("access__product").order_by("pk"):
        if row.moved_from is not None or row.because not in done:
            worth += _worth(subscription, row, now)
        if subscription.price.is_team:
            done.add(row.because)
        row.returned_at = now
        row.settled_at = row.settled_at or now
        row.save(update_fields=["returned_at", "settled_at"])
    return _refunds(subscription, int(worth), now)


def _worth(subscription: Subscription, row: Owed, now: datetime) -> Fraction:
    """Return what is left of a row, in minor units: at what was paid for the time it became owed
    in, which may be less than the price, or than a charge that it moved."""
    ends = subscription.ended_at or subscription.ends_at or now
    if row.moved_from is not None and row.moved_until is not None:
        left = max(timedelta(0), row.moved_until - max(row.moved_from, ends))
        share = Fraction(_seconds(left), _seconds(row.moved_until - row.moved_from))
    else:
        share = Fraction(0 if row.settled_at is not None else 1)
    period = paid_period(subscription, row.created_at) if share else None
    return share * period.cost * _periods(row, period) if period is not None else share * 0


def _periods(row: Owed, period: PaidPeriod) -> Fraction:
    """Return how many such paid periods are owed: of a year that is paid a month is a twelfth."""
    if row.unit == Owed.Unit.DAY:
        return row.amount * Fraction(_seconds(ONCE_A_DAY), _seconds(period.length))
    return row.amount * DAYS[row.access.product.rhythm or "month"] / period.days


def _seconds(time: timedelta) -> int:
    return int(time.total_seconds())


def _refunds(subscription: Subscription, amount: int, now: datetime) -> list[Refund]:
    refunds: list[Refund] = []
    orders = Order.objects.filter(
        Q(pk=subscription.order_id) | Q(subscription=subscription), paid_at__isnull=False
    )
    for order in orders.order_by("-pk"):
        line = order.lines.filter(product=subscription.product_id).first()
        if line is None or not amount:
            continue
        part = min(amount, line.left_to_return(), refunding.refundable(order))
        if part <= 0:
            continue
        try:
            refunds += refunding.write_down_parts(
                order, [(line, part)], by="", now=now, reason=_("What was owed")
            )
        except CannotRefund:
            continue
        amount -= part
    return refunds


def owed_lines(customer: Customer, now: datetime) -> list[str]:
    """Return, in sentences for its owner, what is owed to a customer and what was made good."""
    return [_sentence(row, now) for row in _of([customer]) if _is_news(row, now)]


def timeline(customers: Sequence[Customer]) -> dict[Customer, list[TimelineEntry]]:
    """Return what was owed to each customer, and why, for the creator."""
    by_id = {customer.pk: customer for customer in customers}
    found: dict[Customer, list[TimelineEntry]] = defaultdict(list)
    for row in _of(customers):
        customer = by_id[row.access.customer_id]
        url = reverse("admin:accounts_customer_change", args=[customer.pk])
        sentence = _sentence(row, row.created_at)
        found[customer].append(TimelineEntry(row.created_at, sentence, url, area="sales"))
    return dict(found)


def _of(customers: Sequence[Customer]) -> list[Owed]:
    rows = Owed.objects.filter(access__customer__in=customers).select_related("access__product")
    return list(rows.order_by("pk"))


def _is_news(row: Owed, now: datetime) -> bool:
    if row.settled_at is None:
        return True
    return row.returned_at is None and row.moved_until is not None and now < row.moved_until


def _sentence(row: Owed, now: datetime) -> str:
    words = {"title": row.access.product.title, "what": _what(row)}
    if row.returned_at is not None:
        return _("“%(title)s”: %(what)s owed, and given back in money.") % words
    if row.moved_until is not None:
        words["day"] = day_in_words(row.moved_until)
        return _("“%(title)s”: %(what)s free of charge. The next charge moved to %(day)s.") % words
    if row.settled_at is not None:
        return _("“%(title)s”: %(what)s owed, and added.") % words
    return _("“%(title)s”: %(what)s owed, which will be made good by itself.") % words


def _what(row: Owed) -> str:
    if row.unit == Owed.Unit.DAY:
        return ngettext("%(n)s day", "%(n)s days", row.amount) % {"n": row.amount}
    if row.unit == Owed.Unit.ISSUE:
        return ngettext("%(n)s issue", "%(n)s issues", row.amount) % {"n": row.amount}
    counted = {
        "week": ngettext("%(n)s week", "%(n)s weeks", row.amount),
        "quarter": ngettext("%(n)s quarter", "%(n)s quarters", row.amount),
    }
    month = ngettext("%(n)s month", "%(n)s months", row.amount)
    return counted.get(row.access.product.rhythm, month) % {"n": row.amount}
