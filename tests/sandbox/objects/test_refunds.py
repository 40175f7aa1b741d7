import pytest
import stripe

from tests.sandbox.making import make_payment

A_MINUTE = 61


def refund(client, payment, **params):
    return client.v1.refunds.create({"payment_intent": payment.id, **params})


def test_all_the_money_goes_back(client):
    payment = make_payment(client)
    given = refund(client, payment, reason="requested_by_customer", metadata={"line": "1"})
    charge = client.v1.charges.retrieve(payment.latest_charge)
    assert (given.status, given.amount, given.charge) == ("succeeded", 4900, charge.id)
    assert (charge.refunded, charge.amount_refunded) == (True, 4900)


def test_money_goes_back_in_parts(client):
    payment = make_payment(client)
    refund(client, payment, amount=900)
    charge = client.v1.charges.retrieve(payment.latest_charge)
    assert (charge.refunded, charge.amount_refunded) == (False, 900)
    assert refund(client, payment).amount == 4000


def test_it_is_told_in_order(client, sandbox):
    payment = make_payment(client)
    before = len(sandbox.events())
    refund(client, payment)
    assert [event["type"] for event in sandbox.events()[before:]] == [
        "refund.created",
        "charge.refunded",
        "refund.updated",
    ]
    told = sandbox.events("charge.refunded")[0]["data"]
    assert told["previous_attributes"] == {"amount_refunded": 0, "refunded": False}


def test_nothing_can_be_given_back_twice(client):
    payment = make_payment(client)
    refund(client, payment)
    with pytest.raises(stripe.InvalidRequestError, match="already been refunded") as caught:
        refund(client, payment)
    assert caught.value.code == "charge_already_refunded"


@pytest.mark.parametrize("amount", [4901, 10**9])
def test_more_than_was_paid_cannot_go_back(client, amount):
    payment = make_payment(client)
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded amount"):
        refund(client, payment, amount=amount)
    assert client.v1.refunds.list().data == []


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_and_less_cannot_go_back(client, amount):
    with pytest.raises(stripe.InvalidRequestError, match="Invalid positive integer"):
        refund(client, make_payment(client), amount=amount)


def test_what_was_not_paid_cannot_go_back(client):
    intent = make_payment(client, confirm=False)
    with pytest.raises(stripe.InvalidRequestError, match="successful charge"):
        refund(client, intent)


def test_a_refund_names_its_charge_or_its_intent(client):
    payment = make_payment(client)
    assert client.v1.refunds.create({"charge": payment.latest_charge}).status == "succeeded"
    with pytest.raises(stripe.InvalidRequestError, match="Missing required param"):
        client.v1.refunds.create({"amount": 1})
    with pytest.raises(stripe.InvalidRequestError, match="does not belong"):
        refund(client, make_payment(client), charge=payment.latest_charge)


def test_a_refund_may_take_its_time(client, sandbox):
    given = refund(client, make_payment(client, "pm_card_pendingRefund"))
    assert given.status == "pending"
    sandbox.forward(A_MINUTE)
    assert client.v1.refunds.retrieve(given.id).status == "succeeded"
    assert len(sandbox.events("refund.updated")) == 1


def test_a_refund_may_fail_in_the_end(client, sandbox):
    payment = make_payment(client, "pm_card_refundFail")
    given = refund(client, payment)
    assert given.status == "succeeded"
    sandbox.forward(A_MINUTE)
    failed = client.v1.refunds.retrieve(given.id)
    charge = client.v1.charges.retrieve(payment.latest_charge)
    assert (failed.status, failed.failure_reason) == ("failed", "expired_or_canceled_card")
    assert (charge.refunded, charge.amount_refunded) == (False, 0)
    assert [e["type"] for e in sandbox.events()][-2:] == ["refund.updated", "refund.failed"]


def test_after_a_failure_the_money_can_be_given_again(client, sandbox):
    payment = make_payment(client)
    sandbox.settle_refund(refund(client, payment).id, fail=True)
    assert refund(client, payment).amount == 4900


def test_a_card_refund_cannot_be_canceled(client):
    given = refund(client, make_payment(client))
    with pytest.raises(stripe.InvalidRequestError, match="cannot be canceled"):
        client.v1.refunds.cancel(given.id)


def test_a_disputed_charge_cannot_be_refunded(client, sandbox):
    payment = make_payment(client)
    sandbox.dispute(payment.latest_charge)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        refund(client, payment)
    assert caught.value.code == "charge_disputed"


def test_a_refund_can_come_from_stripes_side(client, sandbox):
    payment = make_payment(client)
    sandbox.refund(payment_intent=payment.id, amount=100)
    assert client.v1.refunds.list({"payment_intent": payment.id}).data[0].amount == 100
    assert sandbox.events("refund.created")[0]["request"] == {"id": None, "idempotency_key": None}


def test_metadata_can_be_changed(client, sandbox):
    given = refund(client, make_payment(client))
    changed = client.v1.refunds.update(given.id, {"metadata": {"line": "2"}})
    assert changed.metadata["line"] == "2"
    assert sandbox.events()[-1]["type"] == "refund.updated"
