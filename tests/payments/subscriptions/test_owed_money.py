"""What is owed goes back at what was paid for the time it became owed in, and at no more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from access.services.granting import owe
from payments.models import Coupon, Refund
from payments.services.refunding import refund
from payments.services.subscriptions.changing import upgrade
from payments.services.subscriptions.leaving import leave_at_end, leave_today
from payments.services.subscriptions.owing import settle_owed
from tests.conftest import make_price
from tests.payments.subscriptions.member import Member
from tests.payments.subscriptions.test_days_left import COUPONS, HALF

pytestmark = pytest.mark.django_db
WHY = "What was owed"
FREE_FIRST = {"lasts": "once", "percent": 100}


def join(member: Member, coupon: dict[str, Any]) -> None:
    if not coupon:
        member.join()
        return
    Coupon.objects.create(**(HALF | coupon))
    member.join(coupon="SEW")


def owed_back(member: Member, amount: int = 1, unit: str = "period") -> int:
    """Return what goes back for what becomes owed now, as its holder leaves before it is used."""
    with member.there():
        owe(member.access, amount, unit, "March")
        leave_at_end(member.subscription, now=member.now)
        settle_owed(member.now)
        settle_owed(member.now)
        return sum(refund.amount for refund in Refund.objects.filter(reason=WHY))


@pytest.mark.parametrize("coupon", [*COUPONS, FREE_FIRST])
@pytest.mark.parametrize("months", [0, 2])
def test_a_month_that_did_not_come_goes_back_at_what_it_cost(
    member: Member, coupon: dict[str, Any], months: int
) -> None:
    join(member, coupon)
    member.months(months)
    assert len(member.orders) == months + 1
    assert owed_back(member) == member.orders[-1].total


def test_days_go_back_at_what_such_days_cost(member: Member) -> None:
    join(member, {"lasts": "forever"})
    assert 3 * 2950 // 31 <= owed_back(member, 3, "day") <= 3 * 2950 // 28


def test_a_month_of_a_year_goes_back_as_a_twelfth_of_it(member: Member) -> None:
    member.shop.price = make_price(
        member.shop.price.product, kind="subscription", amount=60000, interval="year"
    )
    join(member, {"lasts": "once"})
    assert owed_back(member) == 30000 // 12


@pytest.mark.parametrize("coupon", COUPONS)
def test_time_a_charge_was_moved_by_goes_back_at_what_the_missed_month_cost(
    member: Member, coupon: dict[str, Any]
) -> None:
    join(member, coupon)
    with member.there():
        owe(member.access, 1, "period", "March")
        settle_owed(member.now)
    member.later(months=1, days=15)
    with member.there():
        assert leave_today(member.subscription, now=member.now) == []
        settle_owed(member.now)
    cost, back = member.orders[0].total, Refund.objects.get(reason=WHY).amount
    assert 13 * cost // 31 <= back <= 17 * cost // 28


def test_a_month_lowered_by_a_coupon_goes_back_so_when_a_dearer_one_has_begun(
    member: Member,
) -> None:
    join(member, {"lasts": "once"})
    member.later(days=28)
    with member.there():
        owe(member.access, 1, "period", "March")
    member.later(days=10)
    with member.there():
        leave_at_end(member.subscription, now=member.now)
        settle_owed(member.now)
    assert [order.total for order in member.orders] == [2950, 5900]
    assert Refund.objects.get().amount == 2950


def test_a_dearer_plan_within_the_month_counts_as_it_was_paid(member: Member) -> None:
    join(member, {"lasts": "forever"})
    dearer = make_price(
        member.shop.price.product, kind="subscription", amount=9900, interval="month"
    )
    member.later(days=10)
    with member.there():
        upgrade(member.subscription, dearer, now=member.now)
    member.hear()
    first, more = member.orders
    assert more.total > 1000
    assert owed_back(member) == first.total + more.total


def test_a_month_whose_money_went_back_gives_nothing_more(member: Member) -> None:
    join(member, {})
    member.months(1)
    with member.there():
        refund(member.orders[1], by="noa", now=member.now)
    member.hear()
    assert owed_back(member) == 0


def test_at_the_moment_it_began_the_first_month_counts(member: Member) -> None:
    join(member, {"lasts": "once"})
    with member.there():
        row = owe(member.access, 1, "period", "March")
        row.created_at = member.subscription.started_at - timedelta(minutes=1)
        row.save()
    assert owed_back(member) == 2950
