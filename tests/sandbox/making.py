"""Plain functions that make what the tests of the sandbox need."""

from __future__ import annotations

from typing import Any

import stripe

SUCCESS = "http://thread.localhost:8000/paid/?session={CHECKOUT_SESSION_ID}"
CANCEL = "http://thread.localhost:8000/books/knots/"
DECLINED = "4000000000000002"
NO_FUNDS = "4000000000009995"
ASKS = "4000002500003155"
ALWAYS_ASKS = "4000002760003184"
FAILS_LATER = "4000000000000341"
DISPUTED = "4000000000000259"
REFUND_WAITS = "4000000000007726"
REFUND_FAILS = "4000000000005126"


def item(amount: int = 4900, name: str = "Knots", quantity: int = 1) -> dict[str, Any]:
    price = {"currency": "ils", "unit_amount": amount, "product_data": {"name": name}}
    return {"quantity": quantity, "price_data": price}


def session_params(**over: Any) -> dict[str, Any]:
    return {
        "mode": "payment",
        "ui_mode": "hosted_page",
        "line_items": [item()],
        "success_url": SUCCESS,
        "cancel_url": CANCEL,
    } | over


def make_session(client: stripe.StripeClient, **over: Any) -> stripe.checkout.Session:
    return client.v1.checkout.sessions.create(session_params(**over))


def intent_params(method: str = "pm_card_visa", **over: Any) -> dict[str, Any]:
    return {
        "amount": 4900,
        "currency": "ils",
        "payment_method": method,
        "confirm": True,
        "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
    } | over


def make_payment(
    client: stripe.StripeClient, method: str = "pm_card_visa", **over: Any
) -> stripe.PaymentIntent:
    return client.v1.payment_intents.create(intent_params(method, **over))
