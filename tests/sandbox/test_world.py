import time
from datetime import UTC, datetime, timedelta

import pytest
import stripe

from sandbox.testing import ControlFailed
from tests.sandbox.making import DISPUTED, make_payment, make_session

HOUR = 3600
DAY = 24 * HOUR
LAST_YEAR = datetime.now(UTC) - timedelta(days=365)


@pytest.fixture
def past(sandbox):
    """The sandbox, a year ago."""
    sandbox.set_clock(LAST_YEAR)
    return sandbox


def test_what_is_made_in_the_past_is_of_the_past(client, past):
    payment = make_payment(client, expand=["latest_charge.balance_transaction"])
    move = payment.latest_charge.balance_transaction
    for made in (payment, payment.latest_charge, move):
        assert abs(made.created - LAST_YEAR.timestamp()) < 60
    assert {abs(e["created"] - payment.created) < 60 for e in past.events()} == {True}


def test_a_session_of_the_past_is_judged_by_the_clock_of_the_past(client, past):
    with pytest.raises(stripe.InvalidRequestError, match="24 hours"):
        make_session(client, expires_at=int(datetime.now(UTC).timestamp()) + HOUR)
    session = make_session(client, expires_at=past.now() + HOUR)
    past.forward(HOUR - 60)
    assert client.v1.checkout.sessions.retrieve(session.id).status == "open"
    past.forward(61)
    assert client.v1.checkout.sessions.retrieve(session.id).status == "expired"


def test_a_session_of_the_past_can_be_paid_in_it(client, past):
    paid = past.pay(make_session(client, expires_at=past.now() + HOUR).id)
    assert paid["payment_status"] == "paid"


def test_each_thing_happens_at_its_own_time_however_far_the_clock_jumps(client, past):
    session = past.pay(make_session(client).id, DISPUTED)
    past.set_clock(None)
    dispute = client.v1.disputes.list({"payment_intent": session["payment_intent"]}).data[0]
    assert dispute.created - session["created"] in range(60, 70)
    assert dispute.status == "lost"
    closed = past.events("charge.dispute.closed")[0]
    assert closed["created"] == dispute.evidence_details.due_by


def test_lists_are_in_the_order_of_the_clock(client, sandbox):
    now = make_payment(client).id
    sandbox.set_clock(LAST_YEAR)
    older = make_payment(client).id
    old = make_payment(client).id
    listed = client.v1.payment_intents.list({"limit": 1}).auto_paging_iter()
    assert [one.id for one in listed] == [now, old, older]
    until = {"lte": int(LAST_YEAR.timestamp()) + DAY}
    found = client.v1.balance_transactions.list({"created": until}).data
    assert len(found) == 2


def test_the_clock_goes_on_from_where_it_was_set(sandbox):
    sandbox.lever("clock", {"to": "2026-05-03T10:00"})
    shown = datetime.fromtimestamp(sandbox.now(), UTC)
    assert (shown.year, shown.month, shown.day, shown.hour) == (2026, 5, 3, 10)
    sandbox.set_clock(None)
    assert sandbox.lever("state")["moved"] == 0


def test_a_stopped_clock_moves_only_when_it_is_moved(sandbox, monkeypatch):
    sandbox.set_clock(LAST_YEAR)
    sandbox.stop_clock()
    stood_at = sandbox.now()
    outside = time.time()
    monkeypatch.setattr(time, "time", lambda: outside + HOUR)
    assert sandbox.now() == stood_at
    sandbox.forward(60)
    assert sandbox.now() == stood_at + 60
    sandbox.set_clock(LAST_YEAR)
    assert sandbox.now() == int(LAST_YEAR.timestamp())
    sandbox.stop_clock(stands=False)
    assert sandbox.now() == int(LAST_YEAR.timestamp())
    monkeypatch.setattr(time, "time", lambda: outside + HOUR + 5)
    assert sandbox.now() == int(LAST_YEAR.timestamp()) + 5


def test_webhooks_of_the_past_are_signed_now(client, past, receiver):
    client.v1.customers.create({"name": "Charlie"})
    past.deliver()
    assert receiver.types == ["customer.created"]


@pytest.mark.parametrize("to", [0, 10**11, "soon", "2001-01-01T00:00"])
def test_the_clock_has_two_ends(sandbox, to):
    with pytest.raises(ControlFailed):
        sandbox.lever("clock", {"to": to})
    assert sandbox.lever("state")["moved"] == 0
