import pytest

from tests.sandbox.making import make_payment


@pytest.fixture
def payment(client):
    return make_payment(client)


def test_an_event_keeps_the_object_as_it_was(client, payment):
    client.v1.refunds.create({"payment_intent": payment.id})
    succeeded = client.v1.events.list({"type": "charge.succeeded"}).data[0]
    assert succeeded.data.object["amount_refunded"] == 0
    assert client.v1.events.retrieve(succeeded.id).id == succeeded.id


def test_events_are_found_by_kind(client, payment):
    events = client.v1.events
    assert [e.type for e in events.list({"type": "charge.*"}).data] == ["charge.succeeded"]
    kinds = ["charge.succeeded", "payment_intent.created"]
    assert len(events.list({"types": kinds}).data) == 2


def test_an_event_names_its_request_and_key(client):
    made = client.v1.customers.create({"name": "Charlie"}, {"idempotency_key": "k-1"})
    event = client.v1.events.list().data[0]
    assert event.request.id == made.last_response.headers["Request-Id"]
    assert event.request.idempotency_key == "k-1"


def test_an_event_of_a_connected_account_names_it(client, sandbox):
    client.v1.customers.create({"name": "Charlie"}, {"stripe_account": "acct_alice"})
    assert sandbox.events()[0]["account"] == "acct_alice"
    assert client.v1.events.list().data == []


def test_an_event_of_the_platform_names_no_account(client, sandbox):
    client.v1.customers.create({"name": "Charlie"})
    assert "account" not in sandbox.events()[0]


def test_an_event_carries_the_sandboxs_time(client, sandbox):
    sandbox.forward(86_400)
    made = client.v1.customers.create({"name": "Charlie"})
    assert abs(sandbox.lever("state")["now"] - made.created) < 60
    assert client.v1.events.list().data[0].created == made.created
