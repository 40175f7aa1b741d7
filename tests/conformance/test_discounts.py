"""What Sevenfold relies on of coupons, promotion codes and what they take off."""

from __future__ import annotations

import uuid

import pytest
import stripe

from tests.conformance.test_checkout import open_session


@pytest.fixture
def coupon(client):
    made = client.v1.coupons.create({"percent_off": 25, "duration": "once", "name": "Spring"})
    yield made
    client.v1.coupons.delete(made.id)


def code_for(client, coupon, **over):
    params = {
        "promotion": {"type": "coupon", "coupon": coupon.id},
        "code": f"T{uuid.uuid4().hex[:12].upper()}",
    }
    return client.v1.promotion_codes.create(params | over)


def test_a_coupon_is_made_and_counted_from_nothing(client, coupon):
    found = client.v1.coupons.retrieve(coupon.id)
    assert (found.percent_off, found.amount_off, found.valid) == (25, None, True)
    assert (found.times_redeemed, found.duration) == (0, "once")
    assert client.v1.coupons.update(coupon.id, {"metadata": {"a": "1"}}).metadata["a"] == "1"


def test_a_coupon_is_a_share_or_an_amount(client):
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.coupons.create({"percent_off": 25, "amount_off": 100, "currency": "usd"})
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.coupons.create({"duration": "once"})
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.coupons.create({"percent_off": 101})


def test_a_deleted_coupon_is_gone(client):
    coupon = client.v1.coupons.create({"percent_off": 5})
    assert client.v1.coupons.delete(coupon.id).deleted
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.coupons.retrieve(coupon.id)
    assert caught.value.code == "resource_missing"


def test_a_code_is_found_by_what_is_typed(client, coupon):
    code = code_for(client, coupon)
    assert code.promotion.coupon == coupon.id
    found = client.v1.promotion_codes.list({"code": code.code}).data
    assert [one.id for one in found] == [code.id]
    with pytest.raises(stripe.InvalidRequestError, match="already exists"):
        code_for(client, coupon, code=code.code)
    assert client.v1.promotion_codes.update(code.id, {"active": False}).active is False


def test_a_coupon_makes_a_session_cheaper(client, coupon):
    path = {"expand": ["total_details.breakdown", "line_items"]}
    session = open_session(client, discounts=[{"coupon": coupon.id}], **path)
    assert (session.amount_subtotal, session.amount_total) == (9800, 7350)
    assert session.total_details.amount_discount == 2450
    (given,) = session.total_details.breakdown.discounts
    assert (given.amount, given.discount.source.coupon) == (2450, coupon.id)
    assert session.line_items.data[0].amount_discount == 2450


def test_all_off_needs_no_payment(client):
    coupon = client.v1.coupons.create({"percent_off": 100})
    session = open_session(client, discounts=[{"coupon": coupon.id}])
    assert (session.amount_total, session.payment_status) == (0, "no_payment_required")


def test_a_session_takes_one_discount_or_asks_for_codes(client, coupon):
    asking = open_session(client, allow_promotion_codes=True)
    assert (asking.allow_promotion_codes, asking.amount_total) == (True, 9800)
    named = [{"coupon": coupon.id}]
    with pytest.raises(stripe.InvalidRequestError):
        open_session(client, discounts=named, allow_promotion_codes=True)
    with pytest.raises(stripe.InvalidRequestError):
        open_session(client, discounts=named * 2)
