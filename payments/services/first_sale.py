"""The mail of the first sale: it waits a little for the first opening, and tells of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import ngettext, override

from access.models import Access, SourceKind
from mail.models import Message
from mail.services.outbox import hasten
from payments.models import Order
from stores.models import Store
from stores.scope import all_stores, store_scope

KIND = "first_sale"
WAITS = timedelta(minutes=10)
"""For somebody to open what they bought; after that the mail leaves without that sentence."""


def stores_waiting(now: datetime) -> list[int]:
    """Find the stores whose first sale waits to be told."""
    with all_stores():
        waiting = Message.objects.filter(kind=KIND, state=Message.State.WAITING, due_at__gt=now)
        return list(waiting.values_list("store_id", flat=True).distinct())


def tell_openings(store: Store, now: datetime) -> None:
    """Let the mails of a first sale that was opened meanwhile leave, saying so; idempotent."""
    with store_scope(store):
        waiting = Message.objects.filter(kind=KIND, state=Message.State.WAITING, due_at__gt=now)
        for message in waiting:
            order = Order.objects.filter(public_id=message.context.get("order", "")).first()
            sentence = "" if order is None else opened_sentence(order, message.language)
            if sentence:
                hasten(message, context={"opened": sentence}, now=now)


def opened_sentence(order: Order, language: str) -> str:
    """Return who opened it how much later, in ``language``; empty while nobody did."""
    lines = [str(pk) for pk in order.lines.values_list("pk", flat=True)]
    opened = (
        Access.objects.filter(source_kind=SourceKind.ORDER_LINE, source_id__in=lines)
        .exclude(first_opened_at=None)
        .order_by("first_opened_at")
        .values_list("first_opened_at", flat=True)
        .first()
    )
    if opened is None or order.paid_at is None:
        return ""
    minutes = max(1, round((opened - order.paid_at).total_seconds() / 60))
    with override(language):
        return ngettext(
            "%(name)s opened it a minute later.", "%(name)s opened it %(n)s minutes later.", minutes
        ) % {"name": order.name or order.email, "n": minutes}
