"""The mails about a dispute: plainly to the creator, and without blame to the customer."""

from __future__ import annotations

from datetime import datetime

from babel.dates import format_datetime
from django.utils.translation import override

from core import days
from mail.models import Message
from mail.services.outbox import post, post_to_creators
from payments.models import Dispute, Order
from payments.rules import DISPUTE_ANSWERABLE, DISPUTE_FINAL, DISPUTE_HOLDS
from payments.services.addresses import page_url
from payments.services.disputes.words import effect_of, reason_of
from payments.services.letters import order_words
from stores.scope import current_store


def tell(dispute: Dispute, order: Order) -> None:
    """Tell both sides how a dispute stands, each thing once.

    What began as a question and became a dispute, or is appealed, is told anew: it has another day
    to answer by, and the money is gone.
    """
    if dispute.status in DISPUTE_FINAL:
        _to_creators(dispute, order, "dispute_over")
        if dispute.status == "won":
            _open_again(dispute, order)
        return
    _to_creators(dispute, order, "dispute")
    tell_hold(dispute, order)


def tell_hold(dispute: Dispute, order: Order) -> None:
    """Tell the customer that what they bought rests, once, as soon as something of it does."""
    if dispute.status in DISPUTE_HOLDS and order.lines.filter(held_at__isnull=False).exists():
        _to_customer(dispute, order, "on_hold")


def _open_again(dispute: Dispute, order: Order) -> None:
    """Only who was told of the hold is told of its end."""
    if was_told(dispute):
        _to_customer(dispute, order, "open_again")


def was_told(dispute: Dispute) -> bool:
    """Whether the customer was told that what they bought rests."""
    return Message.objects.filter(key=_key("on_hold", dispute)).exists()


def _key(kind: str, dispute: Dispute) -> str:
    return f"{kind}:{dispute.public_id}"


def _stage(dispute: Dispute) -> str:
    """Return what makes a mail to the creators another one: how far it is, or how it ended."""
    if dispute.status in DISPUTE_FINAL:
        return dispute.status
    first, _underscore, _rest = dispute.status.partition("_")
    return first if first in {"warning", "appeal"} else "dispute"


def _to_creators(dispute: Dispute, order: Order, kind: str) -> None:
    language = current_store().language
    due_by = dispute.evidence_due_by if dispute.status in DISPUTE_ANSWERABLE else None
    with override(language):
        context = {
            **order_words(order, language),
            "amount": dispute.display(language),
            "reason": reason_of(dispute),
            "effect": effect_of(dispute),
            "answer_by": _moment(due_by, language),
            "outcome": dispute.status,
            "store_name": current_store().name,
            "admin_url": page_url("admin:payments_dispute_change", dispute.pk, language=language),
        }
    post_to_creators(kind, key=f"{_key(kind, dispute)}:{_stage(dispute)}", context=context)


def _moment(moment: datetime | None, language: str) -> str:
    if moment is None:
        return ""
    zone = current_store().zone
    comma = "," if language.startswith("he") else ""
    pattern = f"EEEE{comma} {days.pattern(language)}, HH:mm"
    return str(format_datetime(moment, pattern, tzinfo=zone, locale=language))


def _to_customer(dispute: Dispute, order: Order, kind: str) -> None:
    post(
        kind,
        key=_key(kind, dispute),
        to=order.email,
        name=order.name,
        language=order.language,
        context={
            **order_words(order, order.language),
            "amount": dispute.display(order.language),
            "store_name": current_store().name,
            "shelf_url": page_url("storefront:shelf", language=order.language),
        },
    )
