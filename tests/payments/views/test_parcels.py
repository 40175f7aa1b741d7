"""What a buyer sees and says of a parcel, and nobody else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from conversations.models import Conversation
from core import clock
from mail.models import Message as Mail
from payments.models import Order
from payments.services.moving import move_order
from shipping.models import Parcel
from shipping.services import parcels
from tests.payments.buying import Shop
from tests.shipping.posting import ADDRESS, in_print, make_zones, print_price


@pytest.fixture
def bought(shop: Shop, in_store: Any) -> Shop:
    make_zones()
    in_print(shop.price.product)
    printed = replace(shop, price=print_price(shop.price.product))
    printed.buy(**ADDRESS)
    return printed


def page_of(shop: Shop, end: str = "") -> str:
    parcel = Parcel.objects.get()
    return f"/orders/{parcel.order_reference}/" + (
        f"parcels/{parcel.public_id}/{end}/" if end else ""
    )


def says(response: Any) -> str:
    return str(response.content.decode())


def send(shop: Shop) -> None:
    now = clock.now()
    parcels.mark_sent(Parcel.objects.get(), carrier="usps", tracking="9400", now=now)


def test_the_orders_page_says_where_it_is(bought: Shop) -> None:
    assert "It is waiting to be packed." in says(bought.client.get(page_of(bought)))
    send(bought)
    page = says(bought.client.get(page_of(bought)))
    assert "tLabels=9400" in page
    assert "Herzl 5" in page
    assert "It did not arrive" in page


def test_its_address_is_changed_until_it_leaves(bought: Shop) -> None:
    url = page_of(bought, "address")
    assert 'value="Haifa"' in says(bought.client.get(url))
    typed = ADDRESS | {"ship_city": "Acre"}
    assert bought.client.post(url, typed | {"ship_phone": ""}).status_code == 422
    assert Parcel.objects.get().city == "Haifa"
    assert bought.client.post(url, typed).status_code == 302
    assert Parcel.objects.get().city == "Acre"
    send(bought)
    bought.client.post(url, ADDRESS)
    assert Parcel.objects.get().city == "Acre"


def test_another_zone_is_refused_and_what_was_typed_kept(bought: Shop) -> None:
    typed = ADDRESS | {"ship_country": "GB", "ship_city": "London", "ship_postcode": "SW1A 2AA"}
    answer = bought.client.post(page_of(bought, "address"), typed)
    assert answer.status_code == 422
    assert "costs something else there" in says(answer)
    assert 'value="London"' in says(answer)
    assert Parcel.objects.get().country == "IL"


def test_it_is_said_that_it_did_not_arrive_and_then_that_it_did(bought: Shop) -> None:
    send(bought)
    bought.client.post(page_of(bought, "missing"))
    assert Parcel.objects.get().missing_at is not None
    assert "You said that it did not arrive." in says(bought.client.get(page_of(bought)))
    bought.client.post(page_of(bought, "missing"))
    letter = Conversation.objects.get()
    assert (letter.kind, letter.order_number) == ("missing", Order.objects.get().number)
    assert letter.customer == Parcel.objects.get().customer
    assert not Mail.objects.filter(kind="conversation_asked").exists()  # told as a parcel is
    bought.client.post(page_of(bought, "arrived"))
    assert Parcel.objects.get().state == "arrived"


@pytest.mark.parametrize("end", ["address", "missing", "arrived"])
def test_a_stranger_finds_no_parcel(
    bought: Shop, browse: Callable[..., Client], dana: User, end: str
) -> None:
    send(bought)
    url = page_of(bought, end)
    for stranger in (browse(bought.store), browse(bought.store, dana)):
        assert stranger.post(url).status_code == 404
    assert Parcel.objects.get().state == "sent"


@pytest.mark.differs
def test_a_parcel_of_another_order_is_not_found_beside_ones_own(bought: Shop) -> None:
    parcel = Parcel.objects.get()
    Parcel.objects.update(order_reference="another")
    order = Order.objects.get()
    url = f"/orders/{order.public_id}/parcels/{parcel.public_id}/missing/"
    assert bought.client.post(url).status_code == 404


def test_parcels_follow_an_order_that_moves(bought: Shop) -> None:
    order = move_order(Order.objects.get(), "new@example.com", by="Alice", now=clock.now())
    assert Parcel.objects.get().customer == order.customer
