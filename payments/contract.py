"""What a way of taking money must do, and what we believe of Stripe's objects."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from accounts.models import Customer
    from payments.models import Order, Refund


@dataclass(frozen=True)
class Buyer:
    """Who buys: an address and a name, and the customer when somebody is signed in."""

    email: str
    name: str
    language: str
    customer: Customer | None = None


class Provider(Protocol):
    """A way of taking money. Its calls leave the house: never inside a transaction."""

    def open_checkout(self, order: Order, now: datetime) -> str:
        """Return the address of the page where the order is paid; the same one when asked again.

        Raises TryLater when there was no answer and Refused when there will be none.
        """

    def sync(self, order: Order, now: datetime) -> None:
        """Make our rows agree with what the provider says now."""

    def refund(self, refund: Refund, now: datetime) -> None:
        """Send the money of a refund that is already written down; may be called again."""


@dataclass(frozen=True)
class IntentFacts:
    """A payment intent, as far as we need it. Statuses are open enums."""

    id: str
    status: str
    amount_received: int
    currency: str
    charge: str
    is_live: bool


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
class EventFacts:
    """A hint: something happened to this object."""

    id: str
    type: str
    object_type: str
    object_id: str
    account: str
    is_live: bool
    happened_at: datetime
