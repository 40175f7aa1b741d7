from datetime import UTC, datetime

import pytest
import stripe

DAY = 86_400
NEXT_DECADE = int(datetime.now(UTC).timestamp()) + 3650 * DAY


def make_coupon(client, **over):
    return client.v1.coupons.create({"percent_off": 20, "duration": "once"} | over)


def test_a_coupon_is_made_renamed_and_deleted(client, sandbox):
    made = make_coupon(client, id="SPRING", name="Spring", metadata={"a": "1"})
    assert (made.id, made.percent_off, made.valid, made.times_redeemed) == ("SPRING", 20, True, 0)
    assert client.v1.coupons.update("SPRING", {"name": "April"}).name == "April"
    assert client.v1.coupons.retrieve("SPRING").metadata["a"] == "1"
    assert client.v1.coupons.delete("SPRING").deleted
    assert client.v1.coupons.list().data == []
    assert [e["type"] for e in sandbox.events()] == [
        "coupon.created",
        "coupon.updated",
        "coupon.deleted",
    ]


def test_a_coupon_ends_on_its_day(client, sandbox):
    coupon = make_coupon(client, redeem_by=sandbox.now() + DAY).id
    sandbox.forward(DAY - 60)
    assert client.v1.coupons.retrieve(coupon).valid
    sandbox.forward(61)
    assert not client.v1.coupons.retrieve(coupon).valid


def test_what_a_coupon_is_for_is_asked_for(client):
    product = client.v1.products.create({"name": "Knots"}).id
    coupon = make_coupon(client, applies_to={"products": [product]})
    assert "applies_to" not in coupon
    asked = client.v1.coupons.retrieve(coupon.id, {"expand": ["applies_to"]})
    assert asked.applies_to.products == [product]


@pytest.mark.parametrize(
    ("over", "message"),
    [
        ({"percent_off": 0}, "greater than 0"),
        ({"percent_off": 101}, "at most 100"),
        ({"amount_off": 500, "currency": "ils"}, "not both"),
        ({"max_redemptions": 0}, "greater than or equal to 1"),
        ({"redeem_by": 1}, "in the future"),
        ({"duration": "repeating"}, "duration_in_months"),
        ({"name": "x" * 41}, "40 characters"),
        ({"applies_to": {"products": ["prod_x"]}}, "No such product"),
        ({"currency_options": {"usd": {"amount_off": 1}}}, "not in the sandbox"),
    ],
)
def test_what_makes_no_sense_is_refused(client, over, message):
    with pytest.raises(stripe.InvalidRequestError, match=message):
        make_coupon(client, **over)
    assert client.v1.coupons.list().data == []


def test_an_amount_needs_a_currency(client):
    with pytest.raises(stripe.InvalidRequestError, match="currency"):
        client.v1.coupons.create({"amount_off": 500})


def test_two_coupons_have_two_names(client):
    make_coupon(client, id="SPRING")
    with pytest.raises(stripe.InvalidRequestError, match="already exists"):
        make_coupon(client, id="SPRING")
