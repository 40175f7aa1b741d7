from concurrent.futures import ThreadPoolExecutor

import pytest
import stripe

from tests.sandbox.making import intent_params, make_payment

KEY = {"idempotency_key": "order-1"}


def test_the_same_key_and_body_get_the_same_answer(client):
    first = client.v1.customers.create({"name": "Charlie"}, KEY)
    second = client.v1.customers.create({"name": "Charlie"}, KEY)
    assert second.id == first.id
    assert second.last_response.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.last_response.headers


def test_the_same_key_with_another_body_is_an_error(client):
    client.v1.customers.create({"name": "Charlie"}, KEY)
    with pytest.raises(stripe.IdempotencyError, match="same parameters"):
        client.v1.customers.create({"name": "Dana"}, KEY)
    assert len(client.v1.customers.list().data) == 1


def test_a_key_belongs_to_its_account(client):
    first = client.v1.customers.create({"name": "Charlie"}, KEY)
    second = client.v1.customers.create({"name": "Charlie"}, {**KEY, "stripe_account": "acct_a"})
    assert first.id != second.id


def test_a_declined_card_is_remembered_for_its_key(client, sandbox):
    for _ in range(2):
        with pytest.raises(stripe.CardError):
            client.v1.payment_intents.create(intent_params("pm_card_chargeDeclined"), KEY)
    assert len(sandbox.events("charge.failed")) == 1
    assert [call["is_replay"] for call in sandbox.calls()] == [False, True]


def test_an_error_of_the_operation_is_remembered_for_its_key(client):
    with pytest.raises(stripe.InvalidRequestError, match="No such product"):
        client.v1.prices.create({"currency": "ils", "unit_amount": 1, "product": "x"}, KEY)
    client.v1.products.create({"id": "x", "name": "Knots"})
    with pytest.raises(stripe.InvalidRequestError, match="No such product"):
        client.v1.prices.create({"currency": "ils", "unit_amount": 1, "product": "x"}, KEY)


def test_a_body_that_is_no_request_is_not_remembered(client, sandbox):
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.customers.create({"nonsense": "1"}, KEY)
    sandbox.violations.clear()
    assert client.v1.customers.create({"name": "Charlie"}, KEY).name == "Charlie"


def test_a_key_at_work_is_a_conflict(client, sandbox):
    sandbox.fault("slow", seconds=1, method="POST")
    with ThreadPoolExecutor() as pool:
        first = pool.submit(client.v1.customers.create, {"name": "Charlie"}, KEY)
        while sandbox.lever("state")["faults"]:
            pass
        with pytest.raises(stripe.APIError) as caught:
            client.v1.customers.create({"name": "Charlie"}, KEY | {"max_network_retries": 0})
    assert caught.value.http_status == 409
    assert caught.value.json_body["error"]["code"] == "idempotency_key_in_use"
    assert first.result().name == "Charlie"


def test_fifty_at_once_with_one_key_do_it_once(client, sandbox):
    payment = make_payment(client)

    def give_back(_):
        return client.v1.refunds.create(
            {"payment_intent": payment.id, "amount": 100}, KEY | {"max_network_retries": 5}
        ).id

    with ThreadPoolExecutor(50) as pool:
        refunds = set(pool.map(give_back, range(50)))
    assert len(refunds) == 1
    assert len(sandbox.events("refund.created")) == 1


def test_a_key_of_more_than_255_characters_is_refused(client):
    with pytest.raises(stripe.InvalidRequestError, match="255 characters"):
        client.v1.customers.create({}, {"idempotency_key": "x" * 256})
