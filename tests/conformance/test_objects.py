"""What Sevenfold relies on of customers, products, prices, lists and errors."""

from __future__ import annotations

import uuid

import pytest
import stripe


def test_a_customer_is_made_changed_and_deleted(client):
    made = client.v1.customers.create({"email": "charlie@example.com", "metadata": {"a": "1"}})
    changed = client.v1.customers.update(made.id, {"metadata": {"a": "", "b": "2"}, "name": "C"})
    assert (changed.metadata.to_dict(), changed.name) == ({"b": "2"}, "C")
    assert client.v1.customers.delete(made.id).deleted
    assert client.v1.customers.retrieve(made.id).deleted


def test_a_price_once_made_keeps_its_amount(client):
    price = client.v1.prices.create(
        {"currency": "usd", "unit_amount": 4900, "product_data": {"name": "Knots"}}
    )
    assert client.v1.prices.retrieve(price.id).unit_amount == 4900
    assert client.v1.prices.update(price.id, {"active": False}).active is False


def test_lists_are_cut_by_cursors(client):
    email = f"{uuid.uuid4().hex}@example.com"
    made = [client.v1.customers.create({"email": email}).id for _ in range(3)]
    first = client.v1.customers.list({"email": email, "limit": 2})
    assert ([one.id for one in first.data], first.has_more) == (made[:0:-1], True)
    rest = client.v1.customers.list({"email": email, "starting_after": first.data[-1].id})
    assert ([one.id for one in rest.data], rest.has_more) == (made[:1], False)


def test_an_unknown_parameter_is_refused(client, forgiven):
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.customers.create({"nonsense": "1"})
    assert (caught.value.code, caught.value.param) == ("parameter_unknown", "nonsense")


def test_a_wrong_key_is_refused(client):
    with pytest.raises(stripe.AuthenticationError):
        client.v1.customers.list(options={"api_key": "nonsense"})


def test_what_cannot_be_expanded_is_refused(client):
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        client.v1.customers.list({"expand": ["data.nonsense"]})
