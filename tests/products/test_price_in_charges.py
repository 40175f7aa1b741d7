"""The form of a price that is paid in several monthly charges."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from products.contract import formats
from products.forms import PriceForm
from products.models import Price
from tests.conftest import make_price, make_product

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_store")]


def form(price: Price | None = None, **typed: Any) -> PriceForm:
    product = make_product("ebook", amount=None) if price is None else price.product
    named = {"product_format": formats["ebook"], "product": product}
    values = {"kind": "instalments", "amount_text": "400", "charges": "4", "is_active": "on"}
    made = type("EbookPriceForm", (PriceForm,), named)
    return made(values | typed, instance=price or Price(product=product))  # type: ignore[no-any-return]  # made above


def test_it_is_the_whole_sum_and_how_many() -> None:
    filled = form()
    assert filled.is_valid(), filled.errors
    assert (filled.terms()["amount"], filled.terms()["charges"]) == (40000, 4)


@pytest.mark.parametrize(
    ("amount", "charges"), [("400", ""), ("400", "1"), ("400", "37"), ("4", "8")]
)
def test_too_few_too_many_and_too_small_are_refused(amount: str, charges: str) -> None:
    assert "charges" in form(amount_text=amount, charges=charges).errors


def test_another_kind_has_none() -> None:
    filled = form(kind="one_time")
    assert filled.is_valid(), filled.errors
    assert filled.terms()["charges"] is None


def test_sold_it_stays_as_it_was() -> None:
    product = make_product("ebook", amount=None)
    sold = make_price(
        product, kind="instalments", amount=40000, charges=4, sold_at=product.created_at
    )
    filled = form(sold, amount_text="10", charges="2")
    assert filled.is_valid(), filled.errors
    assert "charges" not in filled.terms()


@pytest.mark.parametrize(
    ("over", "said"),
    [
        ({"kind": "instalments", "amount": 40000, "charges": 4}, "₪400 · 4 monthly charges"),
        (
            {"kind": "subscription", "interval": "quarter"},
            "₪49 · subscription · every three months",
        ),
        (
            {"length": "periods", "length_count": 3, "length_unit": "month"},
            "₪49 · one payment · 3 months",
        ),
        (
            {"length": "until", "length_until": date(2027, 3, 1)},
            "₪49 · one payment · until 1 March 2027",
        ),
        ({"length": "units", "length_count": 1}, "₪49 · one payment · 1 issue"),
        ({}, "₪49 · one payment"),
    ],
)
def test_whoever_sets_a_price_reads_how_often_and_how_long(over: dict[str, Any], said: str) -> None:
    price = Price(currency="ILS", **({"kind": "one_time", "amount": 4900} | over))
    assert price.in_words == said
