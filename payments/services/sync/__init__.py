"""One idempotent function per object of Stripe's: fetch it, and make our rows agree."""

from payments.services.sync.dispute import sync_dispute
from payments.services.sync.invoice import sync_invoice
from payments.services.sync.payment_intent import sync_payment_intent
from payments.services.sync.refund import sync_refund
from payments.services.sync.session import sync_session
from payments.services.sync.subscription import sync_subscription

__all__ = [
    "sync_dispute",
    "sync_invoice",
    "sync_payment_intent",
    "sync_refund",
    "sync_session",
    "sync_subscription",
]
