import pytest
import stripe

from sandbox.faults import Fault, Faults
from tests.sandbox.making import make_payment

ONCE = {"max_network_retries": 0}


def test_a_rate_limit_comes_before_acting(client, sandbox):
    sandbox.fault("rate_limit")
    with pytest.raises(stripe.RateLimitError):
        client.v1.customers.create({"name": "Charlie"}, ONCE)
    assert client.v1.customers.list().data == []


def test_a_broken_server_may_have_acted(client, sandbox):
    sandbox.fault("error", when="after")
    with pytest.raises(stripe.APIError):
        client.v1.customers.create({"name": "Charlie"}, ONCE)
    assert len(client.v1.customers.list().data) == 1


def test_a_connection_cut_before_acting_leaves_nothing(client, sandbox):
    sandbox.fault("drop")
    with pytest.raises(stripe.APIConnectionError):
        client.v1.customers.create({"name": "Charlie"}, ONCE)
    assert client.v1.customers.list().data == []


@pytest.mark.parametrize("kind", ["drop", "error", "rate_limit"])
def test_an_answer_lost_after_acting_comes_again_with_the_same_key(client, sandbox, kind):
    payment = make_payment(client)
    sandbox.fault(kind, when="after", path="/v1/refunds")
    key = {"idempotency_key": "refund-1", "max_network_retries": 0}
    with pytest.raises(stripe.StripeError):
        client.v1.refunds.create({"payment_intent": payment.id, "amount": 900}, key)
    again = client.v1.refunds.create({"payment_intent": payment.id, "amount": 900}, key)
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert client.v1.charges.retrieve(payment.latest_charge).amount_refunded == 900


def test_a_key_is_free_again_when_nothing_was_done(client, sandbox):
    sandbox.fault("error")
    with pytest.raises(stripe.APIError):
        client.v1.customers.create({"name": "Charlie"}, {**ONCE, "idempotency_key": "k"})
    made = client.v1.customers.create({"name": "Charlie"}, {"idempotency_key": "k"})
    assert "Idempotent-Replayed" not in made.last_response.headers


def test_the_sdk_retries_through_a_fault(client, sandbox):
    sandbox.fault("drop", when="after")
    client.v1.customers.create({"name": "Charlie"}, {"max_network_retries": 2})
    assert len(client.v1.customers.list().data) == 1


def test_a_fault_happens_as_often_as_asked():
    faults = Faults()
    faults.add(Fault("drop", times=2))
    took = [faults.take("GET", "/v1/charges", "before") for _ in range(3)]
    assert [bool(fault) for fault in took] == [True, True, False]


@pytest.mark.parametrize(
    ("method", "path", "when"),
    [
        ("GET", "/v1/refunds", "before"),
        ("POST", "/v1/charges", "before"),
        ("POST", "/v1/refunds", "after"),
    ],
)
def test_a_fault_waits_for_the_request_it_is_meant_for(method, path, when):
    faults = Faults()
    faults.add(Fault("drop", method="post", path="/v1/refunds"))
    assert faults.take(method, path, when) is None


def test_there_is_no_fault_of_another_kind():
    with pytest.raises(ValueError, match="rate_limit"):
        Fault("nonsense")
