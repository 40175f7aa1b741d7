"""The money of one period that goes back, or that a bank asks for, concerns that period alone."""

from __future__ import annotations

import pytest

from access.models import PaidSpan
from access.services.granting import owe
from payments.models import Bill, Dispute, Order, Subscription
from payments.services.refunding import refund
from payments.services.subscriptions import following_up
from payments.services.subscriptions.following_up import stores_with_plans
from tests.payments.subscriptions.member import Member

pytestmark = pytest.mark.django_db
State = Subscription.State


def _give_back(member: Member, order: Order) -> None:
    with member.there():
        refund(order, by="noa", now=member.now)
    member.hear()


def test_an_older_month_given_back_is_no_paid_time_and_closes_nothing(member: Member) -> None:
    member.join()
    member.months(2)
    first, second, _third = member.orders
    _give_back(member, second)
    assert PaidSpan.objects.count() == 2
    assert member.access.is_live(member.now)
    assert member.subscription.state(member.now) == State.ACTIVE
    second.refresh_from_db()
    first.refresh_from_db()
    assert (first.status, second.status) == (Order.Status.PAID, Order.Status.REFUNDED)


def test_this_month_given_back_closes_until_the_next_is_paid(member: Member) -> None:
    member.join()
    member.months(1)
    _give_back(member, member.orders[1])
    assert member.subscription.state(member.now) == State.ON_HOLD
    assert not member.access.is_live(member.now)
    member.later(months=1, hours=2)
    assert member.subscription.state(member.now) == State.ACTIVE
    assert member.access.is_live(member.now)


def test_what_follows_a_month_given_back_is_open_where_no_charge_comes(member: Member) -> None:
    """The next charge has moved by a month that was owed: that month is theirs."""
    member.join()
    with member.there():
        owe(member.access, 1, "period", "a month that did not come")
        following_up.work_on_plans(member.now)
    member.hear()
    _give_back(member, member.orders[0])
    assert not member.access.is_live(member.now)
    member.later(months=1, hours=2)
    assert stores_with_plans(member.now) == [member.shop.store.pk]
    with member.there():
        following_up.work_on_plans(member.now)
    assert len(member.orders) == 1
    assert member.access.is_live(member.now)
    assert member.subscription.state(member.now) == State.ACTIVE
    assert stores_with_plans(member.now) == []


def test_the_first_month_given_back_a_year_later_takes_nothing_of_today(member: Member) -> None:
    member.join()
    member.months(3)
    _give_back(member, member.orders[0])
    assert member.access.is_live(member.now)
    assert PaidSpan.objects.count() == 3


def test_a_refund_that_fails_pays_for_its_time_again(member: Member) -> None:
    member.join("4000000000005126")
    order = member.orders[0]
    _give_back(member, order)
    assert not member.access.is_live(member.now)
    member.later(hours=1)
    assert member.access.is_live(member.now)
    assert PaidSpan.objects.count() == 1
    assert member.subscription.held_at is None


def test_a_bank_that_asks_holds_it_and_a_lost_case_closes_the_period(member: Member) -> None:
    member.join()
    member.months(1)
    intent = member.orders[1].payments.get().payment_intent
    dispute = member.shop.sandbox.dispute(intent)
    member.hear()
    assert member.subscription.state(member.now) == State.ON_HOLD
    assert not member.access.is_live(member.now)
    member.shop.sandbox.lose(dispute["id"])
    member.later(hours=1)
    assert Dispute.objects.get().status == "lost"
    assert not member.access.is_live(member.now)
    assert PaidSpan.objects.count() == 1


def test_a_case_that_is_won_opens_it_again(member: Member) -> None:
    member.join()
    intent = member.orders[0].payments.get().payment_intent
    dispute = member.shop.sandbox.dispute(intent)
    member.hear()
    member.shop.sandbox.win(dispute["id"])
    member.later(hours=1)
    assert member.access.is_live(member.now)
    assert member.subscription.state(member.now) == State.ACTIVE
    assert Bill.objects.get().order == member.orders[0]
