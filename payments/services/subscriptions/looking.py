"""Asking Stripe once more about a subscription that should have been heard of."""

from __future__ import annotations

from datetime import datetime, timedelta

from payments.models import Bill, Subscription
from payments.querysets import SubscriptionQuerySet
from payments.services.stripe_subscriptions import list_invoices
from payments.services.sync import sync_invoice, sync_subscription
from payments.services.sync.subscription import OVER

PATIENCE = timedelta(hours=2)
"""A renewal is charged an hour after its period ends; webhooks are heard of in minutes."""
BETWEEN = timedelta(hours=1)
"""How often one subscription is asked about at most."""


def unheard(now: datetime) -> SubscriptionQuerySet:
    """Return the subscriptions whose charge is late to be heard of, or is not paid."""
    late = Subscription.objects.past_due(now - PATIENCE)
    unpaid = Subscription.objects.unpaid(now)
    found: SubscriptionQuerySet = (late | unpaid).unasked(now - BETWEEN)
    return found


def look_again(subscription: Subscription, now: datetime) -> None:
    """Make a subscription agree with Stripe's, and each of its invoices that may have changed.

    That it was asked about is written first: one that Stripe does not answer for does not keep
    the others waiting.
    """
    Subscription.objects.filter(pk=subscription.pk).update(checked_at=now)
    sync_subscription(subscription.stripe_account, subscription.stripe_id, now)
    over = Bill.objects.filter(subscription=subscription, status__in=OVER)
    known = set(over.values_list("stripe_id", flat=True))
    for invoice in list_invoices(subscription.stripe_account, subscription.stripe_id):
        if invoice not in known:
            sync_invoice(subscription.stripe_account, invoice, now)
