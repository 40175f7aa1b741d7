"""A refund: money that goes back closes what it paid for, and opens it again when it fails."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Sum
from django.utils.translation import gettext_noop

from payments.contract import RefundFacts
from payments.errors import NotOurs
from payments.models import CancelledLine, Order, Payment, Refund
from payments.services import letters, stripe_api
from payments.services.fulfilment import settle
from payments.services.sync.agreeing import agree
from payments.services.sync.payment_intent import payment_for, sync_payment_intent

STATES = {
    "succeeded": Refund.State.SUCCEEDED,
    "failed": Refund.State.FAILED,
    "canceled": Refund.State.CANCELLED,
}
"""Everything else (pending, requires_action, what Stripe may add) is money on its way."""
LOST = frozenset({Refund.State.FAILED, Refund.State.CANCELLED})


def sync_refund(account: str, refund_id: str, now: datetime) -> Order:
    """Make our refund agree with Stripe's, made here or there; NotOurs when its payment is not.

    When more seems to go back than was paid, one of the others has failed and we have not heard
    of it yet: all of the payment's are asked about.
    """
    payment = _payment_of(account, refund_id, now)
    _agree_on(payment, account, refund_id, now)
    if _is_too_much(payment):
        others = Refund.objects.filter(payment=payment).effective().exclude(stripe_id=refund_id)
        for other in others.exclude(stripe_id=None).values_list("stripe_id", flat=True):
            _agree_on(payment, account, str(other), now)
    order: Order = payment.order
    order.refresh_from_db()
    return order


def _is_too_much(payment: Payment) -> bool:
    effective = Refund.objects.filter(payment=payment).effective()
    return (effective.aggregate(sum=Sum("amount"))["sum"] or 0) > payment.amount


def _agree_on(payment: Payment, account: str, refund_id: str, now: datetime) -> None:
    def version() -> int:
        row = Refund.objects.filter(stripe_account=account, stripe_id=refund_id)
        seen = row.values_list("sync_version", flat=True).first()
        return -1 if seen is None else int(seen)

    agree(
        payment.order,
        version=version,
        fetch=lambda: stripe_api.fetch_refund(account, refund_id),
        write=lambda order, facts: write_refund(order, payment, facts, now),
    )


def _payment_of(account: str, refund_id: str, now: datetime) -> Payment:
    known = (
        Refund.objects.filter(stripe_account=account, stripe_id=refund_id)
        .select_related("payment__order")
        .first()
    )
    if known is not None:
        payment: Payment = known.payment
        return payment
    intent = stripe_api.fetch_refund(account, refund_id).payment_intent
    if not intent:
        raise NotOurs(refund_id)
    found = payment_for(account, intent)
    if found is None:
        sync_payment_intent(account, intent, now)
        found = payment_for(account, intent)
    if found is None:
        raise NotOurs(refund_id)
    return found


def write_refund(order: Order, payment: Payment, facts: RefundFacts, now: datetime) -> None:
    """Write what a refund says, and let access follow; the order is locked."""
    refund = _row(payment, facts, now)
    was, refund.state = refund.state, STATES.get(facts.status, Refund.State.PENDING)
    refund.failure = facts.failure
    refund.sync_version += 1
    is_final = refund.state in {Refund.State.SUCCEEDED, *LOST}
    refund.settled_at = (refund.settled_at or now) if is_final else None
    refund.save()
    settle(order, now)
    if refund.state not in LOST:
        letters.refunded(refund, order)
    elif was not in LOST:
        letters.refund_failed(refund, order)
        letters.order_question(
            order,
            cause=f"failed:{refund.public_id}",
            about=_failed(refund),
        )
    _ask_line(order, refund)


def _failed(refund: Refund) -> str:
    if CancelledLine.objects.filter(refund=refund, undone_at=None).exists():
        return gettext_noop(
            "A refund did not go through. The purchase stays cancelled, so its money is still owed."
        )
    return gettext_noop("A refund did not go through. What it closed is open again.")


def _row(payment: Payment, facts: RefundFacts, now: datetime) -> Refund:
    """Return our row: by Stripe's id; or ours that waits for one; or a new one, made at Stripe."""
    rows = Refund.objects.select_for_update(no_key=True).filter(payment=payment)
    found: Refund | None = rows.filter(stripe_id=facts.id).first()
    if found is None and facts.reference:
        waiting = rows.filter(stripe_id=None, amount=facts.amount)
        found = waiting.filter(public_id=facts.reference).first()
    if found is None:
        return Refund(
            payment=payment,
            amount=facts.amount,
            currency=facts.currency.upper(),
            stripe_account=payment.stripe_account,
            stripe_id=facts.id,
            asks_line=True,
            created_at=now,
        )
    found.stripe_id = facts.id
    return found


def _ask_line(order: Order, refund: Refund) -> None:
    """Ask what a partial refund made at Stripe was for, unless all went back."""
    refund.refresh_from_db()
    if refund.asks_line and refund.state not in LOST:
        letters.order_question(
            order,
            cause=f"line:{refund.public_id}",
            about=gettext_noop("Part of the money was returned at Stripe. Say what it was for."),
        )
