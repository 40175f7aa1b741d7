import pytest
import stripe

from tests.sandbox.making import (
    ALWAYS_ASKS,
    ASKS,
    DECLINED,
    intent_params,
    make_payment,
    make_session,
)


def test_a_good_card_pays(client):
    payment = make_payment(client, expand=["latest_charge"])
    assert (payment.status, payment.amount_received) == ("succeeded", 4900)
    assert (payment.latest_charge.paid, payment.latest_charge.captured) == (True, True)


def test_an_intent_waits_for_a_card_then_for_a_word(client):
    intent = client.v1.payment_intents.create({"amount": 100, "currency": "ils"})
    assert intent.status == "requires_payment_method"
    params = {"payment_method": "pm_card_visa"}
    assert client.v1.payment_intents.update(intent.id, params).status == "requires_confirmation"
    back = {"return_url": "http://localhost/"}
    assert client.v1.payment_intents.confirm(intent.id, back).status == "succeeded"


@pytest.mark.parametrize(
    ("method", "code", "decline"),
    [
        ("pm_card_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"),
        ("pm_card_chargeCustomerFail", "card_declined", "generic_decline"),
    ],
)
def test_a_refused_card_says_why_and_leaves_the_intent_open(client, sandbox, method, code, decline):
    with pytest.raises(stripe.CardError) as caught:
        make_payment(client, method)
    error = caught.value.json_body["error"]
    assert (caught.value.http_status, caught.value.code) == (402, code)
    assert error["decline_code"] == decline
    intent = client.v1.payment_intents.retrieve(error["payment_intent"]["id"])
    assert intent.status == "requires_payment_method"
    assert intent.last_payment_error.decline_code == decline
    assert [e["type"] for e in sandbox.events()] == [
        "payment_intent.created",
        "charge.failed",
        "payment_intent.payment_failed",
    ]


def test_a_card_that_asks_needs_an_answer(client, sandbox):
    intent = make_payment(client, "pm_card_authenticationRequired")
    assert intent.status == "requires_action"
    assert intent.next_action.redirect_to_url.url == f"{sandbox.url}/3ds/{intent.id}"
    assert sandbox.authenticate(intent.id)["status"] == "succeeded"


def test_a_refused_question_leaves_the_intent_open(client, sandbox):
    intent = make_payment(client, "pm_card_authenticationRequired")
    refused = sandbox.authenticate(intent.id, confirm=False)
    assert refused["status"] == "requires_payment_method"
    assert refused["last_payment_error"]["code"] == "payment_intent_authentication_failure"
    assert client.v1.charges.list().data == []


def test_nobody_can_be_asked_off_session(client):
    with pytest.raises(stripe.CardError) as caught:
        make_payment(client, "pm_card_authenticationRequired", off_session=True)
    assert caught.value.code == "authentication_required"


def test_a_card_once_set_up_is_not_asked_again(client, sandbox):
    customer = client.v1.customers.create({"name": "Charlie"}).id
    first = make_payment(
        client,
        "pm_card_authenticationRequiredOnSetup",
        customer=customer,
        setup_future_usage="off_session",
    )
    method = sandbox.authenticate(first.id)["payment_method"]
    again = make_payment(client, method, customer=customer, off_session=True)
    assert again.status == "succeeded"


def test_a_card_may_redirect_unless_told_not_to(client):
    with pytest.raises(stripe.InvalidRequestError, match="return_url"):
        make_payment(client, automatic_payment_methods={"enabled": True})


@pytest.mark.parametrize("status", ["succeeded", "canceled"])
def test_what_is_over_cannot_be_confirmed_or_canceled(client, status):
    intents = client.v1.payment_intents
    intent = make_payment(client, confirm=status == "succeeded")
    if status == "canceled":
        assert intents.cancel(intent.id, {"cancellation_reason": "abandoned"}).status == status
    for verb in (intents.confirm, intents.cancel):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            verb(intent.id)
        assert caught.value.code == "payment_intent_unexpected_state"


def test_the_intent_of_a_session_is_the_sessions_alone(client, sandbox):
    session = sandbox.pay(make_session(client).id, DECLINED)
    for verb in (client.v1.payment_intents.confirm, client.v1.payment_intents.cancel):
        with pytest.raises(stripe.InvalidRequestError, match="Checkout Session"):
            verb(session["payment_intent"])


def test_a_paid_intent_changes_its_words_alone(client):
    intent = make_payment(client)
    changed = client.v1.payment_intents.update(intent.id, {"metadata": {"order": "7"}})
    assert changed.metadata["order"] == "7"
    with pytest.raises(stripe.InvalidRequestError, match="could not be updated"):
        client.v1.payment_intents.update(intent.id, {"amount": 1})


@pytest.mark.parametrize(
    ("over", "code"),
    [
        ({"amount": 0}, "parameter_invalid_integer"),
        ({"amount": -5}, "parameter_invalid_integer"),
        ({"amount": 100_000_000}, "amount_too_large"),
        ({"amount": 49, "currency": "usd"}, "amount_too_small"),
        ({"currency": "shekels"}, ""),
        ({"payment_method": "pm_x"}, "resource_missing"),
        ({"customer": "cus_x"}, "resource_missing"),
        ({"capture_method": "manual"}, "not_in_the_sandbox"),
    ],
)
def test_what_cannot_be_charged_is_refused(client, over, code):
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.payment_intents.create(intent_params(**over))
    assert (caught.value.code or "") == code
    assert client.v1.payment_intents.list().data == []


def test_another_customers_card_cannot_be_charged(client):
    charlie = client.v1.customers.create({"name": "Charlie"}).id
    dana = client.v1.customers.create({"name": "Dana"}).id
    method = client.v1.payment_methods.attach("pm_card_visa", {"customer": charlie}).id
    with pytest.raises(stripe.InvalidRequestError, match="does not belong"):
        make_payment(client, method, customer=dana)


@pytest.fixture
def kept(client, sandbox):
    """Pays a session with a card that is kept for later; returns customer and payment method."""

    def pay(card, **over):
        data = {"setup_future_usage": "off_session"}
        session = sandbox.pay(make_session(client, payment_intent_data=data, **over).id, card)
        intent = client.v1.payment_intents.retrieve(session["payment_intent"])
        if intent.status == "requires_action":
            intent = client.v1.payment_intents.retrieve(sandbox.authenticate(intent.id)["id"])
        return {"customer": intent.customer, "method": intent.payment_method}

    return pay


@pytest.mark.parametrize("card", ["4242424242424242", ASKS])
def test_a_card_kept_at_checkout_is_charged_later(client, kept, card):
    later = make_payment(client, **kept(card), off_session=True, metadata={"order": "8"})
    assert (later.status, later.metadata["order"]) == ("succeeded", "8")
    assert client.v1.charges.retrieve(later.latest_charge).metadata["order"] == "8"


def test_a_card_that_always_asks_needs_its_owner_later(client, sandbox, kept):
    with pytest.raises(stripe.CardError) as caught:
        make_payment(client, **kept(ALWAYS_ASKS), off_session=True)
    error = caught.value.json_body["error"]
    assert (caught.value.http_status, error["decline_code"]) == (402, "authentication_required")
    assert error["payment_intent"]["status"] == "requires_payment_method"
    assert error["payment_method"]["id"]
    assert client.v1.payment_intents.cancel(error["payment_intent"]["id"]).status == "canceled"


def test_a_bank_may_refuse_a_kept_card_later(client, sandbox, kept):
    card = kept("4242424242424242")
    sandbox.refuse(card["method"], "insufficient_funds")
    with pytest.raises(stripe.CardError) as caught:
        make_payment(client, **card, off_session=True)
    assert caught.value.json_body["error"]["decline_code"] == "insufficient_funds"
    sandbox.refuse(card["method"], "")
    assert make_payment(client, **card, off_session=True).status == "succeeded"


def test_a_card_that_was_not_kept_pays_once(client, sandbox):
    session = sandbox.pay(make_session(client, customer_creation="always").id)
    method = client.v1.payment_intents.retrieve(session["payment_intent"]).payment_method
    assert client.v1.customers.payment_methods.list(session["customer"]).data == []
    for customer in (session["customer"], None):
        with pytest.raises(stripe.InvalidRequestError, match="It may not be used again"):
            make_payment(client, method, **({"customer": customer} if customer else {}))


def test_a_question_can_be_made_an_error(client):
    with pytest.raises(stripe.CardError) as caught:
        make_payment(client, "pm_card_authenticationRequired", error_on_requires_action=True)
    assert caught.value.code == "authentication_required"


def test_a_card_set_up_elsewhere_is_asked_on_session_alone(client):
    name = "pm_card_authenticationRequiredSetupForOffSession"
    assert make_payment(client, name, off_session=True).status == "succeeded"
    assert make_payment(client, name).status == "requires_action"


def test_a_card_may_refuse_after_the_bank_agreed(client, sandbox):
    name = "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds"
    refused = sandbox.authenticate(make_payment(client, name).id)
    assert refused["status"] == "requires_payment_method"
    assert refused["last_payment_error"]["decline_code"] == "insufficient_funds"


def test_nobody_is_off_session_before_confirming(client):
    with pytest.raises(stripe.InvalidRequestError, match="confirm=true"):
        make_payment(client, confirm=False, off_session=True)
