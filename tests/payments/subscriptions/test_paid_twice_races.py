"""Bought twice, pressed by many, swept by many: what is paid twice stops once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from mail.models import Message
from payments.errors import CannotChange, TryLater
from payments.models import OutboundCall, Overlap, Refund, Subscription
from payments.services import refunding
from payments.services.overlaps.ending import choose, work_on_overlaps
from payments.services.overlaps.noting import note
from payments.services.subscriptions.leaving import give_back, leave_today
from products.services.bundles import include
from sandbox.testing import LiveSandbox
from stores.scope import store_scope
from tests.conftest import make_price, make_product, make_store, make_user
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
def overlap(shop: Shop) -> Overlap:
    """A club that is paid for, and a bundle with it bought by the same address, unasked."""
    member = Member(shop)
    club = member.join()
    product = make_product("bundle", amount=None, title="All of it")
    include(product, club.product)
    shop.price = make_price(product, amount=20000)
    shop.buy()
    found: Overlap = Overlap.objects.select_related("subscription").get()
    return found


def test_pressed_and_swept_by_many_at_once_it_ends_once(shop: Shop, overlap: Overlap) -> None:
    now = Member(shop).now

    def act(number: int) -> None:
        with store_scope(shop.store):
            if number % 2:
                choose(Overlap.objects.get(pk=overlap.pk), "stop", now=now)
            else:
                work_on_overlaps(now)

    got = [error for error in together(8, act) if error]
    assert all(isinstance(error, CannotChange | TryLater) for error in got), got
    work_on_overlaps(now)
    assert Subscription.objects.get(pk=overlap.subscription_id).ended_at is not None
    assert OutboundCall.objects.filter(key__startswith="end-").count() == 1
    assert Refund.objects.count() == 1
    assert Message.objects.filter(kind="stopped_inside").count() == 1
    assert Message.objects.filter(kind="left_today").count() == 0


def test_left_by_hand_and_stopped_at_once_gives_back_once(shop: Shop, overlap: Overlap) -> None:
    now = Member(shop).now

    def act(number: int) -> None:
        with store_scope(shop.store):
            if number % 2:
                leave_today(Subscription.objects.get(pk=overlap.subscription_id), now=now)
            else:
                choose(Overlap.objects.get(pk=overlap.pk), "stop", now=now)

    got = [error for error in together(6, act) if error]
    assert all(isinstance(error, CannotChange | TryLater) for error in got), got
    assert Refund.objects.count() == 1
    assert OutboundCall.objects.filter(key__startswith="end-").count() == 1


def test_the_unused_days_of_one_end_are_written_down_once(
    shop: Shop, overlap: Overlap, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a month is left: twice of it would fit into what was paid."""
    member = Member(shop)
    member.later(days=17)
    with member.there():
        leave_today(Subscription.objects.get(pk=overlap.subscription_id), now=member.now)
    call = OutboundCall.objects.get(key__startswith="end-")
    first = Refund.objects.get()
    OutboundCall.objects.filter(refund=first).delete()
    first.delete()
    now, write = member.now, refunding.write_down_parts

    def slowly(*args: Any, **how: Any) -> list[Refund]:
        time.sleep(0.3)  # so long all who look before it is written find nothing
        return write(*args, **how)

    monkeypatch.setattr(refunding, "write_down_parts", slowly)

    def act(_number: int) -> None:
        with store_scope(shop.store):
            give_back(OutboundCall.objects.get(pk=call.pk), now)

    got = [error for error in together(6, act) if error]
    assert got == []
    assert Refund.objects.count() == 1


def test_noted_by_many_at_once_it_is_one(shop: Shop, overlap: Overlap) -> None:
    access = overlap.access
    now = Member(shop).now
    Overlap.objects.all().delete()

    def act(_number: int) -> None:
        with store_scope(shop.store):
            note([access], now)

    assert [error for error in together(8, act) if error] == []
    assert Overlap.objects.count() == 1
