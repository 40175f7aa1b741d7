"""Many at once: on SQLite's file and on PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from access.models import Access
from core import clock
from mail.models import Message
from payments.errors import CannotRefund
from payments.models import Dispute, Order, Payment, Refund, StripeEvent
from payments.services import inbox
from payments.services.refunding import refund
from payments.services.sync import sync_dispute
from products.models import Hold, Price
from sandbox.testing import LiveSandbox
from stores.scope import store_scope
from tests.conftest import make_store, make_user
from tests.payments.buying import Shop, make_book
from tests.payments.together import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def shop(sandbox: LiveSandbox, browse: Callable[..., Client], db: None) -> Any:
    """As everywhere, with rows that other threads can see."""
    store = make_store("thread", make_user("alice@example.com"), name="Thread")
    with store_scope(store):
        price: Price = make_book(title="The First Stitch").prices.get()
        yield Shop(sandbox, store, price, browse(store))


def test_the_same_event_fifty_times_at_once_is_one_sale(shop: Shop) -> None:
    shop.pay(shop.begin())
    hints = shop.hints("checkout.session.completed")

    def hear(_number: int) -> None:
        inbox.take_in(hints, clock.now())
        inbox.work(clock.now())

    assert [error for error in together(50, hear) if error] == []
    assert StripeEvent.objects.count() == 1
    assert Order.objects.get().is_paid
    assert Access.objects.count() == Payment.objects.count() == 1
    assert Message.objects.filter(kind="receipt").count() == 1


def test_a_double_click_at_once_is_one_order(shop: Shop, settings: Any) -> None:
    settings.STRIPE_NETWORK_RETRIES = 4
    attempt = shop.attempt()
    clients = [Client(SERVER_NAME="thread.localhost") for _each in range(6)]
    got = together(6, lambda number: shop.send(clients[number], attempt=attempt))
    assert len({response.url for response in got}) == 1, got
    assert Order.objects.count() == Hold.objects.count() == 1


def test_the_last_copy_is_sold_once(shop: Shop) -> None:
    Price.objects.update(quantity=1)
    attempts = [shop.attempt() for _each in range(6)]
    clients = [Client(SERVER_NAME="thread.localhost") for _each in range(6)]

    def send(number: int) -> int:
        email = f"buyer{number}@example.com"
        typed = {"attempt": attempts[number], "email": email}
        return int(shop.send(clients[number], **typed).status_code)

    assert sorted(together(6, send)) == [302, 409, 409, 409, 409, 409]
    assert Order.objects.count() == 1


def test_orders_placed_at_once_have_different_numbers(shop: Shop) -> None:
    attempts = [shop.attempt() for _each in range(6)]
    clients = [Client(SERVER_NAME="thread.localhost") for _each in range(6)]

    def send(number: int) -> int:
        email = f"buyer{number}@example.com"
        typed = {"attempt": attempts[number], "email": email}
        return int(shop.send(clients[number], **typed).status_code)

    assert together(6, send) == [302] * 6
    numbers = sorted(Order.objects.values_list("number", flat=True))
    assert numbers == list(range(1001, 1007))


def test_twenty_refunds_at_once_never_give_back_more_than_was_paid(
    shop: Shop, settings: Any
) -> None:
    settings.STRIPE_NETWORK_RETRIES = 4
    order = shop.buy()

    def give(_number: int) -> None:
        with store_scope(shop.store):
            refund(Order.objects.get(pk=order.pk), by="alice", amount=1000, now=clock.now())

    got = together(20, give)
    assert sum(isinstance(error, CannotRefund) for error in got) == 16, got
    assert Refund.objects.count() == 4
    assert Payment.objects.get().refunded_amount == 4000


def test_a_button_pressed_ten_times_at_once_gives_back_once(shop: Shop) -> None:
    order = shop.buy()

    def press(_number: int) -> None:
        with store_scope(shop.store):
            again = Order.objects.get(pk=order.pk)
            refund(again, by="alice", amount=1000, seen=4900, now=clock.now())

    together(10, press)
    assert Payment.objects.get().refunded_amount == 1000


def test_a_dispute_and_a_refund_at_once_never_take_more_than_was_paid(shop: Shop) -> None:
    order = shop.buy()
    charge = Payment.objects.get().charge

    def act(number: int) -> None:
        with store_scope(shop.store):
            if number:
                refund(Order.objects.get(pk=order.pk), by="alice", amount=4000, now=clock.now())
            else:
                made = shop.sandbox.dispute(charge)
                sync_dispute("", made["id"], clock.now())

    together(2, act)
    hints = shop.hints()
    inbox.take_in(hints, clock.now())
    inbox.work(clock.now())
    payment, dispute = Payment.objects.get(), Dispute.objects.get()
    assert payment.refunded_amount + dispute.amount <= payment.amount
    assert not Access.objects.live(clock.now()).exists()
