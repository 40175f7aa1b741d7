"""Coupons and extra offers in the store's admin."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from core import clock
from payments.contract import Basket, Buyer
from payments.models import Coupon, Extra
from payments.services.ordering import order_for
from products.models import Product
from stores.models import Store
from stores.scope import store_scope
from tests.conftest import make_price, make_product

COUPONS, EXTRAS = "/admin/payments/coupon/", "/admin/payments/extra/"
CHARLIE = Buyer("charlie@example.com", "Charlie", "en")


@pytest.fixture
def owner(in_store: Store, alice: User, browse: Callable[..., Client]) -> Client:
    return browse(in_store, alice)


@pytest.fixture
def product(in_store: Store) -> Product:
    return make_product()


def add(owner: Client, **over: Any) -> Any:
    return owner.post(
        f"{COUPONS}add/", {"code": "spring 25", "off": "25%", "is_active": "on"} | over
    )


@pytest.mark.parametrize(
    ("off", "kept"),
    [
        ("25%", ("percent", 25, None)),
        ("30", ("amount", None, 3000)),
        ("12.50", ("amount", None, 1250)),
    ],
)
def test_a_coupon_is_a_percentage_or_an_amount(
    owner: Client, product: Product, off: str, kept: tuple[Any, ...]
) -> None:
    assert add(owner, off=off, products=[str(product.pk)], most_uses="3").status_code == 302
    coupon = Coupon.objects.get()
    assert (coupon.kind, coupon.percent, coupon.amount) == kept
    assert (coupon.code, coupon.most_uses) == ("SPRING25", 3)
    assert coupon.only_for.get().on_product_id == product.pk
    assert "0 of 3 used" in owner.get("/admin/payments/coupon/").content.decode()


@pytest.mark.parametrize(
    "over",
    [
        {"off": "0%"},
        {"off": "101%"},
        {"off": "0"},
        {"off": "a lot"},
        {"code": "!"},
        {"most_uses": "0"},
        {"most_per_customer": "0"},
    ],
)
def test_what_makes_no_coupon_is_said(owner: Client, over: dict[str, str]) -> None:
    assert add(owner, **over).status_code == 200
    assert not Coupon.objects.exists()


def test_a_product_of_another_store_is_no_choice(owner: Client, other_store: Store) -> None:
    with store_scope(other_store):
        theirs = make_product()
    assert add(owner, products=[str(theirs.pk)]).status_code == 200
    assert not Coupon.objects.exists()


def test_a_coupon_leads_to_who_used_it_and_to_links_that_take_it_off(
    owner: Client, product: Product
) -> None:
    coupon = Coupon.objects.create(code="ALL", percent=100)
    price = product.prices.get()
    order = order_for(
        Basket(price, coupon="ALL"), buyer=CHARLIE, attempt="a", mine=(), now=clock.now()
    ).order
    page = owner.get(f"{COUPONS}{coupon.pk}/change/").content.decode()
    assert f"/buy/{price.public_id}/?coupon=ALL" in page
    assert f"/admin/payments/order/{order.pk}/change/" in page
    assert "ALL · " in owner.get(f"/admin/payments/order/{order.pk}/change/").content.decode()
    assert "/admin/payments/order/?q=ALL" in owner.get(COUPONS).content.decode()
    assert str(order.number) in owner.get("/admin/payments/order/?q=all").content.decode()


def test_an_extra_offer_says_how_often_it_was_taken_and_keeps_its_place(
    owner: Client, product: Product
) -> None:
    extra = make_price(make_product(title="Leaflet", amount=None), amount=0)
    typed = {"kind": "bump", "price": str(extra.pk), "is_active": "on", "position": "2"}
    assert owner.post(f"{EXTRAS}add/", typed).status_code == 302
    assert Extra.objects.get().position == 2
    coupon = Coupon.objects.create(code="ALL", percent=100)
    basket = Basket(product.prices.get(), coupon=coupon.code, extras=(extra.public_id,))
    for number in range(3):
        buyer = replace(CHARLIE, email=f"c{number}@example.com")
        order_for(basket, buyer=buyer, attempt=f"{number}", mine=(), now=clock.now())
    assert re.search(r'class="line-number">\s*3\s*<', owner.get(EXTRAS).content.decode())


def test_nothing_is_offered_beside_itself(owner: Client, product: Product) -> None:
    price = product.prices.get()
    typed = {"kind": "bump", "beside": str(product.pk), "price": str(price.pk), "position": "0"}
    assert owner.post(f"{EXTRAS}add/", typed).status_code == 200
    assert not Extra.objects.exists()
