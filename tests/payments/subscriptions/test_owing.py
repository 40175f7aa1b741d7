"""What is owed: a charge moves, an end moves, an issue more, or money back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from access.contract import Source
from access.models import Access, Owed
from access.services.granting import grant_purchase, owe
from accounts.models import Customer
from core import clock
from payments.errors import TryLater
from payments.models import Order, OutboundCall, Refund
from payments.services import reconciling
from payments.services.subscriptions.leaving import leave_today
from payments.services.subscriptions.owing import (
    owed_lines,
    settle_owed,
    stores_with_owed,
    timeline,
)
from payments.services.subscriptions.resting import rest
from tests.conftest import NOW, make_price, make_product
from tests.payments.subscriptions.member import Member

pytestmark = pytest.mark.django_db


def settle(member: Member) -> None:
    with member.there():
        settle_owed(member.now)


def test_all_that_is_owed_moves_the_next_charge_by_one_call(member: Member) -> None:
    subscription = member.join()
    before = subscription.next_charge_at
    assert before is not None
    owe(member.access, 1, "period", "issue 42")
    owe(member.access, 3, "day", "late feedback")
    assert stores_with_owed(member.now) == [member.shop.store.pk]
    settle(member)
    settle(member)
    month = clock.add_period(before, "month", 1, member.shop.store.zone)
    assert member.subscription.next_charge_at == month + timedelta(days=3)
    assert OutboundCall.objects.filter(key__startswith="owed-").count() == 1
    first, second = Owed.objects.order_by("pk")
    assert (first.moved_from, first.moved_until) == (before, month)
    assert (second.moved_from, second.moved_until) == (month, month + timedelta(days=3))
    assert second.settled_at is not None
    assert stores_with_owed(member.now) == []
    member.months(1)
    assert member.access.is_live(member.now)
    assert len(member.orders) == 1
    member.later(months=1, days=4)
    assert [order.total for order in member.orders] == [5900, 5900]
    assert not Order.objects.filter(status=Order.Status.REVIEW).exists()


def test_an_answer_that_was_lost_moves_it_once(member: Member) -> None:
    subscription = member.join()
    before = subscription.next_charge_at
    owe(member.access, 3, "day", "late")
    path = f"/v1/subscriptions/{subscription.stripe_id}"
    member.shop.sandbox.fault("drop", when="after", times=1, method="POST", path=path)
    settle(member)
    assert Owed.objects.get().settled_at is None
    with member.there():
        with pytest.raises(TryLater):
            leave_today(subscription, now=member.now)
        settle_owed(member.now)
        reconciling.reconcile_store(member.now + timedelta(minutes=15))
    assert Owed.objects.get().settled_at is not None
    assert member.subscription.next_charge_at == before + timedelta(days=3)


def test_in_a_rest_it_waits(member: Member) -> None:
    subscription = member.join()
    with member.there():
        rest(subscription, 1, now=member.now)
    owe(member.access, 1, "period", "issue 42")
    settle(member)
    assert Owed.objects.get().settled_at is None
    member.later(months=2, hours=2)
    settle(member)
    assert Owed.objects.get().settled_at is not None


def test_who_leaves_before_it_was_made_good_gets_it_in_money(member: Member) -> None:
    subscription = member.join()
    member.later(days=20)
    owe(member.access, 3, "day", "late")
    with member.there():
        (unused,) = leave_today(subscription, now=member.now)
    settle(member)
    settle(member)
    back = Refund.objects.exclude(pk=unused.pk).get()
    assert back.reason == "What was owed"
    assert 3 * 5900 // 31 <= back.amount <= 3 * 5900 // 28
    assert Owed.objects.get().returned_at is not None


def test_who_leaves_before_it_was_used_gets_what_is_left_of_it(member: Member) -> None:
    subscription = member.join()
    owe(member.access, 1, "period", "issue 42")
    settle(member)
    member.later(months=1, days=15)
    with member.there():
        assert leave_today(subscription, now=member.now) == []
    settle(member)
    settle(member)
    assert 2500 < Refund.objects.get().amount < 3200


def test_a_fixed_length_ends_later(in_store: object, charlie: Customer) -> None:
    price = make_price(make_product("toy"), length="periods", length_count=12, length_unit="week")
    (access,) = bought(charlie, price)
    owe(access, 4, "day", "late feedback")
    settle_owed(NOW)
    settle_owed(NOW)
    before = access.ends_at
    access.refresh_from_db()
    assert access.ends_at == clock.add_period(before, "day", 4, access.store.zone)


def test_a_number_of_issues_grows(in_store: object, charlie: Customer) -> None:
    price = make_price(make_product("toy"), length="units", length_count=4)
    (access,) = bought(charlie, price)
    owe(access, 1, "issue", "No. 2")
    settle_owed(NOW)
    settle_owed(NOW)
    access.refresh_from_db()
    assert (access.units_left, access.ends_at) == (5, None)


def test_both_read_what_is_owed(member: Member) -> None:
    member.join()
    access = member.access
    owe(access, 2, "day", "late")
    with member.there():
        (said,) = owed_lines(access.customer, member.now)
        assert "2 days owed, which will be made good by itself." in said
        settle_owed(member.now)
        (moved,) = owed_lines(access.customer, member.now)
        (entry,) = timeline([access.customer])[access.customer]
    assert "The next charge moved to" in moved
    assert entry.sentence == moved


def bought(customer: Customer, price: object) -> list[Access]:
    return grant_purchase(
        customer, price=price, option="", source=Source("order_line", "1"), now=NOW
    )
