"""What is read before paying, and what each charge costs with a coupon or with tax."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from core import clock
from payments.contract import Basket, Quote
from payments.errors import CouponRefused
from payments.models import Coupon
from payments.services.quoting import quote
from payments.services.subscriptions.telling import told
from products.models import Price
from products.rules import charges_of
from products.services.rhythms import in_charges
from stores.models import Business
from tests.payments.buying import Shop

pytestmark = pytest.mark.django_db


def quoted(price: Price, coupon: str = "") -> Quote:
    return quote(Basket(price, coupon=coupon), who=None, email="", now=clock.now())


@pytest.mark.parametrize(
    ("total", "count", "charges"),
    [(40000, 4, (10000, 10000)), (10000, 3, (3334, 3333)), (7, 2, (4, 3)), (1001, 36, (56, 27))],
)
def test_a_sum_is_divided_and_the_rest_is_on_the_first(
    total: int, count: int, charges: tuple[int, int]
) -> None:
    first, each = charges_of(total, count)
    assert (first, each) == charges
    assert first + each * (count - 1) == total


def test_it_is_said_in_both_languages(price: Price) -> None:
    with override("en"):
        assert in_charges(40000, 4, "ILS") == "4 × ₪100 (₪400 in all)"
        said = told(quoted(price), clock.now())
    assert said is not None
    assert said.now == "₪100 today."
    assert "3 more charges of ₪100" in said.then
    assert "₪400 in all" in said.then
    assert "yours for good" in said.stop
    with override("he"):
        assert "בסך הכול" in in_charges(40000, 4, "ILS")
        hebrew = told(quoted(price), clock.now())
    assert hebrew is not None
    assert "היום" in hebrew.now


def test_a_coupon_lowers_the_whole(price: Price) -> None:
    Coupon.objects.create(code="TEN", kind=Coupon.Kind.PERCENT, percent=10)
    [line] = quoted(price, "TEN").lines
    assert (line.total, line.later, line.charges, line.discount) == (9000, 9000, 4, 1000)


def test_a_coupon_of_an_amount_is_taken_off_once(price: Price) -> None:
    Coupon.objects.create(code="OFF", kind=Coupon.Kind.AMOUNT, amount=5001)
    [line] = quoted(price, "OFF").lines
    assert line.total + 3 * line.later == 40000 - 5001


def test_a_coupon_of_all_leaves_no_charges(price: Price) -> None:
    Coupon.objects.create(code="ALL", kind=Coupon.Kind.PERCENT, percent=100)
    found = quoted(price, "ALL")
    assert (found.total, found.is_charged_later) == (0, False)


def test_a_coupon_that_leaves_too_little_for_each_is_refused(price: Price) -> None:
    Coupon.objects.create(code="MOST", kind=Coupon.Kind.PERCENT, percent=99)
    with pytest.raises(CouponRefused):
        quoted(price, "MOST")


def test_tax_comes_on_top_of_each(price: Price) -> None:
    Business.objects.create(
        legal_name="Alice", kind=Business.Kind.LICENSED, country="IL", prices_include_vat=False
    )
    [line] = quoted(price).lines
    assert (line.total, line.later) == (11800, 11800)


def test_the_pages_say_it(shop: Shop, price: Price) -> None:
    answer = shop.client.get(shop.url)
    shown = answer.content.decode()
    assert "3 more charges" in shown
    assert "Pay ₪100" in shown
