"""Plain functions that make what the tests of the sandbox need."""

from __future__ import annotations

from typing import Any

import stripe

from sandbox.testing import LiveSandbox

SUCCESS = "http://thread.localhost:8000/paid/?session={CHECKOUT_SESSION_ID}"
CANCEL = "http://thread.localhost:8000/books/knots/"
GOOD = "4242424242424242"
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


def club_item(amount: int = 4900, name: str = "Club", quantity: int = 1, **rhythm: Any):
    given = item(amount, name, quantity)
    given["price_data"]["recurring"] = {"interval": "month"} | rhythm
    return given


def club_params(**over: Any) -> dict[str, Any]:
    """A session of mode subscription; `rhythm=` is that of its one price."""
    rhythm = over.pop("rhythm", {})
    return session_params(mode="subscription", line_items=[club_item(**rhythm)]) | over


def join(client: stripe.StripeClient, sandbox: LiveSandbox, card: str = GOOD, **over: Any):
    """A subscription, paid for on the hosted page."""
    session = sandbox.pay(client.v1.checkout.sessions.create(club_params(**over)).id, card)
    return client.v1.subscriptions.retrieve(session["subscription"])


def period(subscription: stripe.Subscription) -> tuple[int, int]:
    first = subscription["items"].data[0]
    return first.current_period_start, first.current_period_end


def invoices_of(client: stripe.StripeClient, subscription: str) -> list[stripe.Invoice]:
    """All invoices of a subscription, oldest first."""
    found = client.v1.invoices.list({"subscription": subscription, "limit": 100}).data
    return found[::-1]


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
