"""What is said of the next charge is charged, to the unit, also while a coupon lowers it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils.translation import override

from mail.models import Message
from mail.services.rendering import render, store_sender
from payments.models import Coupon, Order, Subscription
from payments.services.subscriptions import showing
from payments.services.subscriptions.changing import downgrade
from payments.services.subscriptions.coming import next_charge, next_charges
from payments.services.subscriptions.leaving import leave_at_end, stay
from payments.services.subscriptions.raising import announce, work_on_rises
from payments.services.subscriptions.resting import come_back, rest
from payments.services.subscriptions.trials import remind
from payments.services.subscriptions.wording import how_it_stands, in_day
from tests.conftest import make_price
from tests.payments.subscriptions.member import Member

pytestmark = pytest.mark.django_db
FOREVER = {"lasts": "forever"}
COUPONS: list[dict[str, Any]] = [
    {"lasts": "once"},
    {"lasts": "months", "months": 2},
    FOREVER,
    {"lasts": "forever", "percent": 33},
    {"lasts": "forever", "percent": 100},
    {"lasts": "months", "months": 3, "kind": "amount", "percent": None, "amount": 900},
]


def join(member: Member, coupon: dict[str, Any], *, trial_days: int = 0) -> None:
    if trial_days:
        member.shop.price.trial_days = trial_days
        member.shop.price.save()
    Coupon.objects.create(**({"code": "SEW", "percent": 50} | coupon))
    member.join(coupon="SEW")


def said(member: Member) -> str:
    with member.there():
        return " ".join(how_it_stands(member.subscription, member.now))


def coming(member: Member) -> int:
    with member.there():
        return next_charge(member.subscription).amount


def charged(member: Member) -> int:
    """Return what was charged last; of nothing there is no order."""
    assert not Order.objects.filter(status=Order.Status.REVIEW).exists()
    bill = member.subscription.bills.filter(status="paid").latest("written_at", "pk")
    return int(bill.amount)


def tell_of_rise(member: Member, days: int) -> None:
    with member.there():
        holds_from = member.now + timedelta(days=days)
        announce(member.subscription.price, amount=6900, holds_from=holds_from, now=member.now)
        work_on_rises(member.now)


def work_on_the_rise(member: Member) -> None:
    with member.there():
        work_on_rises(member.now)


@pytest.mark.parametrize("coupon", COUPONS)
def test_each_charge_is_what_was_said_before(member: Member, coupon: dict[str, Any]) -> None:
    join(member, coupon)
    for _month in range(3):
        told = coming(member)
        member.months(1)
        assert charged(member) == told


def test_a_page_says_that_the_coupon_is_taken_off_and_until_when(member: Member) -> None:
    join(member, {"lasts": "months", "months": 2})
    subscription = member.subscription
    until = in_day(subscription.started_at + timedelta(days=60))
    assert "The next charge, ₪29.50 after the coupon, is on" in said(member)
    assert "The coupon lowers each charge before" in said(member)
    assert until.split()[-1] in said(member)
    with member.there():
        assert showing.lines_of(subscription.customer, member.now)[0][1] == "₪59 a month"
    member.months(1)
    assert "The next charge, ₪59, is on" in said(member)
    assert "coupon" not in said(member)


def test_one_for_ever_says_so_in_both_languages(member: Member) -> None:
    join(member, FOREVER)
    assert "The coupon lowers every charge." in said(member)
    with override("he"):
        hebrew = said(member)
    assert "אחרי הקופון" in hebrew
    assert "coupon" not in hebrew


@pytest.mark.parametrize(("months", "amount"), [(12, 2950), (2, 5900)])
def test_a_rest_says_what_is_charged_after_it(member: Member, months: int, amount: int) -> None:
    join(member, {"lasts": "months", "months": months})
    with member.there():
        rest(member.subscription, 2, now=member.now)
        mail = Message.objects.get(kind="rests_until")
        text = " ".join(render(mail, store_sender(member.shop.store)).text.split())
    words = "₪29.50 after the coupon" if amount == 2950 else "₪59"
    assert f"with a charge of {words}." in text
    assert f"The next charge, {words}, is on" in said(member)
    member.later(months=1, hours=2)
    assert f"It goes on with a charge of {words}." in said(member)
    assert "The place and the price are kept." in said(member)
    member.later(months=2, days=1)
    assert charged(member) == amount


@pytest.mark.parametrize(("months", "amount"), [(3, "₪29.50"), (1, "₪59")])
def test_coming_back_at_once_costs_what_its_page_says(
    member: Member, months: int, amount: str
) -> None:
    join(member, {"lasts": "months", "months": months})
    with member.there():
        rest(member.subscription, 3, now=member.now)
    member.later(months=1, days=20)
    with member.there():
        assert showing.ways_of(member.subscription, member.now).charge_on_return == amount
        come_back(member.subscription, now=member.now)
    member.hear()
    assert member.orders[-1].display_total("en") == amount


def test_another_price_is_lowered_too(member: Member) -> None:
    join(member, FOREVER)
    tell_of_rise(member, days=40)
    assert "The next charge, ₪29.50 after the coupon, is on" in said(member)
    member.months(1)
    assert "The next charge, ₪34.50 after the coupon, is on" in said(member)
    member.later(days=29)
    work_on_the_rise(member)
    assert "The next charge, ₪34.50 after the coupon, is on" in said(member)
    member.later(days=4)
    assert charged(member) == 3450


def test_a_cheaper_plan_that_is_set_is_lowered_too(member: Member) -> None:
    join(member, FOREVER)
    cheaper = make_price(
        member.shop.price.product, kind="subscription", amount=3900, interval="month"
    )
    with member.there():
        downgrade(member.subscription, cheaper, now=member.now)
    assert "The next charge, ₪19.50 after the coupon, is on" in said(member)
    member.months(1)
    assert charged(member) == 1950


def test_who_may_stay_after_all_is_charged_what_is_said(member: Member) -> None:
    join(member, {"lasts": "months", "months": 1})
    with member.there():
        leave_at_end(member.subscription, now=member.now)
    assert coming(member) == 5900
    with member.there():
        stay(member.subscription, now=member.now)
    member.months(1)
    assert charged(member) == 5900


def test_free_days_say_what_is_charged_after_them(member: Member) -> None:
    join(member, FOREVER, trial_days=14)
    assert ", then ₪29.50 a month. The coupon lowers every charge." in said(member)
    member.later(days=14, hours=2)
    assert charged(member) == 2950


def test_long_free_days_know_of_an_announced_price(member: Member) -> None:
    member.shop.price.trial_days = 60
    member.shop.price.save()
    member.join()
    assert ", then ₪59 a month." in said(member)
    tell_of_rise(member, days=40)
    assert ", then ₪69 a month." in said(member)
    member.later(days=58)
    with member.there():
        remind(member.now)
        work_on_rises(member.now)
    assert Message.objects.get(kind="trial_ends").context["amount"] == "₪69 a month"
    assert ", then ₪69 a month." in said(member)
    member.later(days=2, hours=2)
    assert charged(member) == 6900


def test_the_reminder_says_what_was_promised_whatever_became_of_the_coupon(
    member: Member,
) -> None:
    join(member, FOREVER, trial_days=7)
    Coupon.objects.update(percent=10)
    member.later(days=4, hours=1)
    with member.there():
        remind(member.now)
    assert Message.objects.get(kind="trial_ends").context["amount"] == "₪29.50 a month"
    member.later(days=3, hours=2)
    assert charged(member) == 2950


def test_many_are_asked_about_at_once(member: Member, django_assert_num_queries: Any) -> None:
    join(member, FOREVER)
    for number in range(2):
        member.shop.client.cookies.clear()
        order = member.shop.begin(coupon="SEW", email=f"dora{number}@example.com")
        member.shop.pay(order)
        member.shop.return_page(order)
    with member.there():
        everybody = list(Subscription.objects.all())
        assert len(everybody) == 3
        with django_assert_num_queries(4):
            found = next_charges(everybody)
        with django_assert_num_queries(4):
            next_charges(everybody[:1])
    assert {each.amount for each in found.values()} == {2950}
