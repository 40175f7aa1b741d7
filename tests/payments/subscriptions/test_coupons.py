"""Coupons on what is paid again and again: once, for some months, for ever."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from payments.models import Coupon, CouponRedemption, Order, OutboundCall, PaymentAccount
from payments.services import reconciling
from stores.models import Business
from tests.payments.buying import Shop
from tests.payments.subscriptions.member import Member

pytestmark = pytest.mark.django_db


def make_coupon(**over: Any) -> Coupon:
    coupon: Coupon = Coupon.objects.create(**({"code": "SEW", "percent": 50} | over))
    return coupon


def paid(member: Member) -> list[int]:
    assert not Order.objects.filter(status=Order.Status.REVIEW).exists()
    return [order.total for order in member.orders]


@pytest.mark.parametrize(
    ("over", "charges"),
    [
        ({"lasts": "once"}, [2950, 5900, 5900, 5900]),
        ({"lasts": "months", "months": 2}, [2950, 2950, 5900, 5900]),
        ({"lasts": "forever"}, [2950, 2950, 2950, 2950]),
        ({"percent": 33, "lasts": "forever"}, [3953, 3953, 3953, 3953]),
        ({"kind": "amount", "percent": None, "amount": 900}, [5000, 5900, 5900, 5900]),
        ({"percent": 100, "lasts": "once"}, [0, 5900, 5900, 5900]),
    ],
)
def test_each_charge_is_lowered_as_the_coupon_says(
    member: Member, over: dict[str, Any], charges: list[int]
) -> None:
    make_coupon(**over)
    member.join(coupon="SEW")
    member.months(3)
    assert paid(member) == charges
    assert member.access.is_live(member.now)
    assert member.access.paid_spans.count() == 4


def test_with_tax_on_top_every_sum_agrees_to_the_unit(member: Member) -> None:
    Business.objects.update_or_create(
        defaults={"country": "IL", "kind": "licensed", "prices_include_vat": False}
    )
    make_coupon(percent=33, lasts="forever")
    subscription = member.join(coupon="SEW")
    assert subscription.order.lines.get().total == subscription.order.total
    member.months(1)
    first, second = paid(member)
    assert first == second


def test_stripe_learns_of_a_coupon_once(member: Member, shop: Shop) -> None:
    make_coupon(lasts="forever")
    member.join(coupon="SEW")
    shop.client.cookies.clear()
    shop.begin(coupon="SEW", email="dora@example.com")
    call = OutboundCall.objects.get(kind="coupon")
    assert call.state == OutboundCall.State.ANSWERED
    assert len(shop.sandbox.calls("/v1/coupons")) == 1


def test_a_coupon_that_was_changed_is_another_one_there(member: Member, shop: Shop) -> None:
    coupon = make_coupon(lasts="forever")
    member.join(coupon="SEW")
    coupon.percent = 10
    coupon.save()
    shop.client.cookies.clear()
    assert shop.begin(coupon="SEW", email="dora@example.com").total == 5310
    member.months(1)
    assert paid(member) == [2950, 2950]


def test_an_answer_that_was_lost_is_asked_for_again(member: Member, shop: Shop) -> None:
    make_coupon()
    shop.sandbox.fault("drop", when="after", times=1, method="POST", path="/v1/coupons")
    assert shop.send(coupon="SEW").status_code == 503
    order = shop.begin(coupon="SEW")
    shop.pay(order)
    assert shop.return_page(order).status_code == 200
    assert paid(member) == [2950]


def test_the_reconciler_finds_a_coupon_nobody_answered_for(member: Member, shop: Shop) -> None:
    make_coupon()
    shop.sandbox.fault("drop", when="after", times=1, method="POST", path="/v1/coupons")
    shop.send(coupon="SEW")
    with member.there():
        reconciling.reconcile_store(member.now + timedelta(minutes=15))
    assert not OutboundCall.objects.filter(state="waiting").exists()
    shop.pay(shop.order())
    member.hear()
    assert paid(member) == [2950]


def test_the_limit_of_a_customer_holds(member: Member, shop: Shop) -> None:
    make_coupon(most_per_customer=1)
    member.join(coupon="SEW")
    assert CouponRedemption.objects.get().used_at is not None
    shop.client.cookies.clear()
    seen = shop.send(coupon="SEW", again="on")
    assert seen.status_code == 422
    assert "You have used this coupon already." in seen.content.decode()


def test_what_leaves_too_little_is_refused(shop: Shop) -> None:
    make_coupon(percent=98)
    assert "less than a card can be charged" in shop.send(coupon="SEW").content.decode()


def test_free_days_take_only_what_lowers_every_charge(member: Member, shop: Shop) -> None:
    shop.price.trial_days = 7
    shop.price.save()
    coupon = make_coupon()
    assert "The first days are free already" in shop.send(coupon="SEW").content.decode()
    coupon.lasts = Coupon.Lasts.FOREVER
    coupon.save()
    member.join(coupon="SEW")
    member.later(days=7, hours=2)
    assert paid(member) == [0, 2950]


def test_of_another_account_it_is_another_call(shop: Shop) -> None:
    make_coupon()
    shop.begin(coupon="SEW")
    call = OutboundCall.objects.get(kind="coupon")
    assert call.stripe_account == PaymentAccount.objects.get().stripe_account
