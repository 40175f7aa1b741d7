import pytest
import stripe

from sandbox.testing import ControlFailed
from tests.sandbox.making import item, make_payment, make_session
from tests.sandbox.objects.test_coupons import make_coupon
from tests.sandbox.objects.test_promotion_codes import make_code


def reduced(client, coupon, **over):
    return make_session(client, discounts=[{"coupon": coupon.id}], **over)


def test_a_share_is_taken_off_and_paid_less(client, sandbox):
    coupon = make_coupon(client, percent_off=12.5)
    session = reduced(client, coupon, expand=["line_items"])
    assert (session.amount_subtotal, session.amount_total) == (4900, 4287)
    assert session.total_details.amount_discount == 613
    assert session.discounts[0].coupon == coupon.id
    (line,) = session.line_items.data
    assert (line.amount_subtotal, line.amount_discount, line.amount_total) == (4900, 613, 4287)
    paid = sandbox.pay(session.id)
    assert client.v1.payment_intents.retrieve(paid["payment_intent"]).amount_received == 4287
    assert client.v1.coupons.retrieve(coupon.id).times_redeemed == 1


def test_an_amount_is_spread_over_the_lines_to_the_last_coin(client):
    coupon = client.v1.coupons.create({"amount_off": 1000, "currency": "ils"})
    session = reduced(client, coupon, line_items=[item(3333)] * 3, expand=["line_items"])
    assert [line.amount_discount for line in session.line_items.data] == [334, 333, 333]
    assert session.amount_total == 9999 - 1000


def test_a_discount_is_never_more_than_the_price(client, sandbox):
    coupon = client.v1.coupons.create({"amount_off": 100_000, "currency": "ils"})
    session = reduced(client, coupon)
    assert (session.amount_total, session.payment_status) == (0, "no_payment_required")
    assert sandbox.pay(session.id)["status"] == "complete"
    assert client.v1.payment_intents.list().data == []


def test_a_coupon_for_one_product_leaves_the_others(client):
    product = client.v1.products.create({"name": "Knots"}).id
    price = client.v1.prices.create({"currency": "ils", "unit_amount": 1000, "product": product})
    coupon = make_coupon(client, percent_off=50, applies_to={"products": [product]})
    lines = [{"price": price.id, "quantity": 1}, item(2000)]
    assert reduced(client, coupon, line_items=lines).amount_total == 2500
    with pytest.raises(stripe.InvalidRequestError, match="applies to nothing"):
        reduced(client, coupon)


def test_what_was_taken_off_by_what_is_asked_for(client):
    code = make_code(client)
    session = make_session(client, discounts=[{"promotion_code": code.id}])
    assert "breakdown" not in session.total_details
    path = {"expand": ["total_details.breakdown"]}
    asked = client.v1.checkout.sessions.retrieve(session.id, path)
    (given,) = asked.total_details.breakdown.discounts
    assert (given.amount, given.discount.promotion_code) == (980, code.id)
    assert given.discount.source.coupon == code.promotion.coupon


def test_a_customer_types_a_code_where_it_is_asked_for(client, sandbox):
    code = make_code(client, max_redemptions=1)
    session = make_session(client, allow_promotion_codes=True)
    paid = sandbox.pay(session.id, promotion_code="spring20")
    assert (paid["amount_total"], paid["discounts"][0]["promotion_code"]) == (3920, code.id)
    used = client.v1.promotion_codes.retrieve(code.id)
    assert (used.times_redeemed, used.active) == (1, False)


def test_the_last_use_is_used_once(client, sandbox):
    coupon = make_coupon(client, max_redemptions=1)
    first, second = reduced(client, coupon), reduced(client, coupon)
    sandbox.pay(first.id)
    with pytest.raises(ControlFailed, match="Coupon expired"):
        sandbox.pay(second.id)
    assert client.v1.checkout.sessions.retrieve(second.id).status == "open"
    with pytest.raises(stripe.InvalidRequestError) as caught:
        reduced(client, coupon)
    assert caught.value.code == "coupon_expired"


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ({"minimum_amount": 5000, "minimum_amount_currency": "ils"}, "too small"),
        ({"first_time_transaction": True}, "has paid before"),
    ],
)
def test_a_code_may_have_conditions(client, rules, message):
    customer = client.v1.customers.create({"name": "Charlie"}).id
    make_payment(client, customer=customer)
    code = make_code(client, restrictions=rules)
    with pytest.raises(stripe.InvalidRequestError, match=message):
        make_session(client, customer=customer, discounts=[{"promotion_code": code.id}])


def test_a_code_of_one_customer_is_nobody_elses(client):
    charlie, dana = (client.v1.customers.create({"name": name}).id for name in ("C", "D"))
    discounts = [{"promotion_code": make_code(client, customer=charlie).id}]
    assert make_session(client, customer=charlie, discounts=discounts).amount_total == 3920
    with pytest.raises(stripe.InvalidRequestError, match="another customer"):
        make_session(client, customer=dana, discounts=discounts)


@pytest.mark.parametrize(
    ("over", "message"),
    [
        ({"discounts": [{"coupon": "none"}]}, "No such coupon"),
        ({"discounts": [{"coupon": "a"}, {"coupon": "b"}]}, "only apply one"),
        ({"discounts": [{"coupon": "a", "promotion_code": "b"}]}, "either a coupon or"),
        ({"discounts": [{"coupon": "a"}], "allow_promotion_codes": True}, "only specify one"),
    ],
)
def test_what_stripe_would_refuse_is_refused(client, over, message):
    with pytest.raises(stripe.InvalidRequestError, match=message):
        make_session(client, **over)


def test_a_coupon_in_another_currency_is_refused(client):
    coupon = client.v1.coupons.create({"amount_off": 100, "currency": "usd"})
    with pytest.raises(stripe.InvalidRequestError, match="in usd, not ils"):
        reduced(client, coupon)
