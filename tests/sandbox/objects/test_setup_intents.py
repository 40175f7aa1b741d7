import pytest
import stripe

from tests.sandbox.making import ALWAYS_ASKS, ASKS, DECLINED, SUCCESS, make_payment

NO_REDIRECT = {"enabled": True, "allow_redirects": "never"}


@pytest.fixture
def customer(client):
    return client.v1.customers.create({"email": "charlie@example.com"}).id


def keep(client, method="pm_card_visa", **over):
    params = {
        "payment_method": method,
        "confirm": True,
        "automatic_payment_methods": NO_REDIRECT,
        "metadata": {"order": "7"},
    }
    return client.v1.setup_intents.create(params | over)


def keeping(client, **over):
    """A checkout session that keeps a card."""
    params = {"mode": "setup", "currency": "ils", "success_url": SUCCESS}
    return client.v1.checkout.sessions.create(params | over)


def test_a_kept_card_is_the_customers_and_pays_later(client, sandbox, customer):
    kept = keep(client, customer=customer)
    assert (kept.status, kept.usage, kept.metadata["order"]) == ("succeeded", "off_session", "7")
    assert client.v1.payment_methods.retrieve(kept.payment_method).customer == customer
    later = make_payment(client, kept.payment_method, customer=customer, off_session=True)
    assert later.status == "succeeded"
    assert [e["type"] for e in sandbox.events()][1:4] == [
        "setup_intent.created",
        "payment_method.attached",
        "setup_intent.succeeded",
    ]


def test_a_card_that_asks_is_asked_once(client, sandbox, customer):
    asked = keep(client, "pm_card_authenticationRequiredOnSetup", customer=customer)
    assert asked.next_action.redirect_to_url.url == f"{sandbox.url}/3ds/{asked.id}"
    method = sandbox.authenticate(asked.id)["payment_method"]
    assert make_payment(client, method, customer=customer, off_session=True).status == "succeeded"


def test_a_refused_question_keeps_nothing(client, sandbox, customer):
    asked = keep(client, "pm_card_authenticationRequired", customer=customer)
    refused = sandbox.authenticate(asked.id, confirm=False)
    assert refused["last_setup_error"]["code"] == "setup_intent_authentication_failure"
    assert client.v1.customers.payment_methods.list(customer).data == []


def test_a_refused_card_says_why(client, sandbox):
    with pytest.raises(stripe.CardError) as caught:
        keep(client, "pm_card_chargeDeclinedInsufficientFunds")
    error = caught.value.json_body["error"]
    assert error["decline_code"] == "insufficient_funds"
    assert error["setup_intent"]["status"] == "requires_payment_method"
    assert sandbox.events()[-1]["type"] == "setup_intent.setup_failed"


def test_an_intent_waits_is_changed_and_given_up(client, customer):
    intents = client.v1.setup_intents
    intent = intents.create({"customer": customer})
    assert intent.status == "requires_payment_method"
    assert intents.update(intent.id, {"payment_method": "pm_card_visa"}).status == (
        "requires_confirmation"
    )
    assert [one.id for one in intents.list({"customer": customer}).data] == [intent.id]
    canceled = intents.cancel(intent.id, {"cancellation_reason": "abandoned"})
    assert (canceled.status, canceled.cancellation_reason) == ("canceled", "abandoned")
    for verb in (intents.confirm, intents.cancel):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            verb(intent.id)
        assert caught.value.code == "setup_intent_unexpected_state"


def test_another_customers_card_cannot_be_kept(client, customer):
    other = client.v1.customers.create({"name": "Dana"}).id
    method = client.v1.payment_methods.attach("pm_card_visa", {"customer": other}).id
    with pytest.raises(stripe.InvalidRequestError, match="does not belong"):
        keep(client, method, customer=customer)


@pytest.mark.parametrize("card", ["4242424242424242", ASKS])
def test_a_session_keeps_a_card(client, sandbox, customer, card):
    data = {"metadata": {"order": "7"}}
    session = keeping(client, customer=customer, setup_intent_data=data)
    assert (session.amount_total, session.payment_status) == (None, "no_payment_required")
    sandbox.pay(session.id, card)
    sandbox.authenticate(session.setup_intent)
    done = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["setup_intent"]})
    assert (done.status, done.setup_intent.status) == ("complete", "succeeded")
    assert done.setup_intent.metadata["order"] == "7"
    (method,) = client.v1.customers.payment_methods.list(customer).data
    assert method.id == done.setup_intent.payment_method
    assert client.v1.charges.list().data == []


def test_a_session_with_a_refused_card_stays_open(client, sandbox, customer):
    session = keeping(client, customer=customer)
    assert sandbox.pay(session.id, DECLINED)["status"] == "open"
    assert sandbox.pay(session.id)["status"] == "complete"


def test_an_expired_session_keeps_nothing(client, sandbox):
    session = keeping(client)
    client.v1.checkout.sessions.expire(session.id)
    assert client.v1.setup_intents.retrieve(session.setup_intent).status == "canceled"


def test_a_session_makes_the_customer_whose_card_it_keeps(client, sandbox):
    session = keeping(client, customer_creation="always")
    paid = sandbox.pay(session.id, ALWAYS_ASKS, email="dana@example.com")
    sandbox.authenticate(session.setup_intent)
    assert len(client.v1.customers.payment_methods.list(paid["customer"]).data) == 1


@pytest.mark.parametrize(
    ("over", "message"),
    [
        ({"line_items": [{"price": "price_x", "quantity": 1}]}, "in `setup` mode"),
        ({"payment_intent_data": {"description": "x"}}, "in `setup` mode"),
        ({"currency": ""}, "currency"),
        ({"setup_intent_data": {"on_behalf_of": "acct_x"}}, "not in the sandbox"),
    ],
)
def test_what_a_setup_cannot_have_is_refused(client, over, message):
    with pytest.raises(stripe.InvalidRequestError, match=message):
        keeping(client, **over)
