"""The rows of the catalogue: what is sold, and who waits to hear of it."""

from products.models.catalogue import (
    FROZEN_PRICE_FIELDS,
    Hold,
    Inclusion,
    OldAddress,
    Part,
    Price,
    Product,
    Rhythm,
)
from products.models.lists import ListEntry, OpeningMove

__all__ = [
    "FROZEN_PRICE_FIELDS",
    "Hold",
    "Inclusion",
    "ListEntry",
    "OldAddress",
    "OpeningMove",
    "Part",
    "Price",
    "Product",
    "Rhythm",
]
