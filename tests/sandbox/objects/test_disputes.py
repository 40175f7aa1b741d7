import pytest
import stripe

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


def test_a_payment_intent_names_its_charge(client, sandbox):
    payment = make_payment(client)
    dispute = sandbox.dispute(payment.id, reason="product_not_received")
    assert (dispute["charge"], dispute["reason"]) == (payment.latest_charge, "product_not_received")


def test_a_dispute_costs_fifteen_and_gives_it_back_when_won(client, sandbox):
    dispute = sandbox.dispute(make_payment(client).id)
    (taken,) = dispute["balance_transactions"]
    assert (taken["amount"], taken["fee"], taken["net"]) == (-4900, 1500, -6400)
    won = sandbox.win(dispute["id"])
    assert [move["net"] for move in won["balance_transactions"]] == [-6400, 6400]
    assert (
        sum(move.net for move in client.v1.balance_transactions.list({"type": "adjustment"})) == 0
    )


def test_evidence_is_kept_first_and_handed_in_once(client, sandbox):
    dispute = sandbox.dispute(make_payment(client).id)["id"]
    paper = {"access_activity_log": "opened on 3 May", "customer_name": "Charlie"}
    kept = client.v1.disputes.update(dispute, {"evidence": paper, "submit": False})
    assert (kept.status, kept.evidence_details.has_evidence) == ("needs_response", True)
    sent = client.v1.disputes.update(dispute, {"submit": True, "metadata": {"order": "7"}})
    assert (sent.status, sent.evidence_details.submission_count) == ("under_review", 1)
    assert (sent.evidence.customer_name, sent.metadata["order"]) == ("Charlie", "7")
    assert len(sandbox.events("charge.dispute.updated")) == 2
    with pytest.raises(stripe.InvalidRequestError, match="already been submitted"):
        client.v1.disputes.update(dispute, {"evidence": paper})


@pytest.mark.parametrize("verdict", ["winning", "losing"])
def test_evidence_decides_as_in_test_mode(client, sandbox, verdict):
    dispute = sandbox.dispute(make_payment(client).id)["id"]
    client.v1.disputes.update(dispute, {"evidence": {"uncategorized_text": f"{verdict}_evidence"}})
    sandbox.forward(61)
    expected = {"winning": "won", "losing": "lost"}[verdict]
    assert client.v1.disputes.retrieve(dispute).status == expected


@pytest.mark.parametrize(
    ("evidence", "message"),
    [
        ({"receipt": "file_1"}, "not in the sandbox"),
        ({"uncategorized_text": "x" * 150_001}, "150000"),
    ],
)
def test_evidence_is_text_and_has_an_end(client, sandbox, evidence, message):
    dispute = sandbox.dispute(make_payment(client).id)["id"]
    with pytest.raises(stripe.InvalidRequestError, match=message):
        client.v1.disputes.update(dispute, {"evidence": evidence})
    assert not client.v1.disputes.retrieve(dispute).evidence_details.has_evidence


def test_a_dispute_can_be_given_up(client, sandbox):
    dispute = sandbox.dispute(make_payment(client).id)["id"]
    assert client.v1.disputes.close(dispute).status == "lost"
    with pytest.raises(stripe.InvalidRequestError, match="already closed"):
        client.v1.disputes.close(dispute)


def test_who_does_not_answer_in_a_week_loses(client, sandbox):
    dispute = sandbox.dispute(make_payment(client).id)["id"]
    sandbox.forward(8 * 86_400)
    late = client.v1.disputes.retrieve(dispute)
    assert (late.status, late.evidence_details.past_due) == ("lost", True)


def test_an_inquiry_takes_nothing_until_it_becomes_a_chargeback(client, sandbox):
    inquiry = sandbox.dispute(make_payment(client).id, is_inquiry=True)
    assert (inquiry["status"], inquiry["balance_transactions"]) == ("warning_needs_response", [])
    worse = sandbox.lose(inquiry["id"])
    assert (worse["status"], len(worse["balance_transactions"])) == ("needs_response", 1)
    assert sandbox.win(inquiry["id"])["status"] == "won"


def test_an_inquiry_ends_when_the_money_goes_back(client, sandbox):
    payment = make_payment(client)
    inquiry = sandbox.dispute(payment.id, is_inquiry=True)
    client.v1.refunds.create({"payment_intent": payment.id})
    assert client.v1.disputes.retrieve(inquiry["id"]).status == "warning_closed"


@pytest.mark.parametrize("is_won", [True, False])
def test_only_what_was_won_can_still_be_refunded(client, sandbox, is_won):
    payment = make_payment(client)
    sandbox.decide_dispute(sandbox.dispute(payment.id)["id"], won=is_won)
    refund = {"payment_intent": payment.id}
    if is_won:
        assert client.v1.refunds.create(refund).amount == 4900
    else:
        with pytest.raises(stripe.InvalidRequestError, match="charged back"):
            client.v1.refunds.create(refund)
