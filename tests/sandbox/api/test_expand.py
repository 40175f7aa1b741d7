import pytest
import stripe

from tests.sandbox.making import make_payment, make_session


def test_an_id_becomes_the_object_it_names(client):
    payment = make_payment(client, expand=["latest_charge"])
    assert payment.latest_charge.object == "charge"


def test_paths_go_deep(client):
    payment = make_payment(client, expand=["latest_charge.balance_transaction"])
    assert payment.latest_charge.balance_transaction.amount == 4900


def test_what_is_not_expanded_stays_an_id(client):
    assert make_payment(client).latest_charge.startswith("ch_")


def test_every_object_of_a_list_is_expanded(client):
    make_payment(client)
    make_payment(client)
    charges = client.v1.charges.list({"expand": ["data.payment_intent"]}).data
    assert [charge.payment_intent.object for charge in charges] == ["payment_intent"] * 2


def test_line_items_are_there_when_asked_for(client):
    session = make_session(client, expand=["line_items.data.price.product"])
    assert session.line_items.data[0].price.product.name == "Knots"
    assert "line_items" not in client.v1.checkout.sessions.retrieve(session.id)


def test_the_refunds_of_a_charge_are_there_when_asked_for(client):
    payment = make_payment(client)
    client.v1.refunds.create({"payment_intent": payment.id, "amount": 100})
    charge = client.v1.charges.retrieve(payment.latest_charge, {"expand": ["refunds"]})
    assert [refund.amount for refund in charge.refunds.data] == [100]


def test_an_empty_field_expands_to_nothing(client):
    assert make_session(client, expand=["payment_intent", "customer"]).payment_intent is None


@pytest.mark.parametrize("path", ["amount", "nonsense", "status.deeper", "client_secret"])
def test_what_cannot_be_expanded_is_an_error(client, path):
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        make_payment(client, expand=[path])


def test_more_than_four_levels_are_an_error(client):
    deep = "latest_charge.payment_intent.latest_charge.payment_intent.latest_charge"
    with pytest.raises(stripe.InvalidRequestError, match="more than 4 levels"):
        make_payment(client, expand=[deep])


def test_what_cannot_be_expanded_is_an_error_of_an_empty_list_too(client):
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        client.v1.charges.list({"expand": ["data.nonsense"]})


def test_a_refused_expansion_prevents_the_deed(client):
    with pytest.raises(stripe.InvalidRequestError):
        make_payment(client, expand=["nonsense"])
    assert client.v1.payment_intents.list().data == []
