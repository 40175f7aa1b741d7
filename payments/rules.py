"""Judgements about money that ask no database."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop

from payments.contract import IntentFacts, InvoiceFacts, SessionFacts, SubscriptionFacts

if TYPE_CHECKING:
    from payments.models import Order, Subscription

SOURCE = re.compile(r"[a-z0-9-]{1,20}")
"""What a link may say of where it was put."""

CHECKOUT_LASTS = timedelta(hours=1)
HOLD_OUTLASTS = timedelta(minutes=15)
"""A place stays held a little longer than the payment page, for who pays in the last minute."""

SETTLED_BADLY = frozenset({"requires_payment_method", "canceled"})


def mismatch(order: Order, session: SessionFacts, *, is_live: bool) -> str:
    """Return what does not fit between an order and what was paid, to be translated; else "".

    Amount, currency, mode, our reference and live mode must all match (the account does, or the
    order would not have been found).
    """
    intent = session.paid_by
    is_free_now = session.began is not None and not order.total
    if session.mode != ("payment" if session.began is None else "subscription"):
        return gettext_noop("It was not paid in the way it was ordered.")
    if intent is None and not is_free_now:
        return gettext_noop("It was not paid as one payment.")
    expected = (order.total, order.currency.lower())
    if (session.amount_total, session.currency) != expected:
        return gettext_noop("The amount differs from the order's.")
    if intent is not None and (intent.amount_received, intent.currency) != expected:
        return gettext_noop("The amount that arrived differs from the order's.")
    references = {session.reference, session.order, *_reference_of(session.began)}
    if references != {order.public_id}:
        return gettext_noop("The reference is not the order's.")
    if session.is_live != is_live or (intent is not None and intent.is_live != is_live):
        return gettext_noop("Test money and real money were mixed.")
    return ""


def _reference_of(began: SubscriptionFacts | None) -> tuple[str, ...]:
    return () if began is None else (began.reference,)


def invoice_mismatch(
    subscription: Subscription,
    invoice: InvoiceFacts,
    *,
    is_live: bool,
    order: Order,
    agreed: Collection[int],
) -> str:
    """Return what does not fit between a subscription and a later invoice; else "".

    A whole period costs one of the amounts ``agreed``, in minor units, less what a coupon or a
    credit took off; a part of one is what a change of plan costs.
    """
    intent = invoice.intent
    if intent is None or intent.amount_received != order.total:
        return gettext_noop("The amount that arrived differs from the order's.")
    if invoice.currency != subscription.currency.lower() or intent.currency != invoice.currency:
        return gettext_noop("The currency is another one.")
    if invoice.reference != subscription.order.public_id:
        return gettext_noop("The reference is not the order's.")
    if invoice.is_live != is_live or intent.is_live != is_live:
        return gettext_noop("Test money and real money were mixed.")
    if any(line.is_period and line.amount not in {0, *agreed} for line in invoice.lines):
        return gettext_noop("A period costs something else than was agreed.")
    return ""


def charge_mismatch(order: Order, intent: IntentFacts, *, is_live: bool) -> str:
    """Return what does not fit between an order and a charge of a kept card; else ""."""
    if (intent.amount_received, intent.currency) != (order.total, order.currency.lower()):
        return gettext_noop("The amount that arrived differs from the order's.")
    if order.public_id != intent.order:
        return gettext_noop("The reference is not the order's.")
    if intent.is_live != is_live:
        return gettext_noop("Test money and real money were mixed.")
    return ""


def is_paid(session: SessionFacts) -> bool:
    """Whether what pays is complete; anything unknown is not.

    What is tried for free is complete once a card was left.
    """
    if session.began is not None:
        billed = session.billed
        is_settled = session.payment_status in {"paid", "no_payment_required"}
        has_paid = billed is None or billed.status == "paid"
        return session.status == "complete" and is_settled and has_paid
    return (
        session.status == "complete"
        and session.payment_status == "paid"
        and session.intent is not None
        and session.intent.status == "succeeded"
    )


def is_on_its_way(session: SessionFacts) -> bool:
    """Whether the buyer is done and the money takes its time, as with a bank debit."""
    return (
        session.status == "complete" and session.payment_status == "unpaid" and not is_lost(session)
    )


def is_lost(session: SessionFacts) -> bool:
    """Whether this session will never be paid: it ran out, or its late payment failed."""
    if session.status == "expired":
        return True
    intent = session.intent
    return (
        session.status == "complete"
        and session.payment_status == "unpaid"
        and intent is not None
        and intent.status in SETTLED_BADLY
    )


def closed_lines(
    totals: Mapping[int, int], given_back: Mapping[int | None, int], paid: int
) -> set[int]:
    """Return the lines whose money went back, by what each cost and what was given back for it.

    When all that was paid went back, whatever it was said to be for, every line is closed.
    """
    if paid and sum(given_back.values()) >= paid:
        return set(totals)
    return {line for line, total in totals.items() if total and given_back.get(line, 0) >= total}


def status_after(paid: int, given_back: int, lost: int = 0) -> str:
    """Return the status of a paid order after what was given back and what banks took back."""
    if paid and given_back >= paid:
        return "refunded"
    if lost and given_back + lost >= paid:
        return "charged_back"
    return "partly_refunded" if given_back or lost else "paid"


def backoff(attempts: int) -> timedelta:
    """Return how long to wait after this many tries: 1, 2, 4 … minutes, at most six hours."""
    return timedelta(minutes=min(2 ** max(0, attempts - 1), 360))


def percent_of(amount: int, percent: int) -> int:
    """Return a percentage of an amount in minor units, half a unit rounded up."""
    return (amount * percent + 50) // 100


def shared_out(whole: int, parts: Sequence[int]) -> list[int]:
    """Return ``whole`` split in proportion to ``parts``, to the last unit and never above a part.

    ``whole`` is at most the sum of the parts; what rounding leaves goes to the largest remainders.
    """
    total = sum(parts)
    if not total:
        return [0 for _ in parts]
    shares = [whole * part // total for part in parts]
    by_remainder = sorted(
        range(len(parts)), key=lambda index: (-(whole * parts[index] % total), index)
    )
    for index in by_remainder[: whole - sum(shares)]:
        shares[index] += 1
    return shares


DISPUTE_HOLDS = frozenset(
    {"needs_response", "under_review", "appeal_needs_response", "appeal_under_review"}
)
"""The money is with the bank and may come back. Inquiries (``warning_…``) leave it with us, so
they hold nothing (Stripe's docs, "How disputes work"); a status yet unknown holds nothing either,
and is asked about."""
DISPUTE_LOST = "lost"
DISPUTE_ANSWERABLE = frozenset(
    {"needs_response", "warning_needs_response", "appeal_needs_response"}
)
DISPUTE_FINAL = frozenset({"won", "lost", "warning_closed", "prevented"})
DISPUTE_KNOWN = DISPUTE_HOLDS | DISPUTE_FINAL | {"warning_needs_response", "warning_under_review"}
WHOLE_FROM = 90
"""From so many percent of what is left a dispute is about all of it: the bank's own exchange rate
moves its amount a little (Stripe's docs on ``dispute.amount``)."""


def is_about_all(disputed: int, left: int) -> bool:
    """Whether disputes of so much, in minor units, are about all that is left of what was paid."""
    return left > 0 and disputed * 100 >= left * WHOLE_FROM


def source_word(typed: str) -> str:
    """Return where a link was put, as a short word; anything that is no such word is nothing.

    It comes from whoever opens the link, so it is data and never a person: letters of ASCII,
    digits and hyphens, twenty at most.
    """
    word = typed.strip().lower()
    return word if SOURCE.fullmatch(word) else ""
