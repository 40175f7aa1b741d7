"""A payment intent: what became of the money that came in."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from payments.contract import IntentFacts
from payments.errors import NotOurs
from payments.models import Order, Payment
from payments.rules import SETTLED_BADLY, charge_mismatch
from payments.services import stripe_api, stripe_subscriptions
from payments.services.fulfilment import settle
from payments.services.letting_go import keep, let_go
from payments.services.sync.agreeing import agree
from payments.services.sync.invoice import sync_invoice
from payments.services.sync.session import open_or_ask, sync_session
from payments.services.taking import take_payment


def payment_for(account: str, intent_id: str) -> Payment | None:
    """Return our row for a payment intent, if there is one."""
    found: Payment | None = (
        Payment.objects.filter(stripe_account=account, payment_intent=intent_id)
        .select_related("order")
        .first()
    )
    return found


def sync_payment_intent(account: str, intent_id: str, now: datetime) -> Order:
    """Make our payment agree with its intent; one not known yet is found by its session."""
    payment = payment_for(account, intent_id)
    follower = order_charged_by(account, intent_id) if payment is None else None
    if follower is not None:
        return _sync_charge(follower, intent_id, now)
    if payment is None:
        return _sync_by_what_it_pays(account, intent_id, now)
    pk = payment.pk

    def version() -> int:
        return int(Payment.objects.values_list("sync_version", flat=True).get(pk=pk))

    agree(
        payment.order,
        version=version,
        fetch=lambda: stripe_api.fetch_intent(account, intent_id),
        write=lambda _order, facts: _write(pk, facts),
    )
    payment.order.refresh_from_db()
    return payment.order


def _sync_by_what_it_pays(account: str, intent_id: str, now: datetime) -> Order:
    session_id = stripe_api.find_session(account, intent_id)
    if session_id:
        return sync_session(account, session_id, now)
    invoice_id = stripe_subscriptions.find_invoice(account, intent_id)
    if not invoice_id:
        raise NotOurs(intent_id)
    return sync_invoice(account, invoice_id, now)


def _write(pk: int, facts: IntentFacts) -> None:
    payment: Payment = Payment.objects.select_for_update(no_key=True).get(pk=pk)
    payment.status = facts.status
    payment.charge = facts.charge or payment.charge
    payment.card_last4 = facts.card_last4 or payment.card_last4
    payment.sync_version += 1
    payment.save(update_fields=["status", "charge", "card_last4", "sync_version"])


def order_charged_by(account: str, intent_id: str) -> Order | None:
    """Return the order a charge of a kept card pays, if there is one."""
    found: Order | None = Order.objects.filter(
        stripe_account=account, stripe_intent_id=intent_id
    ).first()
    return found


def _sync_charge(order: Order, intent_id: str, now: datetime) -> Order:
    def version() -> int:
        return int(Order.objects.values_list("sync_version", flat=True).get(pk=order.pk))

    agree(
        order,
        version=version,
        fetch=lambda: stripe_api.fetch_intent(order.stripe_account, intent_id),
        write=lambda locked, facts: write_charge(locked, facts, now),
    )
    order.refresh_from_db()
    return order


def write_charge(order: Order, facts: IntentFacts, now: datetime) -> None:
    """Write what became of a charge that pays an order; the order is locked."""
    if facts.status == "succeeded":
        take_payment(order, facts, now)
        if not order.is_paid:
            open_or_ask(order, charge_mismatch(order, facts, is_live=settings.STRIPE_LIVEMODE), now)
        settle(order, now)
    elif facts.status in SETTLED_BADLY and order.status == Order.Status.PENDING:
        order.status = Order.Status.EXPIRED
        let_go(order, now)
    elif facts.status == "processing" and order.status == Order.Status.PENDING:
        keep(order, now)
    order.sync_version += 1
    order.save(update_fields=["status", "sync_version"])
