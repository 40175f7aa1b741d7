import pytest
import stripe


@pytest.fixture
def product(client):
    return client.v1.products.create({"name": "Knots"}).id


def make_price(client, product, **over):
    params = {"currency": "ILS", "unit_amount": 4900, "product": product} | over
    return client.v1.prices.create(params)


def test_a_price_is_made(client, product):
    price = make_price(client, product)
    assert (price.currency, price.unit_amount, price.type) == ("ils", 4900, "one_time")


def test_a_price_may_bring_its_product(client):
    price = client.v1.prices.create(
        {"currency": "ils", "unit_amount": 1, "product_data": {"name": "Knots"}}
    )
    assert client.v1.products.retrieve(price.product).name == "Knots"


def test_an_amount_never_changes(client, product, sandbox):
    price = make_price(client, product)
    with pytest.raises(stripe.InvalidRequestError, match="unknown parameter"):
        client.v1.prices.update(price.id, {"unit_amount": 1})
    sandbox.violations.clear()
    assert not client.v1.prices.update(price.id, {"active": False}).active


def test_a_lookup_key_is_one_prices_alone(client, product):
    old = make_price(client, product, lookup_key="knots")
    with pytest.raises(stripe.InvalidRequestError, match="already uses"):
        make_price(client, product, lookup_key="knots")
    new = make_price(client, product, lookup_key="knots", transfer_lookup_key=True)
    assert client.v1.prices.retrieve(old.id).lookup_key is None
    assert [p.id for p in client.v1.prices.list({"lookup_keys": ["knots"]}).data] == [new.id]


def test_a_recurring_price_says_how_often(client, product):
    price = make_price(client, product, recurring={"interval": "month"})
    assert (price.type, price.recurring.interval_count) == ("recurring", 1)


def test_prices_are_found_by_product_and_state(client, product):
    wanted = make_price(client, product)
    make_price(client, client.v1.products.create({"name": "Ropes"}).id)
    make_price(client, product, active=False)
    found = client.v1.prices.list({"product": product, "active": True}).data
    assert [price.id for price in found] == [wanted.id]


def test_half_an_agora_is_not_in_the_sandbox(client, product):
    with pytest.raises(stripe.InvalidRequestError, match="not in the sandbox"):
        client.v1.prices.create(
            {"currency": "ils", "unit_amount_decimal": "0.5", "product": product}
        )
