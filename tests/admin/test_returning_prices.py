"""A price that is paid again and again, as its creator makes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from core import clock
from products.models import Price
from products.services.sales import mark_sold
from stores.models import Store
from tests.admin.test_products import new_price, prices
from tests.conftest import make_price, make_product

MONTHLY = {"kind": "subscription", "interval": "month", "trial_days": "14"}


@pytest.fixture
def owner(in_store: Store, alice: User, browse: Callable[..., Client]) -> Client:
    return browse(in_store, alice)


def save(owner: Client, *rows: dict[str, Any], kind: str = "bundle", known: int = 0) -> Any:
    product = Price.objects.get().product if known else make_product(kind, amount=None)
    url = f"/admin/products/product/{product.pk}/change/"
    url = owner.get(url).get("Location") or url
    return owner.post(url, {"title": product.title} | prices(*rows, known=known))


def test_a_subscription_has_a_rhythm_and_free_days(owner: Client) -> None:
    save(owner, new_price("59", **MONTHLY))
    price = Price.objects.get()
    assert (price.kind, price.amount, price.interval, price.trial_days) == (
        "subscription",
        5900,
        "month",
        14,
    )


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        ({"interval": ""}, "Say how often it is paid."),
        ({"trial_days": "400"}, "From 0 to 365 days."),
        ({"length": "periods", "length_count": "3"}, "open as long as it is paid"),
        ({"amount_text": "0"}, "Write the price"),
    ],
)
def test_what_cannot_be_is_said(owner: Client, over: dict[str, str], sentence: str) -> None:
    page = save(owner, new_price("59", **(MONTHLY | over))).content.decode()
    assert sentence in page
    assert not Price.objects.exists()


def test_what_is_paid_once_has_no_rhythm(owner: Client) -> None:
    save(owner, new_price("59", interval="month", trial_days="14"))
    price = Price.objects.get()
    assert (price.kind, price.interval, price.trial_days) == ("one_time", "", 0)


def test_a_format_without_returning_prices_is_not_asked(owner: Client) -> None:
    product = make_product("ebook", amount=None)
    page = owner.get(f"/admin/ebooks/ebook/{product.pk}/change/").content.decode()
    assert "How often is it paid?" not in page
    save(owner, new_price("59", **MONTHLY), kind="ebook")
    assert not Price.objects.exists()


def test_a_sold_one_keeps_its_rhythm_and_its_free_days(owner: Client) -> None:
    product = make_product("bundle", amount=None)
    price = make_price(product, kind="subscription", amount=5900, interval="year", trial_days=7)
    mark_sold(price, clock.now())
    ids = {"id": str(price.pk), "product": str(product.pk), "label": "Gold"}
    save(owner, new_price("9", **(MONTHLY | ids)), known=1)
    price.refresh_from_db()
    assert (price.amount, price.interval, price.trial_days, price.label) == (
        5900,
        "year",
        7,
        "Gold",
    )


def test_instead_of_it_comes_one_that_costs_something(owner: Client) -> None:
    product = make_product("bundle", amount=None)
    price = make_price(product, kind="subscription", amount=5900, interval="year")
    mark_sold(price, clock.now())
    url = f"/admin/products/product/{product.pk}/prices/{price.pk}/instead/"
    owner.post(url, {"amount_text": "0"})
    assert Price.objects.count() == 1
    owner.post(url, {"amount_text": "70"})
    made = Price.objects.exclude(pk=price.pk).get()
    assert (made.kind, made.amount, made.interval) == ("subscription", 7000, "year")
