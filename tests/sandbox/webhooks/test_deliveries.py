import time

import pytest
import stripe

from sandbox.webhooks.deliveries import RETRIES
from tests.sandbox.making import make_payment

PAID = ["payment_intent.created", "payment_intent.succeeded", "charge.succeeded"]


def states(sandbox):
    return [one["state"] for one in sandbox.deliveries()]


def test_events_arrive_signed_and_in_order(client, sandbox, receiver):
    make_payment(client)
    sandbox.deliver()
    assert receiver.types == PAID
    assert states(sandbox) == ["delivered"] * 3


def test_events_arrive_unasked(client, sandbox, receiver):
    sandbox.chaos(hold=False)
    make_payment(client)
    deadline = time.monotonic() + 30
    while states(sandbox) != ["delivered"] * 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert receiver.types == PAID


def test_held_events_wait(client, sandbox, receiver):
    make_payment(client)
    assert states(sandbox) == ["pending"] * 3
    assert receiver.events == []


def test_a_signature_is_of_the_real_time(client, sandbox, receiver):
    sandbox.forward(86_400)
    make_payment(client)
    sandbox.deliver()
    assert receiver.types == PAID
    assert receiver.events[0].created > time.time() + 80_000


@pytest.mark.parametrize("status", [300, 404, 500])
def test_an_event_not_taken_comes_again(client, sandbox, receiver, status):
    receiver.answers = [status]
    client.v1.customers.create({"name": "Charlie"})
    first = sandbox.deliver()[0]
    assert (first["state"], first["status"], first["attempts"]) == ("pending", status, 1)
    assert first["due_at"] > time.time()
    assert sandbox.deliver()[0]["state"] == "delivered"
    assert receiver.types == ["customer.created"] * 2


def test_a_receiver_that_is_down_is_tried_again(client, sandbox, receiver):
    address = receiver.url
    sandbox.listen("http://127.0.0.1:9/")
    client.v1.customers.create({"name": "Charlie"})
    assert "Refused" in sandbox.deliver()[0]["error"]
    sandbox.listen(address)
    assert sandbox.deliver()[0]["state"] == "delivered"


def test_in_the_end_it_is_given_up(client, sandbox, receiver):
    receiver.answers = [500] * 20
    client.v1.customers.create({"name": "Charlie"})
    for _ in range(len(RETRIES) + 1):
        last = sandbox.deliver()[0]
    assert last["state"] == "failed"
    assert sandbox.deliver() == []


def test_the_event_counts_who_was_not_told_yet(client, sandbox, receiver):
    client.v1.customers.create({"name": "Charlie"})
    assert client.v1.events.list().data[0].pending_webhooks == 1
    sandbox.deliver()
    assert client.v1.events.list().data[0].pending_webhooks == 0


def test_an_event_can_be_sent_again(client, sandbox, receiver):
    make_payment(client)
    sandbox.deliver()
    last, first = sandbox.events()[-1], sandbox.events()[0]
    sandbox.deliver(last["id"], first["id"], last["id"])
    assert receiver.types[3:] == ["charge.succeeded", "payment_intent.created", "charge.succeeded"]


def test_duplicates_are_sent_when_asked_for(client, sandbox, receiver):
    sandbox.chaos(duplicate=2)
    client.v1.customers.create({"name": "Charlie"})
    sandbox.deliver()
    assert len({event.id for event in receiver.events}) == 1
    assert len(receiver.events) == 3


def test_the_newest_first_when_asked_for(client, sandbox, receiver):
    sandbox.chaos(reorder=True)
    make_payment(client)
    sandbox.deliver()
    assert receiver.types == PAID[::-1]


def test_dropped_events_never_come(client, sandbox, receiver):
    sandbox.chaos(drop=2)
    make_payment(client)
    sandbox.deliver()
    assert receiver.types == PAID[2:]
    assert states(sandbox) == ["dropped", "dropped", "delivered"]
    assert len(client.v1.events.list().data) == 3


def test_a_lost_answer_brings_the_event_again(client, sandbox, receiver):
    sandbox.chaos(fail=1)
    client.v1.customers.create({"name": "Charlie"})
    sandbox.deliver()
    sandbox.deliver()
    assert receiver.types == ["customer.created"] * 2


def test_delayed_events_are_due_later(client, sandbox, receiver):
    sandbox.chaos(delay=1000)
    client.v1.customers.create({"name": "Charlie"})
    assert sandbox.deliveries()[0]["due_at"] > time.time() + 900


def test_an_endpoint_is_told_what_it_asked_for(client, sandbox, receiver):
    sandbox.reset()
    sandbox.chaos(hold=True)
    made = client.v1.webhook_endpoints.create(
        {"url": receiver.url, "enabled_events": ["charge.succeeded"]}
    )
    receiver.secret = made.secret
    make_payment(client)
    sandbox.deliver()
    assert receiver.types == ["charge.succeeded"]


@pytest.mark.parametrize(("connect", "names"), [(True, ["acct_alice"]), (False, [None])])
def test_an_endpoint_is_told_of_its_own_or_of_the_connected(
    client, sandbox, receiver, connect, names
):
    sandbox.reset()
    sandbox.chaos(hold=True)
    made = client.v1.webhook_endpoints.create(
        {"url": receiver.url, "enabled_events": ["*"], "connect": connect}
    )
    receiver.secret = made.secret
    client.v1.customers.create({"name": "Charlie"})
    client.v1.customers.create({"name": "Charlie"}, {"stripe_account": "acct_alice"})
    sandbox.deliver()
    assert [getattr(event, "account", None) for event in receiver.events] == names


def test_nobody_is_told_when_the_deed_was_undone(client, sandbox, receiver):
    with pytest.raises(stripe.InvalidRequestError):
        make_payment(client, expand=["nonsense"])
    assert sandbox.deliver() == []
