"""The key in the mail to a buyer's address: who opens it has that mailbox, and nothing more."""

from __future__ import annotations

from datetime import datetime, timedelta

from core import tokens
from payments.models import CancelNotice, Order
from payments.services.addresses import page_url

LASTS = timedelta(days=60)


def mailbox_of(notice: CancelNotice) -> str:
    """Return the address whose reader may confirm or undo a notice; empty when none is known."""
    if notice.order is None:
        return str(notice.email)
    typed = notice.email.strip().lower()
    return typed if typed in addresses_of(notice.order) else str(notice.order.email)


def addresses_of(order: Order) -> set[str]:
    """Return the addresses that are this order's buyer's."""
    known = {order.email.strip().lower()}
    if order.customer is not None:
        known.add(order.customer.user.email)
    return known


def key_url(notice: CancelNotice) -> str:
    """Return the link for the mail to ``mailbox_of(notice)``; a link to another address dies."""
    secret = tokens.keyed_hash("cancel-link", f"{notice.public_id}:{mailbox_of(notice)}")
    hashed = tokens.keyed_hash("cancel", secret)
    if notice.key_hash != hashed:
        notice.key_hash = hashed
        notice.save(update_fields=["key_hash"])
    return page_url("payments:cancel-mail", secret, language=notice.language)


def opened_by(secret: str, now: datetime) -> CancelNotice | None:
    """Return the notice a mailed key is about, or None."""
    hashed = tokens.keyed_hash("cancel", secret)
    found: CancelNotice | None = (
        CancelNotice.objects.filter(key_hash=hashed, recorded_at__gt=now - LASTS)
        .select_related("order__customer__user", "line")
        .first()
    )
    return found
