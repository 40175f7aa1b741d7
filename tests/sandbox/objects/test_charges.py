import pytest
import stripe

from tests.sandbox.making import make_payment


def test_a_charge_shows_the_card_and_the_outcome(client):
    charge = client.v1.charges.retrieve(make_payment(client, metadata={"a": "1"}).latest_charge)
    assert charge.payment_method_details.card.last4 == "4242"
    assert (charge.outcome.type, charge.metadata["a"]) == ("authorized", "1")


def test_a_refused_charge_says_why(client):
    with pytest.raises(stripe.CardError):
        make_payment(client, "pm_card_chargeDeclinedInsufficientFunds")
    charge = client.v1.charges.list().data[0]
    assert (charge.status, charge.paid, charge.failure_code) == ("failed", False, "card_declined")
    assert charge.outcome.reason == "insufficient_funds"
    assert charge.balance_transaction is None


def test_charges_are_found_by_their_intent(client):
    wanted = make_payment(client)
    make_payment(client)
    found = client.v1.charges.list({"payment_intent": wanted.id}).data
    assert [charge.id for charge in found] == [wanted.latest_charge]


def test_the_words_on_a_charge_can_be_changed(client, sandbox):
    charge = make_payment(client).latest_charge
    assert client.v1.charges.update(charge, {"description": "Knots"}).description == "Knots"
    assert sandbox.events()[-1]["type"] == "charge.updated"
