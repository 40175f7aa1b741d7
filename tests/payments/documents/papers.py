"""Paid orders, refunds and sellers, as rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core import tokens
from payments.models import Document, Order, OrderLine, Payment, Refund
from payments.services.documents import snapshots
from stores.models import Business, Store
from tests.conftest import NOW, make_product

LICENSED = {
    "legal_name": "Alice Cohen",
    "kind": "licensed",
    "tax_id": "123456782",
    "address": "Herzl 5",
    "city": "Haifa",
    "country": "IL",
    "email": "hello@thread.example",
}


def make_business(**over: Any) -> Business:
    """Write down who sells in the store in scope."""
    return Business.objects.create(**LICENSED | over)


def business_in(store: Store) -> Business:
    """Return who sells in a store, named as it is."""
    found: Business = Business.objects.get_or_create(
        store=store, defaults=LICENSED | {"legal_name": store.name}
    )[0]
    return found


def paper_of(order: Order) -> Document:
    """Return a document that names the order's buyer, issued the first time."""
    business = business_in(order.store)
    found: Document = Document.objects.get_or_create(
        source=f"paid:{order.public_id}",
        defaults={
            "kind": "invoice_receipt",
            "number": 1,
            "order": order,
            "issued_at": NOW,
            "issued_on": NOW.date(),
            "language": "en",
            "currency": order.currency,
            "net": 4153,
            "vat": 747,
            "total": 4900,
            "vat_basis_points": 1800,
            "snapshot": {
                "seller": snapshots.seller_of(business, order.store),
                "buyer": snapshots.buyer_of(order),
                "lines": snapshots.lines_of(order),
                "order": order.number,
                "about": None,
                "means": snapshots.means_of(order, None, NOW),
            },
        },
    )[0]
    return found


def make_order(*amounts: int, paid_at: datetime | None = NOW, **over: Any) -> Order:
    """Return a paid order with a line for each amount; one not paid with ``paid_at=None``."""
    amounts = amounts or (4900,)
    number = (
        Order.objects.order_by("-number").values_list("number", flat=True).first() or 1000
    ) + 1
    order = Order.objects.create(
        number=number,
        attempt=tokens.public_id(),
        email="charlie@example.com",
        name="Charlie",
        language="en",
        currency="ILS",
        total=sum(amounts),
        provider="stripe",
        status="paid" if paid_at else "pending",
        terms_accepted_at=NOW,
        placed_at=NOW,
        paid_at=paid_at,
        **over,
    )
    for amount in amounts:
        product = make_product(amount=amount)
        OrderLine.objects.create(
            order=order,
            product=product,
            price=product.prices.get(),
            title=product.title,
            amount=amount,
            length="forever",
        )
    if paid_at:
        Payment.objects.create(
            order=order,
            payment_intent=f"pi_{order.public_id}",
            amount=order.total,
            currency="ILS",
            card_last4="4242",
            paid_at=paid_at,
        )
    return order


def make_refund(order: Order, amount: int, **over: Any) -> Refund:
    """Return a refund of so much that went through."""
    return Refund.objects.create(
        payment=order.payments.get(),
        amount=amount,
        currency=order.currency,
        state=over.pop("state", "succeeded"),
        stripe_id=over.pop("stripe_id", tokens.public_id()),
        **over,
    )
