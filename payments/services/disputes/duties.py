"""What a creator must do about disputes, and by when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from payments.models import Dispute
from payments.rules import DISPUTE_KNOWN
from payments.services.disputes.answering import in_hand
from payments.services.disputes.words import is_answerable
from payments.services.fulfilment import asked_of
from stores.models import Store
from stores.slots import Duty

LATE_AFTER = timedelta(minutes=30)


def duties(store: Store, now: datetime) -> Sequence[Duty]:
    """Return the disputes that want an answer, or a word on what they are about."""
    found = []
    for dispute in Dispute.objects.open().select_related("payment__order"):
        sentence = _sentence(dispute, now)
        if sentence:
            found.append(_duty(dispute, sentence, dispute.evidence_due_by))
    unnamed = Dispute.objects.exclude(status__startswith="warning").filter(named_at=None)
    for dispute in unnamed.exclude(status__in=("won", "prevented")).select_related(
        "payment__order"
    ):
        if dispute in asked_of(dispute.payment.order):
            sentence = _("Order %(number)s: the bank asks about a part. Which?")
            found.append(_duty(dispute, sentence, None, key="about"))
    return found


def _sentence(dispute: Dispute, now: datetime) -> str:
    if dispute.status not in DISPUTE_KNOWN:
        return _("Order %(number)s: Stripe says something new about a dispute. Look at it there.")
    if is_answerable(dispute) and not in_hand(dispute):
        return _("Order %(number)s: the bank asks about %(amount)s. Answer it.")
    if any(call.created_at <= now - LATE_AFTER for call in dispute.calls.filter(state="waiting")):
        return _(
            "Order %(number)s: Stripe has not taken the answer yet; it is sent again by itself."
        )
    return ""


def _duty(dispute: Dispute, sentence: str, due_at: datetime | None, key: str = "dispute") -> Duty:
    words = {"number": dispute.payment.order.number, "amount": dispute.display()}
    return Duty(
        key=f"{key}:{dispute.public_id}",
        sentence=sentence % words,
        due_at=due_at,
        url=reverse("admin:payments_dispute_change", args=[dispute.pk]),
        verb=_("Look and answer"),
        area="sales",
    )
