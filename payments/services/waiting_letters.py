"""The mails about orders that wait: how to pay, one reminder, and that the wait is over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from core import days
from mail.services.outbox import post, post_to_creators
from payments.models import Order
from payments.services import letters
from payments.services.addresses import page_url
from payments.services.letters import order_words
from payments.services.resuming import resume_url
from stores.scope import current_store


def how_to_pay(order: Order, now: datetime) -> None:
    """Tell the customer how to pay, once, and what the law wants said of an order."""
    _to_customer(order, "transfer_waiting", letters.rights(order, now, order.language))


def remind(order: Order) -> None:
    """Remind the customer once that the order still waits for their money."""
    _to_customer(order, "transfer_reminder")


def released(order: Order) -> None:
    """Tell the customer that the order is let go, and how to take it up again."""
    _to_customer(order, "transfer_released")


def expect(order: Order) -> None:
    """Tell the creator that money should arrive, with the button that says it did."""
    language = current_store().language
    post_to_creators(
        "transfer_expected",
        key=f"expect:{order.public_id}",
        context={
            **order_words(order, language),
            "store_name": current_store().name,
            "way": order.way.name if order.way else "",
            "until": _until(order, language),
            "received_url": page_url("admin:payments_order_received", order.pk, language=language),
        },
    )


def unfinished(order: Order) -> None:
    """Remind once of an order that was begun and not paid, with the way back into it."""
    language = order.language
    post(
        "unfinished",
        key=f"unfinished:{order.public_id}",
        to=order.email,
        name=order.name,
        language=language,
        context={
            **order_words(order, language),
            "store_name": current_store().name,
            "resume_url": resume_url(order),
        },
    )


def _to_customer(order: Order, kind: str, more: Mapping[str, Any] = MappingProxyType({})) -> None:
    language = order.language
    post(
        kind,
        key=f"{kind}:{order.public_id}",
        to=order.email,
        name=order.name,
        language=language,
        context={
            **order_words(order, language),
            "store_name": current_store().name,
            **_way(order),
            "until": _until(order, language),
            "order_url": page_url("payments:order", order.public_id, language=language),
            "resume_url": resume_url(order),
            **more,
        },
    )


def _way(order: Order) -> dict[str, Any]:
    way = order.way
    return {"way": way.name if way else "", "instructions": way.instructions if way else ""}


def _until(order: Order, language: str) -> str:
    if order.expires_at is None:
        return ""
    day = order.expires_at.astimezone(current_store().zone).date()
    return days.said(day, language)
