"""Parcels in alice's store, without a payment behind them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import Customer
from core import clock
from products.contract import SoldLine
from products.models import Price
from products.services.sales import sell_holds, take_hold
from shipping.contract import Destination
from shipping.models import Parcel
from shipping.services.parcels import send_out
from stores.models import Store
from tests.conftest import make_product
from tests.shipping.posting import in_print, make_zones, print_price

HOME = Destination(
    name="Charlie Cohen",
    phone="0505550199",
    country="IL",
    city="חיפה",
    street="הרצל",
    house="5",
    postcode="3303105",
)


@pytest.fixture
def printed(in_store: Store) -> Price:
    """A book in print and digital, three copies, in a store that posts."""
    make_zones()
    book = make_product("ebook")
    in_print(book, stock=3)
    price: Price = print_price(book)
    return Price.objects.select_related("product").get(pk=price.pk)


@pytest.fixture
def sell(printed: Price, charlie: Customer) -> Callable[..., Parcel]:
    """Sell a copy to charlie: held, sold, and on the list."""
    numbers = iter(range(1001, 2000))

    def sold(destination: Destination = HOME, **over: Any) -> Parcel:
        number, now = next(numbers), clock.now()
        line = SoldLine(f"order{number}", printed.product, printed, charlie)
        take_hold(
            printed,
            option=printed.option,
            quantity=1,
            order_reference=line.order_reference,
            until=now,
            now=now,
        )
        sell_holds(line.order_reference, now)
        return send_out(
            line,
            number=number,
            language=over.pop("language", "en"),
            destination=destination,
            not_before=over.pop("not_before", None),
            now=over.pop("now", now),
        )

    return sold
