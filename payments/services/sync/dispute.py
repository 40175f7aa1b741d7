"""A dispute: what it is about rests while the bank decides, and follows what it decides."""

from __future__ import annotations

from datetime import datetime

from payments.contract import DisputeFacts
from payments.errors import NotOurs
from payments.models import Dispute, Order, Payment
from payments.rules import DISPUTE_FINAL
from payments.services import stripe_disputes
from payments.services.disputes import letters
from payments.services.fulfilment import settle
from payments.services.sync.agreeing import agree
from payments.services.sync.payment_intent import payment_for, sync_payment_intent


def sync_dispute(account: str, dispute_id: str, now: datetime) -> Order:
    """Make our dispute agree with Stripe's; NotOurs when its payment is not ours."""
    payment = _payment_of(account, dispute_id, now)

    def version() -> int:
        row = Dispute.objects.filter(stripe_account=account, stripe_id=dispute_id)
        seen = row.values_list("sync_version", flat=True).first()
        return -1 if seen is None else int(seen)

    agree(
        payment.order,
        version=version,
        fetch=lambda: stripe_disputes.fetch_dispute(account, dispute_id),
        write=lambda order, facts: write_dispute(order, payment, facts, now),
    )
    order: Order = payment.order
    order.refresh_from_db()
    return order


def _payment_of(account: str, dispute_id: str, now: datetime) -> Payment:
    known = (
        Dispute.objects.filter(stripe_account=account, stripe_id=dispute_id)
        .select_related("payment__order")
        .first()
    )
    if known is not None:
        payment: Payment = known.payment
        return payment
    facts = stripe_disputes.fetch_dispute(account, dispute_id)
    found = payment_of_facts(account, facts)
    if found is None and facts.payment_intent:
        sync_payment_intent(account, facts.payment_intent, now)
        found = payment_of_facts(account, facts)
    if found is None:
        raise NotOurs(dispute_id)
    return found


def payment_of_facts(account: str, facts: DisputeFacts) -> Payment | None:
    """Return the payment a dispute is about: by its intent, or by its charge where it has none."""
    if facts.payment_intent:
        return payment_for(account, facts.payment_intent)
    if not facts.charge:
        return None
    found: Payment | None = (
        Payment.objects.filter(stripe_account=account, charge=facts.charge)
        .select_related("order")
        .first()
    )
    return found


def write_dispute(order: Order, payment: Payment, facts: DisputeFacts, now: datetime) -> None:
    """Write what a dispute says, and let access follow; the order is locked."""
    dispute = _row(payment, facts)
    dispute.status = facts.status[:40]
    dispute.reason = facts.reason[:60]
    dispute.amount = facts.amount
    dispute.currency = facts.currency.upper()
    dispute.is_refundable = facts.is_refundable
    dispute.evidence_due_by = facts.due_by
    if facts.is_submitted:
        dispute.evidence_submitted_at = dispute.evidence_submitted_at or now
    is_final = facts.status in DISPUTE_FINAL
    dispute.closed_at = (dispute.closed_at or now) if is_final else None
    dispute.sync_version += 1
    dispute.save()
    settle(order, now)
    letters.tell(dispute, order)


def _row(payment: Payment, facts: DisputeFacts) -> Dispute:
    rows = Dispute.objects.select_for_update(no_key=True).filter(
        stripe_account=payment.stripe_account
    )
    found: Dispute | None = rows.filter(stripe_id=facts.id).first()
    return found or Dispute(
        payment=payment,
        stripe_account=payment.stripe_account,
        stripe_id=facts.id,
        opened_at=facts.opened_at,
    )
