"""Disputes in words: what the bank says happened, and how it stands."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payments.models import Dispute
from payments.rules import DISPUTE_ANSWERABLE, DISPUTE_HOLDS

REASONS = {
    "fraudulent": gettext_lazy("The cardholder's bank says the cardholder did not make this."),
    "unrecognized": gettext_lazy("The cardholder does not recognise the name on the statement."),
    "duplicate": gettext_lazy("The cardholder's bank says the same thing was charged twice."),
    "credit_not_processed": gettext_lazy(
        "The cardholder's bank says money was promised back and did not come."
    ),
    "product_not_received": gettext_lazy(
        "The cardholder's bank says what was bought did not arrive."
    ),
    "product_unacceptable": gettext_lazy(
        "The cardholder's bank says what was bought was not as described."
    ),
    "subscription_canceled": gettext_lazy(
        "The cardholder's bank says a subscription was charged after it was cancelled."
    ),
}
STATES = {
    "needs_response": gettext_lazy("waits for your answer"),
    "under_review": gettext_lazy("the bank decides"),
    "appeal_needs_response": gettext_lazy("waits for your answer"),
    "appeal_under_review": gettext_lazy("the bank decides"),
    "warning_needs_response": gettext_lazy("a question, waits for your answer"),
    "warning_under_review": gettext_lazy("a question, the bank looks at it"),
    "warning_closed": gettext_lazy("a question, closed"),
    "won": gettext_lazy("decided for you"),
    "lost": gettext_lazy("the money went back"),
    "prevented": gettext_lazy("settled before it began"),
}


def reason_of(dispute: Dispute) -> str:
    """Return what the bank says happened; it is the bank's word, not the customer's."""
    known = REASONS.get(dispute.reason)
    return str(known) if known else _("The cardholder's bank gives no reason.")


def state_of(dispute: Dispute) -> str:
    """Return how a dispute stands; a status we do not know yet is said as Stripe says it."""
    known = STATES.get(dispute.status)
    return str(known) if known else dispute.status.replace("_", " ")


def is_answerable(dispute: Dispute) -> bool:
    """Whether the bank waits for an answer: a question may become a dispute and ask again."""
    return dispute.status in DISPUTE_ANSWERABLE


def effect_of(dispute: Dispute) -> str:
    """Return what a dispute did to what was bought and to the money."""
    lines = dispute.payment.order.lines
    if dispute.status in DISPUTE_HOLDS:
        if not lines.filter(held_at__isnull=False).exists():
            return _("The bank holds the money until it decides. What was bought stays open.")
        return _("The bank holds the money, and what was bought is on hold until it decides.")
    if dispute.status == "won":
        return _("The money is yours again, and what was on hold is open.")
    if dispute.status == "lost" and not lines.filter(closed_at__isnull=False).exists():
        return _("The money stays with the cardholder. Nothing was closed by it.")
    if dispute.status == "lost":
        return _("The money stays with the cardholder, and what was bought is closed.")
    if dispute.status == "prevented":
        return _("It was settled by giving the money back.")
    return _("The money is still yours, and everything stays open.")
