"""Whose is it: the store of an object at Stripe is that of our row for it, never its metadata's."""

from __future__ import annotations

from dataclasses import dataclass

from payments.errors import NotOurs
from payments.models import (
    Bill,
    Dispute,
    Order,
    Payment,
    Refund,
    StripeEvent,
    Subscription,
)
from payments.services import stripe_api, stripe_disputes, stripe_subscriptions
from stores.models import Store
from stores.scope import all_stores


@dataclass(frozen=True)
class Found:
    """The object to look at, and the store it belongs to."""

    store: Store
    object_type: str
    object_id: str


def locate(event: StripeEvent) -> Found:
    """Return which object of which store a hint is about; NotOurs when there is none."""
    account, object_id = event.stripe_account, event.object_id
    if event.object_type == "refund":
        store = _store_of_refund(account, object_id)
        if store is not None:
            return Found(store, "refund", object_id)
        intent = stripe_api.fetch_refund(account, object_id).payment_intent
        return Found(_of_intent(account, intent).store, "refund", object_id)
    if event.object_type == "dispute":
        return Found(_store_of_dispute(account, object_id), "dispute", object_id)
    if event.object_type == "payment_intent":
        return _of_intent(account, object_id)
    if event.object_type == "invoice":
        return _of_invoice(account, object_id)
    if event.object_type == "subscription":
        return _of_subscription(account, object_id)
    return _of_session(account, object_id)


def _of_session(account: str, session_id: str) -> Found:
    with all_stores():
        order = (
            Order.objects.filter(stripe_account=account, stripe_session_id=session_id)
            .select_related("store")
            .first()
        )
    if order is None:
        raise NotOurs(session_id)
    return Found(order.store, "checkout.session", session_id)


def _of_intent(account: str, intent_id: str) -> Found:
    if not intent_id:
        raise NotOurs(intent_id)
    with all_stores():
        payment = (
            Payment.objects.filter(stripe_account=account, payment_intent=intent_id)
            .select_related("store")
            .first()
        )
        charged = Order.objects.filter(stripe_account=account, stripe_intent_id=intent_id)
        order = charged.select_related("store").first()
    if payment is not None:
        return Found(payment.store, "payment_intent", intent_id)
    if order is not None:
        return Found(order.store, "payment_intent", intent_id)
    session_id = stripe_api.find_session(account, intent_id)
    if session_id:
        return _of_session(account, session_id)
    invoice_id = stripe_subscriptions.find_invoice(account, intent_id)
    if not invoice_id:
        raise NotOurs(intent_id)
    return _of_invoice(account, invoice_id)


def _of_invoice(account: str, invoice_id: str) -> Found:
    with all_stores():
        known = Bill.objects.filter(stripe_account=account, stripe_id=invoice_id)
        bill = known.select_related("store").first()
    if bill is not None:
        return Found(bill.store, "invoice", invoice_id)
    subscription_id = stripe_subscriptions.fetch_invoice(account, invoice_id).subscription
    found = _of_subscription(account, subscription_id)
    return Found(found.store, "invoice", invoice_id)


def _of_subscription(account: str, subscription_id: str) -> Found:
    if not subscription_id:
        raise NotOurs(subscription_id)
    with all_stores():
        known = Subscription.objects.filter(stripe_account=account, stripe_id=subscription_id)
        subscription = known.select_related("store").first()
    if subscription is not None:
        return Found(subscription.store, "subscription", subscription_id)
    session_id = stripe_subscriptions.find_session(account, subscription_id)
    if not session_id:
        raise NotOurs(subscription_id)
    return Found(_of_session(account, session_id).store, "subscription", subscription_id)


def _store_of_refund(account: str, refund_id: str) -> Store | None:
    with all_stores():
        refund = (
            Refund.objects.filter(stripe_account=account, stripe_id=refund_id)
            .select_related("store")
            .first()
        )
    return None if refund is None else refund.store


def _store_of_dispute(account: str, dispute_id: str) -> Store:
    with all_stores():
        known = Dispute.objects.filter(stripe_account=account, stripe_id=dispute_id)
        dispute = known.select_related("store").first()
    if dispute is not None:
        store: Store = dispute.store
        return store
    facts = stripe_disputes.fetch_dispute(account, dispute_id)
    if facts.payment_intent:
        return _of_intent(account, facts.payment_intent).store
    return _of_charge(account, facts.charge)


def _of_charge(account: str, charge_id: str) -> Store:
    """Return the store of a payment by its charge, for disputes that name no payment intent."""
    with all_stores():
        known = Payment.objects.filter(stripe_account=account, charge=charge_id).exclude(charge="")
        payment = known.select_related("store").first()
    if payment is None:
        raise NotOurs(charge_id)
    store: Store = payment.store
    return store
