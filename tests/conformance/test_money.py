"""What Sevenfold relies on when it compares its payments with the balance, and of disputes."""

from __future__ import annotations

import pytest
import stripe

from tests.conformance.test_payments import pay


def disputed(client, eventually):
    """A charge that its owner's bank disputes, and the dispute."""
    intent = pay(client, "pm_card_createDispute")
    asked = {"payment_intent": intent.id}
    (dispute,) = eventually(lambda: client.v1.disputes.list(asked).data)
    return intent, dispute


def test_a_charge_brings_its_amount_less_a_fee(client):
    path = {"expand": ["latest_charge.balance_transaction"]}
    charge = pay(client, **path).latest_charge
    move = charge.balance_transaction
    assert (move.type, move.source, move.net) == ("charge", charge.id, move.amount - move.fee)
    assert move.fee == sum(one.amount for one in move.fee_details) > 0
    listed = client.v1.balance_transactions.list({"source": charge.id}).data
    assert [one.id for one in listed] == [move.id]


def test_a_refund_takes_its_amount(client):
    intent = pay(client)
    refund = client.v1.refunds.create(
        {"payment_intent": intent.id, "amount": 900, "expand": ["balance_transaction"]}
    )
    move = refund.balance_transaction
    assert (move.type, move.source, move.reporting_category) == ("refund", refund.id, "refund")
    assert (move.amount < 0, move.net) == (True, move.amount - move.fee)


def test_a_refund_that_fails_later_comes_back(client, eventually):
    intent = pay(client, "pm_card_refundFail")
    refund = client.v1.refunds.create({"payment_intent": intent.id})
    assert refund.status == "succeeded"

    def failed():
        found = client.v1.refunds.retrieve(refund.id)
        return found if found.status == "failed" else None

    found = eventually(failed)
    assert (found.status, bool(found.failure_reason)) == ("failed", True)
    move = client.v1.balance_transactions.retrieve(found.failure_balance_transaction)
    assert (move.type, move.amount > 0) == ("refund_failure", True)
    assert not client.v1.charges.retrieve(intent.latest_charge).refunded


def test_moves_are_listed_by_kind_and_time_with_cursors(client):
    path = {"expand": ["latest_charge.balance_transaction"]}
    moves = [pay(client, **path).latest_charge.balance_transaction for _ in range(3)]
    asked = {"type": "charge", "created": {"gte": moves[0].created}, "limit": 2}
    first = client.v1.balance_transactions.list(asked)
    assert len(first.data) == 2
    assert {one.type for one in first.data} == {"charge"}
    found = {one.id for one in first.auto_paging_iter()}
    assert {one.id for one in moves} <= found


def test_a_dispute_takes_the_money_and_a_fee(client, eventually):
    intent, dispute = disputed(client, eventually)
    assert (dispute.status, dispute.reason) == ("needs_response", "fraudulent")
    assert (dispute.charge, dispute.amount) == (intent.latest_charge, 4900)
    (move,) = dispute.balance_transactions
    assert (move.type, move.amount < 0, move.fee > 0) == ("adjustment", True, True)
    assert client.v1.charges.retrieve(dispute.charge).disputed
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.refunds.create({"charge": dispute.charge})
    assert caught.value.code == "charge_disputed"


def test_a_dispute_is_answered_and_won(client, eventually):
    _, dispute = disputed(client, eventually)
    paper = {"access_activity_log": "opened on 3 May", "product_description": "An ebook."}
    kept = client.v1.disputes.update(dispute.id, {"evidence": paper, "submit": False})
    assert (kept.status, kept.evidence_details.has_evidence) == ("needs_response", True)
    winning = {"uncategorized_text": "winning_evidence"}
    client.v1.disputes.update(dispute.id, {"evidence": winning, "submit": True})

    def won():
        found = client.v1.disputes.retrieve(dispute.id)
        return found if found.status == "won" else None

    found = eventually(won)
    assert (found.status, found.evidence_details.submission_count) == ("won", 1)
    assert len(found.balance_transactions) == 2


def test_a_dispute_is_given_up(client, eventually):
    _, dispute = disputed(client, eventually)
    assert client.v1.disputes.close(dispute.id).status == "lost"
    kinds = {"types": ["charge.dispute.created", "charge.dispute.closed"], "limit": 20}
    told = client.v1.events.list(kinds).data
    mine = [one.type for one in told if one.data.object["id"] == dispute.id]
    assert mine == ["charge.dispute.closed", "charge.dispute.created"]
