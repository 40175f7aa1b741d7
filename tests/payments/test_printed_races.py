"""The last printed copy, wanted by many at once: on SQLite's file and on PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from core import clock
from payments.models import Order
from payments.services.refunding import refund
from products.models import Hold, Price
from products.services.sales import places_left
from sandbox.testing import LiveSandbox
from shipping.errors import CannotChange
from shipping.models import Parcel
from shipping.services import parcels
from stores.scope import store_scope
from tests.conftest import make_store, make_user
from tests.payments.buying import Shop, make_book
from tests.payments.together import together
from tests.shipping.posting import ADDRESS, in_print, make_zones, print_price

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]


@pytest.fixture
def shop(sandbox: LiveSandbox, browse: Callable[..., Client], db: None) -> Any:
    """As everywhere, with rows that other threads can see, and two copies in print."""
    store = make_store("thread", make_user("alice@example.com"), name="Thread")
    with store_scope(store):
        book = make_book()
        make_zones()
        in_print(book, stock=2)
        yield Shop(sandbox, store, print_price(book), browse(store))


def left(price: Price) -> int | None:
    return places_left(Price.objects.select_related("product").get(pk=price.pk), clock.now())


def test_the_last_copies_are_sold_once_over_both_kinds_of_price(shop: Shop) -> None:
    alone = replace(shop, price=print_price(shop.price.product, "print", amount=6900))
    shops = [shop, alone] * 3
    attempts = [each.attempt() for each in shops]
    clients = [Client(SERVER_NAME="thread.localhost") for _each in shops]

    def send(number: int) -> int:
        typed = {"attempt": attempts[number], "email": f"buyer{number}@example.com"}
        return int(shops[number].send(clients[number], **ADDRESS, **typed).status_code)

    assert sorted(together(6, send)) == [302, 302, 409, 409, 409, 409]
    assert (Order.objects.count(), left(shop.price)) == (2, 0)


def test_posted_by_many_at_once_it_leaves_once(shop: Shop) -> None:
    shop.buy(**ADDRESS)
    parcel = Parcel.objects.get()

    def post(number: int) -> None:
        with store_scope(shop.store):
            parcels.mark_sent(parcel, carrier="", tracking=f"RR{number}", now=clock.now())

    errors = [each for each in together(5, post) if each is not None]
    assert len(errors) == 4
    assert all(isinstance(each, CannotChange) for each in errors), errors


def test_sent_again_by_many_at_once_one_copy_is_taken(shop: Shop) -> None:
    shop.buy(**ADDRESS)
    parcel = Parcel.objects.get()
    parcels.mark_sent(parcel, carrier="", tracking="", now=clock.now())

    def again(_number: int) -> None:
        with store_scope(shop.store):
            parcels.send_again(parcel, now=clock.now())

    errors = [each for each in together(4, again) if each is not None]
    assert all(isinstance(each, CannotChange) for each in errors), errors
    assert (Parcel.objects.count(), Hold.objects.count(), left(shop.price)) == (2, 2, 0)


def test_posted_while_its_money_goes_back_it_is_either_gone_or_there(shop: Shop) -> None:
    order = shop.buy(**ADDRESS)
    parcel = Parcel.objects.get()

    def act(number: int) -> None:
        with store_scope(shop.store):
            if number:
                parcels.mark_sent(parcel, carrier="", tracking="", now=clock.now())
            else:
                refund(order, by="Alice", now=clock.now())

    together(2, act)
    parcel.refresh_from_db()
    assert parcel.unsold_at is not None
    assert (parcel.state, left(shop.price)) in {("sent", 1), ("cancelled", 2)}
