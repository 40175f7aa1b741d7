import pytest
import stripe


def test_a_product_is_made_and_changed(client, sandbox):
    made = client.v1.products.create({"name": "Knots", "images": ["http://localhost/k.png"]})
    changed = client.v1.products.update(made.id, {"name": "More knots", "active": False})
    assert (changed.name, changed.active) == ("More knots", False)
    assert [e["type"] for e in sandbox.events()] == ["product.created", "product.updated"]


def test_a_product_may_choose_its_id_once(client):
    client.v1.products.create({"id": "knots", "name": "Knots"})
    with pytest.raises(stripe.InvalidRequestError, match="already exists"):
        client.v1.products.create({"id": "knots", "name": "Knots"})
    other = client.v1.products.create(
        {"id": "knots", "name": "Knots"}, {"stripe_account": "acct_dana"}
    )
    assert other.id == "knots"


def test_a_product_with_prices_stays(client):
    made = client.v1.products.create({"name": "Knots"})
    client.v1.prices.create({"currency": "ils", "unit_amount": 1, "product": made.id})
    with pytest.raises(stripe.InvalidRequestError, match="cannot be deleted"):
        client.v1.products.delete(made.id)


def test_a_product_without_prices_goes(client):
    made = client.v1.products.create({"name": "Knots"})
    assert client.v1.products.delete(made.id).deleted
    with pytest.raises(stripe.InvalidRequestError, match="No such product"):
        client.v1.products.retrieve(made.id)


def test_products_are_found_by_id_and_state(client):
    on = client.v1.products.create({"name": "Knots"})
    off = client.v1.products.create({"name": "Ropes", "active": False})
    products = client.v1.products
    assert [p.id for p in products.list({"active": True}).data] == [on.id]
    assert [p.id for p in products.list({"ids": [off.id]}).data] == [off.id]
