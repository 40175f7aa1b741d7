"""A subscription: how it stands, until when, and what its access makes of that."""

from __future__ import annotations

from datetime import datetime

from payments.contract import SubscriptionFacts
from payments.errors import NotOurs
from payments.models import Order, Subscription
from payments.services import stripe_subscriptions
from payments.services.instalments.standing import is_planned
from payments.services.subscriptions.beginning import write_state
from payments.services.subscriptions.following import follow
from payments.services.sync.agreeing import agree_under
from payments.services.sync.session import sync_session

OVER = ("paid", "void")
"""The states an invoice stays in."""


def subscription_at(account: str, subscription_id: str) -> Subscription | None:
    """Return our row for a subscription at Stripe, if there is one."""
    found: Subscription | None = (
        Subscription.objects.filter(stripe_account=account, stripe_id=subscription_id)
        .select_related("order")
        .first()
    )
    return found


def known_or_begun(account: str, subscription_id: str, now: datetime) -> Subscription:
    """Return our row; one not known yet is begun by its session. NotOurs when there is none."""
    found = subscription_at(account, subscription_id) if subscription_id else None
    if found is None and subscription_id:
        session_id = stripe_subscriptions.find_session(account, subscription_id)
        if session_id:
            sync_session(account, session_id, now)
            found = subscription_at(account, subscription_id)
    if found is None:
        raise NotOurs(subscription_id)
    return found


def sync_subscription(account: str, subscription_id: str, now: datetime) -> Order:
    """Make our subscription agree with Stripe's, and return its first order."""
    row = known_or_begun(account, subscription_id, now)
    if is_planned(row):
        _look_at_charges(row, now)
    agree_under(
        lambda: locked(row.pk),
        version=lambda: version_of(row.pk),
        fetch=lambda: stripe_subscriptions.fetch_subscription(account, subscription_id),
        write=lambda subscription, facts: _write(subscription, facts, now),
    )
    order: Order = row.order
    order.refresh_from_db()
    return order


def _look_at_charges(row: Subscription, now: datetime) -> None:
    """Look first at the charges of what has ended after so many: whether they were paid decides."""
    from payments.services.sync.invoice import sync_invoice  # it looks at us in turn

    facts = stripe_subscriptions.fetch_subscription(row.stripe_account, row.stripe_id)
    if facts.ended_at is None:
        return
    over = row.bills.filter(status__in=OVER).values_list("stripe_id", flat=True)
    for invoice in stripe_subscriptions.list_invoices(row.stripe_account, row.stripe_id):
        if invoice not in set(over):
            sync_invoice(row.stripe_account, invoice, now)


def locked(pk: int) -> Subscription:
    """Lock a subscription; belongs to a transaction."""
    row: Subscription = Subscription.objects.select_for_update(no_key=True).get(pk=pk)
    return row


def version_of(pk: int) -> int:
    """Return the version of a subscription's row."""
    return int(Subscription.objects.values_list("sync_version", flat=True).get(pk=pk))


def _write(subscription: Subscription, facts: SubscriptionFacts, now: datetime) -> None:
    write_state(subscription, facts, now)
    follow(subscription, now)
