"""The database or Redis goes away at a step: nothing lost, nothing doubled.

Servers that are killed for real: tests/work/test_servers_killed.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, InterfaceError, connection
from django.test import Client
from kombu.exceptions import OperationalError

from core import clock
from payments.models import Order, Refund
from payments.services import inbox, reconciling, steps
from payments.services.refunding import refund
from products.models import Price
from sandbox.testing import LiveSandbox
from stores.models import Store
from stores.scope import store_scope
from tests.conftest import make_store, make_user
from tests.payments.buying import Shop, make_book
from tests.payments.test_killed import assert_returned_once, assert_sold_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def shop(sandbox: LiveSandbox, browse: Callable[..., Client], db: None) -> Any:
    """As everywhere, with rows that outlive a connection."""
    store = make_store("thread", make_user("alice@example.com"), name="Thread")
    with store_scope(store):
        price: Price = make_book(title="The First Stitch").prices.get()
        yield Shop(sandbox, store, price, browse(store))


@pytest.fixture(autouse=True)
def _nobody_watches() -> Iterator[None]:
    yield
    steps.watch(None)


def restart_at(step: str) -> list[str]:
    """Let the server end our connection when a step is reached, once; return where it did."""
    ended: list[str] = []

    def watch(reached: str) -> None:
        if reached == step:
            steps.watch(None)
            ended.append(reached)
            _end_connection()

    steps.watch(watch)
    return ended


def _end_connection() -> None:
    if connection.vendor != "postgresql":
        connection.connection.close()
        return
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
    other.close()


def come_back_later(store: Store, minutes: int) -> None:
    """Do what beat does when the database is there again."""
    connection.close()
    now = clock.now() + timedelta(minutes=minutes)
    reconciling.read_events(now)
    with store_scope(store):
        reconciling.reconcile_store(now)
    inbox.work(now)


GONE = (DatabaseError, InterfaceError)


@pytest.mark.parametrize("step", ["sync.fetched", "sync.locked", "sync.written"])
def test_gone_while_a_payment_is_written_it_opens_later(shop: Shop, step: str) -> None:
    shop.pay(shop.begin())
    ended = restart_at(step)
    with suppress(*GONE):
        shop.hear("checkout.session.completed")
    assert ended == [step]
    come_back_later(shop.store, 11)
    assert_sold_once(shop)


@pytest.mark.parametrize("step", ["order.placed", "call.answered"])
def test_gone_while_ordering_the_buyer_sends_the_page_again(shop: Shop, step: str) -> None:
    typed = {"attempt": shop.attempt()}
    ended = restart_at(step)
    with suppress(*GONE):
        shop.send(**typed)
    assert ended == [step]
    come_back_later(shop.store, 3)
    order = shop.begin(**typed)
    shop.pay(order)
    come_back_later(shop.store, 15)
    assert_sold_once(shop)


@pytest.mark.parametrize("step", ["refund.written", "call.answered", "sync.written"])
def test_gone_while_money_goes_back_it_goes_back_once(shop: Shop, step: str) -> None:
    order = shop.buy()
    ended = restart_at(step)
    with suppress(*GONE):
        refund(order, by="Alice", now=clock.now())
    assert ended == [step]
    connection.close()
    if not Refund.objects.exists():
        refund(Order.objects.get(), by="Alice", now=clock.now())
    come_back_later(shop.store, 15)
    assert_returned_once(shop)


def test_redis_gone_from_the_first_page_to_the_money_back_nobody_notices(
    shop: Shop, redis_gone: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.queue.current_app.tasks", {})
    monkeypatch.setattr("core.queue.current_app.send_task", _no_broker)
    assert shop.client.get("/").status_code == 200
    order = shop.buy()
    shop.hear()
    assert_sold_once(shop)
    refund(order, by="Alice", now=clock.now())
    assert_returned_once(shop)


def _no_broker(*_args: object, **_over: object) -> None:
    raise OperationalError("Connection refused")
