"""The receipt: for its customer and for the browser that began it, for nobody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from core import clock
from payments.models import Order
from payments.services.refunding import refund
from tests.conftest import make_user
from tests.payments.buying import Shop

pytestmark = pytest.mark.django_db


def test_the_browser_that_bought_sees_the_receipt(shop: Shop) -> None:
    order = shop.buy()
    page = shop.client.get(f"/orders/{order.public_id}/").content.decode()
    for words in (str(order.number), "The First Stitch", "₪49", "charlie@example.com"):
        assert words in page


def test_the_receipt_shows_what_went_back(shop: Shop) -> None:
    order = shop.buy()
    refund(order, by="alice", amount=1000, now=clock.now())
    page = shop.client.get(f"/orders/{order.public_id}/").content.decode()
    assert "₪10" in page


def test_the_customer_sees_it_from_anywhere_once_signed_in(
    shop: Shop, browse: Callable[..., Client]
) -> None:
    order = shop.buy()
    assert order.customer is not None
    elsewhere = browse(shop.store, order.customer.user)
    assert elsewhere.get(f"/orders/{order.public_id}/").status_code == 200


def test_a_stranger_is_sent_to_sign_in_and_a_signed_in_stranger_finds_nothing(
    shop: Shop, browse: Callable[..., Client]
) -> None:
    order = shop.buy()
    path = f"/orders/{order.public_id}/"
    assert browse(shop.store).get(path).url == f"/sign-in/?next=%2Forders%2F{order.public_id}%2F"
    mallory = browse(shop.store, make_user("mallory@example.com"))
    response = mallory.get(path)
    assert response.status_code in {302, 404}
    assert "Charlie" not in response.content.decode()


def test_the_thank_you_page_can_be_loaded_again(shop: Shop) -> None:
    order = shop.buy()
    calls = len(shop.sandbox.calls())
    assert shop.return_page(order).status_code == 200
    assert len(shop.sandbox.calls()) == calls


def test_stripe_silent_at_the_return_the_page_waits(shop: Shop) -> None:
    order = shop.begin()
    shop.pay(order)
    shop.sandbox.fault("drop", path="/v1/checkout/sessions/")
    page = shop.return_page(order)
    assert page.status_code == 200
    assert "Refresh" in page
    assert shop.order().status == Order.Status.PENDING


def test_an_order_in_review_says_that_a_person_looks(shop: Shop) -> None:
    order = shop.begin()
    Order.objects.filter(pk=order.pk).update(status=Order.Status.REVIEW)
    page = shop.return_page(order)
    assert "Refresh" not in page
    assert "a person checks it" in page.content.decode()


def test_hostile_names_stay_text_on_every_page(shop: Shop) -> None:
    order = shop.buy(name="<img src=x onerror=alert(1)>{{ 7*7 }}")
    for path in (f"/orders/{order.public_id}/", f"/orders/{order.public_id}/return/"):
        page = shop.client.get(path).content.decode()
        assert "<img src=x" not in page
        assert "{{ 7*7 }}" in page
