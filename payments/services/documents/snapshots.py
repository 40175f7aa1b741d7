"""What a document says, copied as it is on the day: nothing of it is looked up again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext, override

from payments.models import Document, Order, OrderLine, Payment, Refund
from stores.models import Business, Store
from stores.scope import current_store

Snapshot = dict[str, Any]


def seller_of(business: Business, store: Store) -> Snapshot:
    """Return the seller as documents name it, in the store's language."""
    return {
        "name": business.legal_name,
        "shop": store.name,
        "kind": business.kind,
        "country": business.country,
        "tax_id": business.tax_id,
        "address": [line for line in business.lines(store.language) if line],
        "phone": business.phone,
        "email": business.email,
        "colour": store.look.colour,
    }


def buyer_of(order: Order) -> Snapshot:
    """Return who bought, and for which business where one was named."""
    return {
        "name": order.name,
        "email": order.email,
        "company": order.buyer_company,
        "tax_id": order.buyer_tax_id,
        "country": order.buyer_country,
    }


def lines_of(order: Order) -> list[Snapshot]:
    """Return what was bought, amounts in minor units; ``total`` is what each line cost in all."""
    lines = list(order.lines.all())
    things = [
        {
            "title": line.title,
            "label": line.label,
            "quantity": line.quantity,
            "amount": line.amount,
            "discount": line.discount,
            "tax": line.tax - (line.shipping_total - line.shipping),
            "total": line.total - line.shipping_total,
        }
        for line in lines
    ]
    posting = sum(line.shipping for line in lines)
    if not posting:
        return things
    with override(current_store().language):
        title = gettext("Shipping")
    whole = sum(line.shipping_total for line in lines)
    return [*things, _part(title, "", posting) | {"tax": whole - posting, "total": whole}]


def means_of(order: Order, payment: Payment | None, paid_at: datetime | None) -> Snapshot:
    """Return how the money came: a card with its last digits, or the store's own way by name."""
    way = order.way
    return {
        "kind": way.kind if way else "card",
        "name": way.name if way else "",
        "last4": payment.card_last4 if payment else "",
        "reference": payment.payment_intent if payment else "",
        "paid_at": paid_at.isoformat() if paid_at else "",
    }


def refund_lines(refund: Refund, order: Order) -> list[Snapshot]:
    """Return what a refund is for: one thing of the order, all of it, or a part of its price."""
    return part_lines(refund.line, refund.amount, order)


def part_lines(line: OrderLine | None, amount: int, order: Order) -> list[Snapshot]:
    """Return what so much of an order is for: one thing of it, all, or a part of its price."""
    if line is not None:
        return [_part(line.title, line.label, amount)]
    if amount == order.total:
        return lines_of(order)
    titles = ", ".join(line.title for line in order.lines.all())
    return [{**_part(titles, "", amount), "is_part": True}]


def _part(title: str, label: str, amount: int) -> Snapshot:
    return {
        "title": title,
        "label": label,
        "quantity": 1,
        "amount": amount,
        "discount": 0,
        "tax": 0,
        "total": amount,
    }


def about(document: Document) -> Snapshot:
    """Return how another document is named on paper."""
    return {
        "kind": document.kind,
        "number": document.number,
        "date": document.issued_on.isoformat(),
        "seller_kind": document.snapshot["seller"]["kind"],
    }
