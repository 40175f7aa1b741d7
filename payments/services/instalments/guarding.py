"""That never more is charged than was agreed: two guards, each a call that is written down first.

The first is a schedule at Stripe that ends the subscription by itself after so many months. The
second is ours: with the last charge that was paid it ends at once, without anything going back.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet

from core import tokens
from payments.models import Bill, InstalmentPlan, OutboundCall, Subscription

SCHEDULE, CANCEL = "schedule", "cancel"
SCHEDULES, SETTLES = "schedule", "settled"
"""How the keys of these calls begin."""
CAN_BE_KEPT = timedelta(minutes=70)
"""So long a purchase that was cancelled can be kept after all, and some minutes."""
State, Call = InstalmentPlan.State, OutboundCall.State


def guard(subscription: Subscription, plan: InstalmentPlan, now: datetime) -> None:
    """Write down the call that is wanting, if one is; the subscription is locked."""
    waiting = OutboundCall.objects.filter(subscription=subscription, state=Call.WAITING)
    if plan.state == State.PAYING:
        waiting.filter(key__startswith=f"{SETTLES}-", attempts=0).update(
            state=Call.REFUSED, error="given up", answered_at=now
        )
    if subscription.ended_at is not None:
        return
    if plan.state == State.PAYING:
        is_asked = waiting.filter(body__do=SCHEDULE).exists()
        if plan.n_paid and plan.scheduled_at is None and not is_asked:
            _write(subscription, SCHEDULES, _schedule(subscription, plan), now, now)
    elif not waiting.filter(body__do=CANCEL).exists():
        body: dict[str, object] = {
            "do": CANCEL,
            "params": {"prorate": False, "invoice_now": False},
            "ours": {},
        }
        _write(subscription, SETTLES, body, _when(subscription, plan, now), now)


def see(subscription: Subscription, plan: InstalmentPlan, schedule: str, now: datetime) -> None:
    """Write down whether Stripe has confirmed that it ends by itself; unsaved nothing stays."""
    answered = subscription.calls.filter(state=Call.ANSWERED, body__do=SCHEDULE)
    if schedule and answered.exists():
        plan.schedule_id, plan.scheduled_at = schedule, plan.scheduled_at or now
    elif not schedule:
        plan.schedule_id, plan.scheduled_at = "", None
    plan.save(update_fields=["schedule_id", "scheduled_at"])


def unguarded(since: datetime) -> QuerySet[Subscription]:
    """Return what Stripe could charge for longer than was agreed, and was not asked since then."""
    open_ended = InstalmentPlan.objects.without_end()
    settled = InstalmentPlan.objects.exclude(state=State.PAYING)
    wanting = (open_ended | settled.filter(subscription__ended_at=None)).values("subscription")
    found: QuerySet[Subscription] = (
        Subscription.objects.filter(pk__in=wanting, started_at__lte=since)
        .unasked(since)
        .exclude(calls__state=Call.WAITING)
    )
    return found


def _schedule(subscription: Subscription, plan: InstalmentPlan) -> dict[str, object]:
    first = Bill.objects.filter(subscription=subscription, starts_at__isnull=False)
    began = first.order_by("starts_at").values_list("starts_at", flat=True).first()
    moment = began or subscription.started_at
    body = {"do": SCHEDULE, "months": plan.n_total, "began": int(moment.timestamp()), "ours": {}}
    return dict(body)


def _when(subscription: Subscription, plan: InstalmentPlan, now: datetime) -> datetime:
    """Return when the end is asked for: at once, or when what was returned cannot be kept."""
    later = now + CAN_BE_KEPT
    next_at = subscription.next_charge_at
    is_near = next_at is not None and next_at <= later + CAN_BE_KEPT
    return now if plan.state != State.RETURNED or is_near else later


def _write(
    subscription: Subscription, why: str, body: dict[str, object], due_at: datetime, now: datetime
) -> None:
    OutboundCall.objects.create(
        kind=OutboundCall.Kind.CHANGE,
        order=subscription.order,
        subscription=subscription,
        stripe_account=subscription.stripe_account,
        key=f"{why}-{subscription.public_id}-{tokens.public_id()}",
        body=body,
        created_at=now,
        next_attempt_at=due_at,
    )
