"""The mail of the first sale waits a little for the first opening."""

from __future__ import annotations

from datetime import timedelta

import pytest

from access.contract import Source
from access.models import Access
from access.services.granting import grant
from accounts.models import Customer
from mail.models import Message
from mail.services.rendering import render, store_sender
from payments.models import Order, OrderLine
from payments.services import letters
from payments.services.first_sale import WAITS, stores_waiting, tell_openings
from stores.models import Store
from tests.conftest import NOW, make_product


@pytest.fixture
def order(in_store: Store, charlie: Customer) -> Order:
    product = make_product()
    order = Order.objects.create(
        number=1001,
        attempt="a",
        customer=charlie,
        email="charlie@example.com",
        name="Charlie",
        language="en",
        status="paid",
        currency="ILS",
        total=4900,
        provider="stripe",
        terms_accepted_at=NOW,
        placed_at=NOW,
        paid_at=NOW,
    )
    price = product.prices.get()
    line = OrderLine.objects.create(
        order=order, product=product, price=price, title=product.title, amount=4900, length="good"
    )
    source = Source("order_line", str(line.pk))
    grant(charlie, product=product, source=source, starts_at=NOW, now=NOW)
    letters.sale(order, is_first=True)
    return order


def test_it_leaves_after_ten_minutes_without_the_sentence(order: Order, in_store: Store) -> None:
    message = Message.objects.get(kind="first_sale")
    assert message.due_at == NOW + WAITS
    tell_openings(in_store, NOW + timedelta(minutes=1))
    message.refresh_from_db()
    assert message.due_at == NOW + WAITS
    assert "opened" not in render(message, store_sender(in_store)).text


def test_opened_meanwhile_it_leaves_at_once_and_says_so(order: Order, in_store: Store) -> None:
    now = NOW + timedelta(minutes=4)
    Access.objects.update(first_opened_at=now)
    assert stores_waiting(now) == [in_store.pk]
    tell_openings(in_store, now)
    tell_openings(in_store, now)
    message = Message.objects.get(kind="first_sale")
    assert message.due_at == now
    assert "Charlie opened it 4 minutes later." in render(message, store_sender(in_store)).text


def test_one_that_left_is_left_alone(order: Order, in_store: Store) -> None:
    Message.objects.filter(kind="first_sale").update(state="sent")
    Access.objects.update(first_opened_at=NOW)
    tell_openings(in_store, NOW)
    assert "opened" not in Message.objects.get(kind="first_sale").context


def test_a_later_sale_does_not_wait(order: Order, in_store: Store) -> None:
    Message.objects.all().delete()
    letters.sale(order, is_first=False)
    assert Message.objects.get().due_at != NOW + WAITS
