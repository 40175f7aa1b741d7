import pytest

from sandbox.testing import ControlFailed
from tests.sandbox.making import DISPUTED, make_payment, make_session


def test_a_disputing_card_pays_first(client, sandbox):
    session = sandbox.pay(make_session(client).id, DISPUTED)
    assert session["payment_status"] == "paid"
    assert client.v1.disputes.list().data == []
    sandbox.forward(61)
    dispute = client.v1.disputes.list({"payment_intent": session["payment_intent"]}).data[0]
    assert (dispute.status, dispute.amount) == ("needs_response", 4900)
    assert client.v1.charges.retrieve(dispute.charge).disputed


def test_what_was_refunded_in_time_is_not_disputed(client, sandbox):
    session = sandbox.pay(make_session(client).id, DISPUTED)
    client.v1.refunds.create({"payment_intent": session["payment_intent"]})
    sandbox.forward(61)
    assert client.v1.disputes.list().data == []


@pytest.mark.parametrize(
    ("won", "status", "last"),
    [
        (True, "won", "charge.dispute.funds_reinstated"),
        (False, "lost", "charge.dispute.closed"),
    ],
)
def test_a_dispute_is_won_or_lost(client, sandbox, won, status, last):
    dispute = sandbox.dispute(make_payment(client).latest_charge)
    sandbox.decide_dispute(dispute["id"], won=won)
    sandbox.decide_dispute(dispute["id"], won=not won)
    assert client.v1.disputes.retrieve(dispute["id"]).status == status
    assert sandbox.events()[-1]["type"] == last


def test_the_money_leaves_and_comes_back(client, sandbox):
    dispute = sandbox.dispute(make_payment(client).latest_charge)
    sandbox.decide_dispute(dispute["id"], won=True)
    moves = client.v1.balance_transactions.list({"type": "adjustment"}).data
    assert [move.amount for move in moves] == [4900, -4900]
    assert sum(move.net for move in moves) == 0


def test_a_charge_is_disputed_once(client, sandbox):
    charge = make_payment(client).latest_charge
    sandbox.dispute(charge)
    with pytest.raises(ControlFailed, match="cannot be disputed"):
        sandbox.dispute(charge)
