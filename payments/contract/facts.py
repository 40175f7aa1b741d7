"""What we believe of Stripe's objects, as far as we need them. Statuses are open enums."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class IntentFacts:
    """A payment intent, as far as we need it. Statuses are open enums."""

    id: str
    status: str
    amount_received: int
    currency: str
    charge: str
    is_live: bool
    card_last4: str = ""
    """The card's last four digits, where the charge was expanded."""
    customer: str = ""
    payment_method: str = ""
    order: str = ""
    """Ours, from its metadata; only ever compared."""


@dataclass(frozen=True)
class SessionFacts:
    """A checkout session with its payment intent."""

    id: str
    url: str
    status: str
    payment_status: str
    mode: str
    amount_total: int
    currency: str
    reference: str
    order: str
    is_live: bool
    customer: str
    intent: IntentFacts | None
    subscription: str = ""
    """What it began, where that is paid again and again."""
    invoice: str = ""
    """The first invoice of that."""
    began: SubscriptionFacts | None = None
    billed: InvoiceFacts | None = None

    @property
    def paid_by(self) -> IntentFacts | None:
        """The payment intent that paid, of the session itself or of the first invoice."""
        return self.intent or (self.billed.intent if self.billed else None)


@dataclass(frozen=True)
class BilledLine:
    """One line of an invoice: what it costs and the time it is for. In minor units."""

    amount: int
    """Before anything was taken off; negative where it gives back unused time."""
    start: datetime
    end: datetime
    is_period: bool
    """Whether it is a whole period of the subscription, and not a part of one nor a thing."""
    is_part: bool = False
    """Whether it is a part of a period, which a change of plan brings."""
    off: int = 0
    """What coupons take off it."""


@dataclass(frozen=True)
class InvoiceFacts:
    """An invoice of a subscription, with the payment intent that paid it."""

    id: str
    status: str
    subscription: str
    reference: str
    """Our subscription's first order, from the metadata; only ever compared."""
    reason: str
    currency: str
    amount_paid: int
    amount_remaining: int
    is_tried: bool
    """Whether a card was charged for it, successfully or not."""
    next_try_at: datetime | None
    hosted_url: str
    """Where whoever holds it can pay, signed out."""
    created_at: datetime
    paid_at: datetime | None
    is_live: bool
    lines: tuple[BilledLine, ...]
    intent: IntentFacts | None = None


@dataclass(frozen=True)
class CardFacts:
    """The card a subscription is charged from, and the last day on which it can be."""

    last4: str
    expires_on: date


@dataclass(frozen=True)
class SubscriptionFacts:
    """A subscription with the period of its one item that returns."""

    id: str
    status: str
    reference: str
    """Our first order, from the metadata; only ever compared."""
    customer: str
    item: str
    currency: str
    amount: int
    """What a period costs, in minor units."""
    started_at: datetime
    period_start: datetime
    period_end: datetime
    is_live: bool
    cancel_at: datetime | None = None
    """When it will end, where its owner or the store has said so."""
    ended_at: datetime | None = None
    trial_end: datetime | None = None
    latest_invoice: str = ""
    card: CardFacts | None = None
    """None where it was not asked for, too."""
    product: str = ""
    """What its item is of."""
    every: tuple[str, int] = ("", 0)
    """How often it is paid: a unit, and how many of it."""
    schedule: str = ""
    """What ends it by itself, or changes it later."""
    is_pending: bool = False
    """Whether a change waits for its invoice to be paid."""


@dataclass(frozen=True)
class CouponFacts:
    """A coupon that lowers the charges of what is paid again and again."""

    id: str


@dataclass(frozen=True)
class RefundFacts:
    """A refund. ``reference`` is ours, from its metadata; empty when it was made at Stripe."""

    id: str
    status: str
    amount: int
    currency: str
    payment_intent: str
    reference: str
    failure: str


@dataclass(frozen=True)
class DisputeFacts:
    """A dispute or an inquiry. ``payment_intent`` may be empty; then ``charge`` says of what."""

    id: str
    status: str
    amount: int
    currency: str
    reason: str
    payment_intent: str
    charge: str
    is_refundable: bool
    is_submitted: bool
    """Whether an answer of ours is with the bank."""
    opened_at: datetime
    due_by: datetime | None


@dataclass(frozen=True)
class EventFacts:
    """A hint: something happened to this object."""

    id: str
    type: str
    object_type: str
    object_id: str
    account: str
    is_live: bool
    happened_at: datetime
