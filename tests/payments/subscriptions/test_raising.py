"""Another price for all: told a month before, changed with each next charge, stopped before."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mail.models import Message
from payments.errors import CannotChange
from payments.models import Order, PriceRise
from payments.services.subscriptions.leaving import leave_at_end
from payments.services.subscriptions.raising import (
    announce,
    progress,
    stop,
    stores_with_rises,
    work_on_rises,
)
from tests.payments.subscriptions.member import Member

pytestmark = pytest.mark.django_db
DAYS = timedelta(days=1)


def announced(member: Member, days: int = 40) -> PriceRise:
    with member.there():
        price = member.subscription.price
        rise = announce(price, amount=6900, holds_from=member.now + days * DAYS, now=member.now)
        work_on_rises(member.now)
        work_on_rises(member.now)
    return rise


def test_everybody_is_told_once_what_it_costs_and_how_to_stop(member: Member) -> None:
    member.join()
    rise = announced(member)
    letter = Message.objects.select_related("mailing").get(kind="price_rises")
    assert "₪59 a month" in letter.mailing.text
    assert "₪69 a month" in letter.mailing.text
    assert letter.priority == 8
    assert "/stop/" in letter.context["end_url"]
    assert (progress(rise).told, progress(rise).left, progress(rise).changed) == (1, 1, 0)
    assert stores_with_rises(member.now) == []


def test_it_holds_from_the_first_charge_after_the_day(member: Member) -> None:
    member.join()
    rise = announced(member)
    for days in (31, 28, 3):
        member.later(days=days, hours=2)
        with member.there():
            work_on_rises(member.now)
    assert [order.total for order in member.orders] == [5900, 5900, 6900]
    assert member.subscription.price == rise.new
    assert (progress(rise).changed, progress(rise).left) == (1, 0)
    assert not Order.objects.filter(status=Order.Status.REVIEW).exists()


def test_who_leaves_before_never_pays_it(member: Member) -> None:
    subscription = member.join()
    rise = announced(member)
    member.months(1)
    with member.there():
        leave_at_end(subscription, now=member.now)
        work_on_rises(member.now + 30 * DAYS)
    member.months(2)
    assert [order.total for order in member.orders] == [5900, 5900]
    assert progress(rise).left == 0


def test_it_can_be_stopped_until_the_first_is_changed(member: Member) -> None:
    member.join()
    rise = announced(member)
    with member.there():
        stop(rise, now=member.now)
        stop(rise, now=member.now)
        work_on_rises(member.now + 60 * DAYS)
    assert Message.objects.filter(kind="price_stays").count() == 1
    member.months(2)
    assert [order.total for order in member.orders] == [5900] * 3


def test_once_begun_it_is_not_stopped(member: Member) -> None:
    member.join()
    rise = announced(member, days=31)
    for _step in range(11):
        member.later(days=6)
        with member.there():
            work_on_rises(member.now)
    with member.there(), pytest.raises(CannotChange):
        stop(rise, now=member.now)


def test_notice_is_a_month_and_one_change_at_a_time(member: Member) -> None:
    member.join()
    price = member.subscription.price
    with member.there():
        with pytest.raises(CannotChange):
            announce(price, amount=6900, holds_from=member.now + 29 * DAYS, now=member.now)
        with pytest.raises(CannotChange):
            announce(price, amount=5900, holds_from=member.now + 40 * DAYS, now=member.now)
    announced(member)
    with member.there(), pytest.raises(CannotChange):
        announce(price, amount=7900, holds_from=member.now + 40 * DAYS, now=member.now)


def test_who_came_late_is_told_and_waits_a_month(member: Member) -> None:
    member.join()
    rise = announced(member, days=31)
    Message.objects.filter(kind="price_rises").delete()
    for _step in range(10):
        member.later(days=6)
        with member.there():
            work_on_rises(member.now)
    assert Message.objects.filter(kind="price_rises").count() == 1
    assert not rise.changes.exists()
