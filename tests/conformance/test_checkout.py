"""What Sevenfold relies on when it opens a checkout."""

from __future__ import annotations

import time

import pytest
import stripe

HOUR = 3600


def open_session(client, **over):
    price = {"currency": "usd", "unit_amount": 4900, "product_data": {"name": "Knots"}}
    params = {
        "mode": "payment",
        "ui_mode": "hosted_page",
        "line_items": [{"quantity": 2, "price_data": price}],
        "success_url": "https://example.com/paid/?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "https://example.com/",
        "client_reference_id": "order-7",
        "metadata": {"order": "7"},
        "payment_intent_data": {"metadata": {"order": "7"}},
        "expires_at": int(time.time()) + HOUR,
    }
    return client.v1.checkout.sessions.create(params | over)


def test_a_session_is_open_with_a_page_and_the_total(client):
    session = open_session(client, customer_email="charlie@example.com")
    assert (session.status, session.payment_status, session.mode) == ("open", "unpaid", "payment")
    assert (session.amount_total, session.currency) == (9800, "usd")
    assert (session.client_reference_id, session.metadata["order"]) == ("order-7", "7")
    assert session.url.startswith("http")
    assert session.payment_intent is None


def test_line_items_are_asked_for(client):
    session = open_session(client, expand=["line_items"])
    assert [item.amount_total for item in session.line_items.data] == [9800]
    assert "line_items" not in client.v1.checkout.sessions.retrieve(session.id)
    listed = client.v1.checkout.sessions.line_items.list(session.id).data
    assert [(item.description, item.quantity) for item in listed] == [("Knots", 2)]


def test_a_session_expires_by_hand_once(client):
    session = open_session(client)
    expired = client.v1.checkout.sessions.expire(session.id)
    assert (expired.status, expired.url) == ("expired", None)
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.checkout.sessions.expire(session.id)


@pytest.mark.parametrize("hours", [0.1, 25])
def test_a_session_lives_from_half_an_hour_to_a_day(client, hours):
    with pytest.raises(stripe.InvalidRequestError) as caught:
        open_session(client, expires_at=int(time.time() + hours * HOUR))
    assert caught.value.param == "expires_at"


def test_a_payment_needs_items_and_a_way_back(client):
    for left_out in ("line_items", "success_url"):
        with pytest.raises(stripe.InvalidRequestError):
            open_session(client, **{left_out: ""})


def test_hebrew_is_no_locale(client, forgiven):
    with pytest.raises(stripe.InvalidRequestError) as caught:
        open_session(client, locale="he")
    assert caught.value.param == "locale"
