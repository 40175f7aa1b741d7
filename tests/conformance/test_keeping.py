"""What Sevenfold relies on when a card is kept, and charged later without its owner."""

from __future__ import annotations

import pytest
import stripe

from tests.conformance.test_checkout import open_session
from tests.conformance.test_payments import pay

NO_REDIRECT = {"enabled": True, "allow_redirects": "never"}


@pytest.fixture
def customer(client):
    return client.v1.customers.create({"email": "charlie@example.com"}).id


def keep(client, method="pm_card_visa", **over):
    params = {"payment_method": method, "confirm": True, "automatic_payment_methods": NO_REDIRECT}
    return client.v1.setup_intents.create(params | over)


def test_a_card_kept_while_paying_is_charged_later(client, customer):
    first = pay(client, customer=customer, setup_future_usage="off_session")
    (method,) = client.v1.customers.payment_methods.list(customer, {"type": "card"}).data
    assert method.id == first.payment_method
    later = pay(client, method.id, customer=customer, off_session=True)
    assert (later.status, later.metadata["order"]) == ("succeeded", "7")


def test_a_card_kept_without_paying_is_charged_later(client, customer):
    kept = keep(client, customer=customer, metadata={"order": "7"})
    assert (kept.status, kept.usage, kept.metadata["order"]) == ("succeeded", "off_session", "7")
    assert client.v1.payment_methods.retrieve(kept.payment_method).customer == customer
    assert pay(client, kept.payment_method, customer=customer, off_session=True).amount == 4900


def test_a_card_that_was_not_kept_pays_once(client, customer):
    method = pay(client, customer=customer).payment_method
    assert client.v1.customers.payment_methods.list(customer).data == []
    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        pay(client, method, customer=customer)


def test_a_card_that_must_be_asked_leaves_an_intent_for_its_owner(client, customer):
    name = "pm_card_authenticationRequired"
    method = client.v1.payment_methods.attach(name, {"customer": customer}).id
    with pytest.raises(stripe.CardError) as caught:
        pay(client, method, customer=customer, off_session=True)
    error = caught.value.json_body["error"]
    assert (caught.value.http_status, error["code"]) == (402, "authentication_required")
    assert error["payment_method"]["id"] == method
    intent = client.v1.payment_intents.retrieve(error["payment_intent"]["id"])
    assert intent.status == "requires_payment_method"
    assert client.v1.payment_intents.cancel(intent.id).status == "canceled"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("pm_card_chargeCustomerFail", "generic_decline"),
        (
            "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds",
            "insufficient_funds",
        ),
    ],
)
def test_a_kept_card_may_be_refused_later(client, customer, name, code):
    method = client.v1.payment_methods.attach(name, {"customer": customer}).id
    with pytest.raises(stripe.CardError) as caught:
        pay(client, method, customer=customer, off_session=True)
    assert caught.value.json_body["error"]["decline_code"] == code


def test_a_card_set_up_before_is_charged_without_asking(client, customer):
    name = "pm_card_authenticationRequiredSetupForOffSession"
    method = client.v1.payment_methods.attach(name, {"customer": customer}).id
    assert pay(client, method, customer=customer, off_session=True).status == "succeeded"
    assert pay(client, method, customer=customer).status == "requires_action"


def test_a_refused_card_is_not_kept(client, customer):
    with pytest.raises(stripe.CardError) as caught:
        keep(client, "pm_card_chargeDeclined", customer=customer)
    error = caught.value.json_body["error"]
    assert error["setup_intent"]["status"] == "requires_payment_method"
    assert client.v1.customers.payment_methods.list(customer).data == []


def test_keeping_is_given_up(client, customer):
    intent = client.v1.setup_intents.create({"customer": customer})
    assert intent.id in [
        one.id for one in client.v1.setup_intents.list({"customer": customer}).data
    ]
    assert client.v1.setup_intents.cancel(intent.id).status == "canceled"
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.setup_intents.confirm(intent.id)
    assert caught.value.code == "setup_intent_unexpected_state"


def test_a_session_of_a_known_customer_says_so(client, customer):
    data = {"setup_future_usage": "off_session", "metadata": {"order": "7"}}
    session = open_session(client, customer=customer, payment_intent_data=data)
    assert (session.customer, session.customer_creation) == (customer, None)
    assert session.customer_details.email == "charlie@example.com"
    with pytest.raises(stripe.InvalidRequestError, match="only specify one"):
        open_session(client, customer=customer, customer_email="dana@example.com")


def test_a_session_that_keeps_a_card_has_no_amount(client, customer):
    session = client.v1.checkout.sessions.create(
        {
            "mode": "setup",
            "currency": "usd",
            "customer": customer,
            "success_url": "https://example.com/",
            "setup_intent_data": {"metadata": {"order": "7"}},
            "expand": ["setup_intent"],
        }
    )
    assert (session.amount_total, session.payment_status) == (None, "no_payment_required")
    assert (session.status, session.payment_intent) == ("open", None)
    client.v1.checkout.sessions.expire(session.id)
    assert client.v1.checkout.sessions.retrieve(session.id).status == "expired"
