"""The database or Redis goes away at a step: nothing lost, nothing doubled.

Servers that are killed for real: tests/work/test_servers_killed.py.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from core import clock
from payments.models import Order, Refund
from payments.services import inbox, reconciling
from payments.services.refunding import refund
from products.models import Price
from sandbox.testing import LiveSandbox
from stores.models import Store
from stores.scope import store_scope
from tests.conftest import make_store, make_user
from tests.payments.buying import Shop, make_book
from tests.payments.going_away import database_gone_at, take_broker_away
from tests.payments.test_killed import assert_returned_once, assert_sold_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def shop(sandbox: LiveSandbox, browse: Callable[..., Client], db: None) -> Any:
    """As everywhere, with rows that outlive a connection."""
    store = make_store("thread", make_user("alice@example.com"), name="Thread")
    with store_scope(store):
        price: Price = make_book(title="The First Stitch").prices.get()
        yield Shop(sandbox, store, price, browse(store))


def come_back_later(store: Store, minutes: int) -> None:
    """Do what beat does when the database is there again."""
    now = clock.now() + timedelta(minutes=minutes)
    reconciling.read_events(now)
    with store_scope(store):
        reconciling.reconcile_store(now)
    inbox.work(now)


@pytest.mark.parametrize("step", ["sync.fetched", "sync.locked", "sync.written"])
def test_gone_while_a_payment_is_written_it_opens_later(shop: Shop, step: str) -> None:
    shop.pay(shop.begin())
    with database_gone_at(step):
        shop.hear("checkout.session.completed")
    come_back_later(shop.store, 11)
    assert_sold_once(shop)


@pytest.mark.parametrize("step", ["order.placed", "call.answered"])
def test_gone_while_ordering_the_buyer_sends_the_page_again(shop: Shop, step: str) -> None:
    typed = {"attempt": shop.attempt()}
    with database_gone_at(step):
        shop.send(**typed)
    come_back_later(shop.store, 3)
    order = shop.begin(**typed)
    shop.pay(order)
    come_back_later(shop.store, 15)
    assert_sold_once(shop)


@pytest.mark.parametrize("step", ["refund.written", "call.answered", "sync.written"])
def test_gone_while_money_goes_back_it_goes_back_once(shop: Shop, step: str) -> None:
    order = shop.buy()
    with database_gone_at(step):
        refund(order, by="Alice", now=clock.now())
    if not Refund.objects.exists():
        refund(Order.objects.get(), by="Alice", now=clock.now())
    come_back_later(shop.store, 15)
    assert_returned_once(shop)


def test_redis_gone_from_the_first_page_to_the_money_back_nobody_notices(
    shop: Shop, redis_gone: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_broker_away(monkeypatch)
    assert shop.client.get("/").status_code == 200
    order = shop.buy()
    shop.hear()
    assert_sold_once(shop)
    refund(order, by="Alice", now=clock.now())
    assert_returned_once(shop)
