"""Money that came in is written down, once."""

from __future__ import annotations

from datetime import datetime

from payments.contract import IntentFacts
from payments.models import Order, Payment


def take_payment(order: Order, intent: IntentFacts | None, now: datetime) -> None:
    """Write down, once, the money that came in."""
    if intent is None:
        return
    Payment.objects.get_or_create(
        stripe_account=order.stripe_account,
        payment_intent=intent.id,
        defaults={
            "order": order,
            "charge": intent.charge,
            "card_last4": intent.card_last4,
            "status": intent.status,
            "amount": intent.amount_received,
            "currency": intent.currency.upper(),
            "paid_at": now,
        },
    )
