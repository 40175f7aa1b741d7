"""What a change of plan did: written into our rows only when Stripe shows it.

A change that is paid for at once holds when the subscription there costs what we asked for and
nothing waits for its payment; one with the next charge holds when the period it is for has begun.
Both are derived anew at each look, so any order of arrival ends the same.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from access.services import granting
from payments.contract import InvoiceFacts, SubscriptionFacts, Twice
from payments.models import OutboundCall, PlanChange, Subscription
from payments.services.overlaps.noting import note
from payments.services.subscriptions.following import accesses_of
from payments.services.subscriptions.terms import AT_STRIPE
from payments.services.teams.places import resize
from products.models import Price

WRITTEN_EARLIER = timedelta(days=1)
"""A charge drawn up before a change may be told of after it."""
BEGINS_ABOUT = timedelta(hours=1)
REFUSED = OutboundCall.State.REFUSED


def open_change(subscription: Subscription) -> PlanChange | None:
    """Return the change that is under way or set for later; None without one."""
    found: PlanChange | None = (
        PlanChange.objects.open()
        .filter(subscription=subscription)
        .select_related("call", "undone_by", "price", "was")
        .first()
    )
    return found


def see_state(subscription: Subscription, facts: SubscriptionFacts, now: datetime) -> None:
    """Take a change over, or drop it, as the subscription stands at Stripe; it is locked.

    Belongs to the transaction in which the state is written.
    """
    change = open_change(subscription)
    if change is None or change.call is None:
        return
    if change.call.state == "waiting":  # its answer was lost; what is paid holds all the same
        if change.is_up and _costs(change, facts):
            apply(change, subscription, now)
    elif change.call.state == REFUSED or _was_undone(change):
        _drop(change, now)
    elif not _costs(change, facts):
        if not facts.is_pending and change.is_up:  # nobody paid for it in time
            _drop(change, now)
    elif change.is_up or facts.period_start >= change.due_at - BEGINS_ABOUT:
        apply(change, subscription, now)


def see_bill(subscription: Subscription, facts: InvoiceFacts, now: datetime) -> None:
    """Take over a change whose first period was billed: the bill may be heard of first."""
    change = open_change(subscription)
    if change is None or change.is_up or _was_undone(change):
        return
    for line in facts.lines:
        begins = line.start >= change.due_at - BEGINS_ABOUT
        if line.is_period and begins and line.amount == change.amount != change.amount_was:
            apply(change, subscription, now)
            return


def apply(change: PlanChange, subscription: Subscription, now: datetime) -> None:
    """Write a change into the subscription and what it gives; the subscription is locked."""
    change.applied_at = now
    change.save(update_fields=["applied_at"])
    subscription.price = change.price
    subscription.amount = change.amount
    subscription.tax = change.tax
    subscription.seats = change.seats
    subscription.save(update_fields=["price", "amount", "tax", "seats"])
    resize(subscription, now)
    for access in accesses_of(subscription):
        if access.revoked_at is None:
            granting.set_price(access, change.price, now=now)
            note(granting.below(access), now, twice=Twice.from_json(change.twice))


def agreed(subscription: Subscription, facts: InvoiceFacts) -> set[int]:
    """Return what a whole period may cost on an invoice: as agreed, or as agreed about then."""
    amounts = {subscription.amount}
    since = facts.created_at - WRITTEN_EARLIER
    for change in subscription.plan_changes.all():
        if change.dropped_at is None and change.applied_at is None:
            amounts.add(change.amount)
        elif change.applied_at is not None and change.applied_at >= since:
            amounts.add(change.amount_was)
    return amounts


def is_optional(subscription: Subscription, facts: InvoiceFacts) -> bool:
    """Whether an invoice is only for a change that its owner may let go: nothing is owed for it."""
    change = open_change(subscription)
    return facts.reason == "subscription_update" and change is not None and change.is_up


def is_at_stripe(price: Price, amount: int, facts: SubscriptionFacts) -> bool:
    """Whether a subscription there costs ``amount`` in the rhythm of a price."""
    return facts.amount == amount and facts.every == AT_STRIPE[price.interval or "month"]


def _costs(change: PlanChange, facts: SubscriptionFacts) -> bool:
    return not facts.is_pending and is_at_stripe(change.price, change.amount, facts)


def _was_undone(change: PlanChange) -> bool:
    return change.undone_by is not None and change.undone_by.state == "answered"


def _drop(change: PlanChange, now: datetime) -> None:
    change.dropped_at = now
    change.save(update_fields=["dropped_at"])
