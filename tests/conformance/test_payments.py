"""What Sevenfold relies on when money moves, said once for the sandbox and for Stripe."""

from __future__ import annotations

import uuid

import pytest
import stripe


def pay(client, method="pm_card_visa", **over):
    return client.v1.payment_intents.create(
        {
            "amount": 4900,
            "currency": "usd",
            "payment_method": method,
            "confirm": True,
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
            "metadata": {"order": "7"},
        }
        | over
    )


def test_a_good_card_pays(client):
    intent = pay(client, expand=["latest_charge"])
    assert (intent.status, intent.amount_received, intent.livemode) == ("succeeded", 4900, False)
    assert (intent.latest_charge.paid, intent.latest_charge.metadata["order"]) == (True, "7")
    assert intent.last_payment_error is None


def test_a_refused_card_raises_and_leaves_the_intent_open(client):
    with pytest.raises(stripe.CardError) as caught:
        pay(client, "pm_card_chargeDeclinedInsufficientFunds")
    error = caught.value.json_body["error"]
    assert (caught.value.code, error["decline_code"]) == ("card_declined", "insufficient_funds")
    intent = client.v1.payment_intents.retrieve(error["payment_intent"]["id"])
    assert (intent.status, intent.payment_method) == ("requires_payment_method", None)
    assert intent.last_payment_error.decline_code == "insufficient_funds"


def test_a_card_that_must_be_asked_fails_off_session(client):
    customer = client.v1.customers.create({"name": "Charlie"}).id
    with pytest.raises(stripe.CardError) as caught:
        pay(client, "pm_card_authenticationRequired", customer=customer, off_session=True)
    assert caught.value.code == "authentication_required"


def test_a_refund_in_parts_counts_up_to_all(client):
    intent = pay(client)
    client.v1.refunds.create({"payment_intent": intent.id, "amount": 900})
    part = client.v1.charges.retrieve(intent.latest_charge)
    assert (part.amount_refunded, part.refunded) == (900, False)
    rest = client.v1.refunds.create({"payment_intent": intent.id})
    assert (rest.amount, rest.status) == (4000, "succeeded")
    assert client.v1.charges.retrieve(intent.latest_charge).refunded


def test_a_refund_is_never_more_than_was_paid(client):
    intent = pay(client)
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded amount"):
        client.v1.refunds.create({"payment_intent": intent.id, "amount": 4901})
    client.v1.refunds.create({"payment_intent": intent.id})
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.refunds.create({"payment_intent": intent.id})
    assert caught.value.code == "charge_already_refunded"


def test_the_same_key_gives_the_same_refund(client):
    intent = pay(client)
    key = {"idempotency_key": str(uuid.uuid4())}
    params = {"payment_intent": intent.id, "amount": 100}
    first = client.v1.refunds.create(params, key)
    second = client.v1.refunds.create(params, key)
    assert first.id == second.id
    assert second.last_response.headers["Idempotent-Replayed"] == "true"
    with pytest.raises(stripe.IdempotencyError):
        client.v1.refunds.create({**params, "amount": 200}, key)


def test_a_paid_intent_cannot_be_confirmed_or_canceled(client):
    intent = pay(client)
    for verb in (client.v1.payment_intents.confirm, client.v1.payment_intents.cancel):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            verb(intent.id)
        assert caught.value.code == "payment_intent_unexpected_state"


def test_what_happened_is_in_the_list_of_events(client):
    intent = pay(client)
    events = client.v1.events.list({"type": "payment_intent.succeeded", "limit": 20}).data
    assert intent.id in [event.data.object["id"] for event in events]


def test_absent_objects_and_parameters_are_named(client):
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.payment_intents.retrieve("pi_none")
    assert (caught.value.http_status, caught.value.code) == (404, "resource_missing")
    with pytest.raises(stripe.InvalidRequestError, match="at least") as caught:
        pay(client, amount=1)
    assert (caught.value.code, caught.value.param) == ("amount_too_small", "amount")
