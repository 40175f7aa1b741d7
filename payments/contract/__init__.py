"""What is bought, how it is paid, and what we believe of Stripe's objects. Pure Python."""

from payments.contract.buying import (
    NEWS,
    NO_CONSENTS,
    Basket,
    Buyer,
    Consents,
    GiftWish,
    Provider,
    Quote,
    QuotedLine,
)
from payments.contract.facts import (
    BilledLine,
    CardFacts,
    CouponFacts,
    DisputeFacts,
    EventFacts,
    IntentFacts,
    InvoiceFacts,
    RefundFacts,
    SessionFacts,
    SubscriptionFacts,
)

__all__ = [
    "NEWS",
    "NO_CONSENTS",
    "Basket",
    "BilledLine",
    "Buyer",
    "CardFacts",
    "Consents",
    "CouponFacts",
    "DisputeFacts",
    "EventFacts",
    "GiftWish",
    "IntentFacts",
    "InvoiceFacts",
    "Provider",
    "Quote",
    "QuotedLine",
    "RefundFacts",
    "SessionFacts",
    "SubscriptionFacts",
]
