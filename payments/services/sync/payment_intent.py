"""A payment intent: what became of the money that came in."""

from __future__ import annotations

from datetime import datetime

from payments.contract import IntentFacts
from payments.errors import NotOurs
from payments.models import Order, Payment
from payments.services import stripe_api
from payments.services.sync.agreeing import agree
from payments.services.sync.session import sync_session


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
    if payment is None:
        session_id = stripe_api.find_session(account, intent_id)
        if not session_id:
            raise NotOurs(intent_id)
        return sync_session(account, session_id, now)
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


def _write(pk: int, facts: IntentFacts) -> None:
    payment: Payment = Payment.objects.select_for_update().get(pk=pk)
    payment.status = facts.status
    payment.charge = facts.charge or payment.charge
    payment.card_last4 = facts.card_last4 or payment.card_last4
    payment.sync_version += 1
    payment.save(update_fields=["status", "charge", "card_last4", "sync_version"])
