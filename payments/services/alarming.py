"""What is stuck in the money, for who runs the platform: nothing may wait without a name here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min, QuerySet
from django.utils.translation import gettext as _

from mail.models import Message
from payments.models import (
    Bill,
    Difference,
    Dispute,
    EventCursor,
    InstalmentPlan,
    NightlyCheck,
    Order,
    OutboundCall,
    Refund,
    Stop,
    StripeEvent,
    Subscription,
)
from stores.scope import all_stores

SOON = timedelta(minutes=30)
ORDER_WAITS = timedelta(hours=3)
"""A payment page lives an hour; the reconciler asks after ten minutes."""
REFUND_TRAVELS = timedelta(days=10)
"""Stripe: five to ten working days until the cardholder sees it; cards mostly settle at once."""
NIGHT_LASTS = timedelta(hours=6)
CHARGE_WAITS = timedelta(days=1)
"""A renewal is asked about from two hours after its day, every hour."""
LEFT_OPEN = timedelta(hours=6)
LONGEST_TO_FIX = timedelta(days=61)
"""No store gives more than sixty days to fix a card."""
LONGEST_KEPT = LONGEST_TO_FIX + timedelta(days=365)
"""Nor keeps a place for longer than a year after that."""


@dataclass(frozen=True)
class Alarm:
    """Something that has waited too long: how many, since when, and where to look."""

    key: str
    sentence: str
    count: int
    since: datetime | None = None


@dataclass(frozen=True)
class Oldest:
    """The oldest row a sweep has yet to work on."""

    sweep: str
    count: int
    due_at: datetime | None


def alarms(now: datetime) -> list[Alarm]:
    """Return what somebody should look at, of all stores; nothing when all is well."""
    with all_stores():
        return [*_talk(now), *_money(now), *_returning(now), *_checks(now)]


def _talk(now: datetime) -> Iterator[Alarm]:
    failed = StripeEvent.objects.filter(state=StripeEvent.State.FAILED)
    yield from _many("events-failed", _("Events could not be worked on"), failed, "received_at")
    late = StripeEvent.objects.filter(state=StripeEvent.State.PENDING)
    late = late.filter(received_at__lte=now - SOON)
    yield from _many("events-late", _("Events wait"), late, "received_at")
    silent = OutboundCall.objects.filter(state=OutboundCall.State.WAITING)
    silent = silent.filter(created_at__lte=now - SOON)
    yield from _many("calls-late", _("Calls to Stripe have no answer"), silent, "created_at")
    behind = EventCursor.objects.filter(read_to__lte=now - SOON)
    yield from _many("cursor-late", _("Stripe's list of events is not read"), behind, "read_to")


def _money(now: datetime) -> Iterator[Alarm]:
    orders = Order.objects.late(now - ORDER_WAITS).filter(provider=Order.Provider.STRIPE)
    yield from _many("orders-late", _("Orders wait for a payment long over"), orders, "placed_at")
    card = Refund.objects.filter(payment__provider=Order.Provider.STRIPE)
    asked = card.filter(state=Refund.State.REQUESTED, created_at__lte=now - SOON)
    yield from _many("refunds-late", _("Refunds were not taken by Stripe"), asked, "created_at")
    moving = card.filter(state=Refund.State.PENDING, created_at__lte=now - REFUND_TRAVELS)
    yield from _many("refunds-moving", _("Refunds are long on their way"), moving, "created_at")
    disputes = Dispute.objects.late(now - timedelta(days=1)).filter(
        status__in=("needs_response", "warning_needs_response", "appeal_needs_response")
    )
    yield from _many(
        "disputes-late", _("Disputes were not answered in time"), disputes, "evidence_due_by"
    )


def _returning(now: datetime) -> Iterator[Alarm]:
    late = Subscription.objects.past_due(now - CHARGE_WAITS)
    yield from _many(
        "subscriptions-late",
        _("Charges of subscriptions were not heard of"),
        late,
        "next_charge_at",
    )
    unheard = Stop.objects.unheard().filter(said_at__lte=now - SOON)
    yield from _many("stops-late", _("Notices do not hold at Stripe yet"), unheard, "said_at")
    left = Bill.objects.refused().filter(subscription__ended_at__lte=now - LEFT_OPEN)
    # The last of monthly charges can still be paid when Stripe has ended what it belongs to.
    left = left.exclude(
        subscription__instalments__state=InstalmentPlan.State.PAYING,
        failed_at__gt=now - LONGEST_KEPT,
    )
    yield from _many(
        "bills-left", _("Charges of what has ended are not given up"), left, "written_at"
    )
    overdue = Bill.objects.refused().filter(
        subscription__ended_at=None, subscription__held_at=None, told__lt=Bill.Told.HOLD
    )
    overdue = overdue.filter(failed_at__lte=now - LONGEST_TO_FIX)
    yield from _many("holds-late", _("Unpaid subscriptions are not on hold"), overdue, "failed_at")


def _checks(now: datetime) -> Iterator[Alarm]:
    stuck = NightlyCheck.objects.filter(state=NightlyCheck.State.DUE)
    stuck = stuck.filter(started_at__lte=now - NIGHT_LASTS)
    yield from _many("night-stuck", _("The nightly check does not finish"), stuck, "started_at")
    differs = Difference.objects.filter(gone_at=None)
    yield from _many("differences", _("Something differs in the money"), differs, "found_at")


def _many(key: str, sentence: str, rows: QuerySet[object], moment: str) -> Iterator[Alarm]:  # type: ignore[type-var]  # rows of any model
    count = rows.count()
    if count:
        yield Alarm(key, sentence, count, rows.aggregate(first=Min(moment))["first"])


def oldest_due(now: datetime) -> list[Oldest]:
    """Return how far behind each sweep of money and mail is."""
    with all_stores():
        return [
            _oldest("payments.inbox", StripeEvent.objects.due(now), "next_attempt_at"),
            _oldest("payments.reconcile", OutboundCall.objects.due(now), "next_attempt_at"),
            _oldest(
                "payments.nightly",
                NightlyCheck.objects.filter(state="due", due_at__lte=now),
                "due_at",
            ),
            _oldest("mail", Message.objects.filter(state="waiting", due_at__lte=now), "due_at"),
        ]


def _oldest(sweep: str, rows: QuerySet[object], moment: str) -> Oldest:  # type: ignore[type-var]  # rows of any model
    return Oldest(sweep, rows.count(), rows.aggregate(first=Min(moment))["first"])
