"""What the days left are worth when the plan changes: what was paid for them, as Stripe credits."""

from __future__ import annotations

from typing import Any

import pytest

from payments.contract import InvoiceFacts
from payments.models import Coupon, Order, Subscription
from payments.services import stripe_subscriptions
from payments.services.subscriptions.changing import _items, comes_now, preview, upgrade
from payments.services.subscriptions.discounting import off_at
from payments.services.subscriptions.unused import days_left_cost
from products.models import Price
from tests.conftest import make_price
from tests.payments.subscriptions.member import Member

pytestmark = pytest.mark.django_db
HALF = {"code": "SEW", "percent": 50}
COUPONS: list[dict[str, Any]] = [
    {},
    {"lasts": "once"},
    {"lasts": "months", "months": 2},
    {"lasts": "months", "months": 12},
    {"lasts": "forever"},
    {"lasts": "forever", "kind": "amount", "percent": None, "amount": 2000},
]


def another(member: Member, amount: int, interval: str) -> Price:
    product = member.shop.price.product
    return make_price(product, kind="subscription", amount=amount, interval=interval)


def join_by_the_year(member: Member, amount: int, coupon: dict[str, Any]) -> tuple[Price, Any]:
    """Return the monthly price, and who pays by the year with a coupon."""
    monthly = member.shop.price
    member.shop.price = another(member, amount, "year")
    if not coupon:
        return monthly, member.join()
    Coupon.objects.create(**(HALF | coupon))
    return monthly, member.join(coupon="SEW")


def asked_of_stripe(member: Member, subscription: Subscription, price: Price) -> InvoiceFacts:
    details = {
        **_items(subscription, price, price.amount, 1),
        "proration_behavior": "always_invoice",
        "proration_date": int(member.now.timestamp()),
    }
    return stripe_subscriptions.preview(
        subscription.stripe_account, subscription.stripe_id, details
    )


def credited(facts: InvoiceFacts) -> int:
    return -sum(line.amount - line.off for line in facts.lines if line.amount < 0)


@pytest.mark.parametrize("coupon", COUPONS)
def test_the_days_left_are_worth_what_stripe_credits_for_them(
    member: Member, coupon: dict[str, Any]
) -> None:
    monthly, subscription = join_by_the_year(member, 59000, coupon)
    member.later(days=90)
    with member.there():
        facts = asked_of_stripe(member, subscription, monthly)
        assert abs(days_left_cost(subscription, member.now) - credited(facts)) <= 1
        (begun,) = [line for line in facts.lines if line.is_period]
        assert off_at(subscription, monthly.amount, member.now) == begun.off


@pytest.mark.parametrize("coupon", COUPONS)
def test_so_they_are_after_a_dearer_plan_within_the_year(
    member: Member, coupon: dict[str, Any]
) -> None:
    monthly, _yearly = join_by_the_year(member, 59000, coupon)
    member.later(days=30)
    with member.there():
        upgrade(_yearly, another(member, 99000, "year"), now=member.now)
    member.hear()
    member.later(days=60)
    with member.there():
        facts = asked_of_stripe(member, member.subscription, monthly)
        ours = days_left_cost(member.subscription, member.now)
        assert abs(ours - credited(facts)) <= 2
    assert not Order.objects.filter(status=Order.Status.REVIEW).exists()


def test_a_year_bought_at_half_its_price_leaves_room_for_a_month_earlier(member: Member) -> None:
    """What is left of the year was paid with less than a month costs: nothing stays at Stripe."""
    monthly, subscription = join_by_the_year(member, 59000, {"lasts": "once"})
    member.later(days=300)
    with member.there():
        assert days_left_cost(subscription, member.now) in range(5000, 5900)
        shown = preview(subscription, monthly, member.now)
        assert (shown.is_now, shown.today > 0) == (True, True)


def test_a_coupon_that_lowers_the_month_too_counts_on_both_sides(member: Member) -> None:
    """The days left cost less than a month's price, but more than a month with the coupon."""
    coupon = {"lasts": "forever", "kind": "amount", "percent": None, "amount": 5000}
    monthly, subscription = join_by_the_year(member, 59000, coupon)
    member.later(days=335)
    with member.there():
        left = days_left_cost(subscription, member.now)
        assert 900 < left < monthly.amount
        assert credited(asked_of_stripe(member, subscription, monthly)) > 900
        assert not comes_now(subscription, monthly, member.now)


def test_a_coupon_changed_since_takes_off_what_was_promised(member: Member) -> None:
    _monthly, subscription = join_by_the_year(member, 59000, {"lasts": "forever"})
    Coupon.objects.update(percent=10)
    with member.there():
        assert off_at(subscription, 1000, member.now) == 500
