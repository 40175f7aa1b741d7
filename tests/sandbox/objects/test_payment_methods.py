import pytest
import stripe

from tests.sandbox.making import DECLINED, FAILS_LATER, make_payment


@pytest.fixture
def customer(client):
    return client.v1.customers.create({"name": "Charlie"}).id


def make_method(client, number="4242424242424242"):
    card = {"number": number, "exp_month": 12, "exp_year": 2040, "cvc": "123"}
    return client.v1.payment_methods.create({"type": "card", "card": card})


def test_a_test_card_becomes_a_payment_method(client):
    method = make_method(client)
    assert (method.card.brand, method.card.last4, method.customer) == ("visa", "4242", None)


def test_a_real_card_number_is_refused(client):
    with pytest.raises(stripe.CardError, match="test cards alone"):
        make_method(client, "4111111111111111")


def test_a_card_is_given_and_taken(client, customer):
    method = make_method(client)
    assert client.v1.payment_methods.attach(method.id, {"customer": customer}).customer == customer
    found = client.v1.customers.payment_methods.list(customer).data
    assert [one.id for one in found] == [method.id]
    assert client.v1.payment_methods.detach(method.id).customer is None
    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        make_payment(client, method.id)


def test_a_card_has_one_owner(client, customer):
    method = client.v1.payment_methods.attach("pm_card_visa", {"customer": customer})
    other = client.v1.customers.create({"name": "Dana"}).id
    with pytest.raises(stripe.InvalidRequestError, match="already been attached"):
        client.v1.payment_methods.attach(method.id, {"customer": other})


def test_a_card_that_is_always_declined_cannot_be_kept(client, customer):
    with pytest.raises(stripe.CardError):
        client.v1.payment_methods.attach(make_method(client, DECLINED).id, {"customer": customer})


def test_a_card_that_fails_later_can_be_kept_and_not_charged(client, customer):
    method = make_method(client, FAILS_LATER)
    client.v1.payment_methods.attach(method.id, {"customer": customer})
    with pytest.raises(stripe.CardError):
        make_payment(client, method.id, customer=customer, off_session=True)


def test_what_has_no_owner_cannot_be_taken(client):
    with pytest.raises(stripe.InvalidRequestError, match="not attached"):
        client.v1.payment_methods.detach(make_method(client).id)


def test_other_ways_to_pay_are_not_in_the_sandbox(client):
    with pytest.raises(stripe.InvalidRequestError, match="not in the sandbox"):
        client.v1.payment_methods.create({"type": "sepa_debit"})
