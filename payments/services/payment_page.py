"""What is asked of Stripe's payment page: what is paid for, by whom, and where it leads back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from payments.models import Extra, Order, OrderLine, PaymentAccount
from payments.services.addresses import page_url
from payments.services.quoting import extras_for
from payments.services.subscriptions.checkout import returning_body
from payments.services.subscriptions.discounting import coupon_of
from payments.services.subscriptions.terms import returns
from stores.scope import current_store

LOCALES = frozenset({"en"})
"""Of our languages, those Checkout speaks; Hebrew is not among them (the API's own enumeration)."""


def page_body(order: Order, lines: Sequence[OrderLine], account: PaymentAccount) -> dict[str, Any]:
    """Return the body of a session in which an order is paid, once or again and again."""
    intent = intent_body(order, account)
    main = next(line.price for line in lines if not line.is_extra)
    offered = extras_for(main, who=order.customer, now=order.placed_at, kind=Extra.Kind.UPSELL)
    if any(extra.price.amount for extra in offered):
        intent["setup_future_usage"] = "off_session"
    back = page_url("payments:return", order.public_id, language=order.language)
    checkout = page_url("payments:checkout", main.public_id, language=order.language)
    body = {
        "mode": "payment",
        "ui_mode": "hosted_page",
        "client_reference_id": order.public_id,
        "customer_email": order.email,
        "customer_creation": "always",
        "locale": order.language if order.language in LOCALES else "auto",
        "expires_at": int(order.expires_at.timestamp()) if order.expires_at else 0,
        "line_items": _line_items(order, lines),
        "metadata": intent["metadata"],
        "payment_intent_data": intent,
        "success_url": back + "?session_id={CHECKOUT_SESSION_ID}",
        "cancel_url": _way_back(order, lines) or f"{checkout}?order={order.public_id}",
    }
    if order.subscription is not None:  # all that is left of monthly charges
        paid_by = order.subscription.public_id
        back_to = page_url("payments:subscription", paid_by, language=order.language)
        return body | {"cancel_url": back_to}
    if returns(main) or lines[0].charges:
        return returning_body(body, order, lines[0], account, coupon=coupon_of(order))
    return body


def _way_back(order: Order, lines: Sequence[OrderLine]) -> str:
    """Return the page of the letter that an order answers; empty where it answers none."""
    letter = next((line.renews for line in lines if line.renews is not None), None)
    if letter is None:
        return ""
    return page_url("payments:renew-here", letter.key, language=order.language)


def _line_items(order: Order, lines: Sequence[OrderLine]) -> list[dict[str, Any]]:
    """Return what is paid for as Stripe's page lists it: each thing, then what posting costs."""
    items = [_item(line) for line in lines]
    posting = sum(line.shipping_total for line in lines)
    if posting:
        with override(order.language):
            items.append((_("Shipping"), posting, 1))
    return [
        {
            "quantity": quantity,
            "price_data": {
                "currency": order.currency.lower(),
                "unit_amount": amount,
                "product_data": {"name": name},
            },
        }
        for name, amount, quantity in items
    ]


def _item(line: OrderLine) -> tuple[str, int, int]:
    """Return what a line is called, what one of it costs and how many there are.

    What a coupon or a tax left indivisible is one thing that is called "so many of it".
    """
    whole = line.total - line.shipping_total
    if whole % line.quantity == 0:
        return line.title, whole // line.quantity, line.quantity
    return line.name, whole, 1


def intent_body(order: Order, account: PaymentAccount) -> dict[str, Any]:
    """Return what a payment intent of an order says of it, with the platform's fee."""
    store = current_store()
    intent: dict[str, Any] = {
        "metadata": {
            "order": order.public_id,
            "store": store.public_id,
            "number": str(order.number),
        },
        "description": f"{store.name} · {order.number}"[:500],
    }
    fee = order.total * account.fee_basis_points // 10_000
    if account.stripe_account and fee:
        intent["application_fee_amount"] = fee
    return intent
