"""A shop that posts: zones, a point to pick up at, and a book in print."""

from __future__ import annotations

from typing import Any

from ebooks.models import Ebook
from products.models import Price, Product
from products.services.catalogue import add_price
from shipping.models import PickupPoint, Zone

ADDRESS = {
    "ship_how": "post",
    "ship_country": "IL",
    "ship_name": "Charlie Cohen",
    "ship_phone": "050-555-0199",
    "ship_street": "Herzl",
    "ship_house": "5",
    "ship_city": "Haifa",
    "ship_postcode": "3303105",
}
LONDON = {
    **{key: value for key, value in ADDRESS.items() if key != "ship_house"},
    "ship_country": "GB",
    "ship_street": "10 Downing Street",
    "ship_city": "London",
    "ship_postcode": "SW1A 2AA",
}


def make_zones() -> tuple[Zone, Zone]:
    """Return Israel at 25.00 and 10.00 for each further copy, free from 200.00; and the British."""
    israel = Zone.objects.create(
        name="Israel", countries=["IL"], first=2500, further=1000, free_from=20000
    )
    islands = Zone.objects.create(name="Islands", countries=["GB", "IE"], first=6000, further=3000)
    return israel, islands


def make_point(**over: Any) -> PickupPoint:
    """Return a point to pick up at."""
    words = {"name": "The studio", "address": "Herzl 7, Haifa", "hours": "Sunday, 10 to 16"}
    point: PickupPoint = PickupPoint.objects.create(**words | over)
    return point


def in_print(product: Product, *, stock: int | None = None, **over: Any) -> Ebook:
    """Let a book be sold in print."""
    values = {"sells_print": True, "print_stock": stock, **over}
    Ebook.objects.filter(pk=product.pk).update(**values)
    book: Ebook = Ebook.objects.get(pk=product.pk)
    return book


def print_price(product: Product, option: str = "print_digital", **over: Any) -> Price:
    """Return a price of a book in print."""
    fields = {"kind": Price.Kind.ONE_TIME, "amount": 8900, "label": option, "option": option}
    return add_price(Product.objects.get(pk=product.pk), **fields | over)
