import pytest
import stripe

from tests.sandbox.objects.test_coupons import DAY, make_coupon


def make_code(client, coupon=None, **over):
    coupon = coupon or make_coupon(client).id
    promotion = {"type": "coupon", "coupon": coupon}
    return client.v1.promotion_codes.create({"promotion": promotion, "code": "SPRING20"} | over)


def test_a_code_is_made_found_and_switched_off(client, sandbox):
    made = make_code(client, metadata={"a": "1"})
    assert (made.active, made.code, made.times_redeemed) == (True, "SPRING20", 0)
    found = client.v1.promotion_codes.list({"code": "spring20", "active": True}).data
    assert [one.id for one in found] == [made.id]
    assert client.v1.promotion_codes.list({"coupon": "other"}).data == []
    off = client.v1.promotion_codes.update(made.id, {"active": False})
    assert (off.active, off.metadata["a"]) == (False, "1")
    assert sandbox.events()[-1]["type"] == "promotion_code.updated"


def test_no_two_active_codes_are_the_same(client):
    first = make_code(client)
    with pytest.raises(stripe.InvalidRequestError, match="already exists"):
        make_code(client, code="spring20")
    client.v1.promotion_codes.update(first.id, {"active": False})
    make_code(client)
    with pytest.raises(stripe.InvalidRequestError, match="already exists"):
        client.v1.promotion_codes.update(first.id, {"active": True})


def test_a_code_ends_on_its_day_for_good(client, sandbox):
    code = make_code(client, expires_at=sandbox.now() + DAY).id
    sandbox.forward(DAY)
    assert not client.v1.promotion_codes.retrieve(code).active
    with pytest.raises(stripe.InvalidRequestError, match="active again"):
        client.v1.promotion_codes.update(code, {"active": True})


def test_a_deleted_coupon_takes_its_codes_along(client):
    code = make_code(client)
    client.v1.coupons.delete(code.promotion.coupon)
    assert not client.v1.promotion_codes.retrieve(code.id).active


def test_a_code_without_words_gets_some(client):
    made = client.v1.promotion_codes.create(
        {"promotion": {"type": "coupon", "coupon": make_coupon(client).id}}
    )
    assert len(made.code) == 8


@pytest.mark.parametrize(
    ("over", "message"),
    [
        ({"coupon": "none"}, "No such coupon"),
        ({"code": "אביב"}, "letters, digits and dashes"),
        ({"code": "a b"}, "letters, digits and dashes"),
        ({"expires_at": 1}, "in the future"),
        ({"max_redemptions": 3}, "more than the coupon's"),
        ({"max_redemptions": 0}, "greater than or equal to 1"),
        ({"customer": "cus_x"}, "No such customer"),
        ({"restrictions": {"minimum_amount": 100}}, "belong together"),
    ],
)
def test_what_makes_no_sense_is_refused(client, over, message):
    coupon = over.pop("coupon", None) or make_coupon(client, max_redemptions=2).id
    with pytest.raises(stripe.InvalidRequestError, match=message):
        make_code(client, coupon, **over)
