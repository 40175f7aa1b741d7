"""Many at once, of what returns: on SQLite's file and on PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from access.models import Access, PaidSpan
from core import clock
from mail.models import Message
from payments.errors import CannotChange, TryLater
from payments.models import Bill, Order, OutboundCall, Payment, Subscription
from payments.services import inbox
from payments.services.refunding import refund
from payments.services.subscriptions.leaving import leave_at_end
from payments.services.sync import sync_invoice
from sandbox.testing import LiveSandbox
from stores.scope import store_scope
from tests.conftest import make_store, make_user
from tests.payments.buying import Shop
from tests.payments.subscriptions.member import Member, make_club
from tests.payments.together import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def shop(sandbox: LiveSandbox, browse: Callable[..., Client], db: None) -> Iterator[Shop]:
    """As everywhere, with rows that other threads can see."""
    store = make_store("thread", make_user("alice@example.com"), name="Thread")
    with store_scope(store):
        yield Shop(sandbox, store, make_club(), browse(store))


@pytest.fixture
def member(shop: Shop) -> Member:
    return Member(shop)


def test_everything_of_a_month_heard_by_many_at_once_is_one_order(member: Member) -> None:
    member.join()
    member.shop.sandbox.advance(months=1, hours=2)
    hints = member.shop.hints()

    def hear(number: int) -> None:
        mine = hints[number % len(hints) :] + hints[: number % len(hints)]
        inbox.take_in(mine, clock.now())
        inbox.work(clock.now())

    assert [error for error in together(12, hear) if error] == []
    member.hear()
    assert Bill.objects.count() == Payment.objects.count() == PaidSpan.objects.count() == 2
    assert Order.objects.filter(subscription__isnull=False).count() == 1
    assert Subscription.objects.count() == Access.objects.count() == 1
    assert Message.objects.filter(kind="renewed").count() == 1


def test_a_refund_and_a_hint_about_the_same_month_wait_for_each_other(member: Member) -> None:
    member.join()
    member.months(1)
    order = member.orders[1]
    invoice = Bill.objects.get(order=order).stripe_id

    def act(number: int) -> None:
        with store_scope(member.shop.store):
            if number == 0:
                refund(order, by="noa", now=clock.now())
            else:
                sync_invoice("", invoice, clock.now())

    got = [error for error in together(6, act) if error]
    assert all(isinstance(error, TryLater) for error in got), got
    member.hear()
    assert not member.access.is_live(member.now)
    assert PaidSpan.objects.count() == 1


def test_leaving_pressed_by_many_at_once_is_asked_once(member: Member) -> None:
    subscription = member.join()

    def act(_number: int) -> None:
        with store_scope(member.shop.store):
            leave_at_end(Subscription.objects.get(pk=subscription.pk), now=clock.now())

    got = [error for error in together(6, act) if error]
    assert all(isinstance(error, CannotChange | TryLater) for error in got), got
    assert OutboundCall.objects.filter(kind="change").count() == 1
    assert member.subscription.state(member.now) == Subscription.State.LEAVING
