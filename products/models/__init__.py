"""The rows of the catalogue: what is sold, and who waits to hear of it."""

from products.models.inside import Inclusion, Part
from products.models.lists import ListEntry, OpeningMove
from products.models.plans import Plan
from products.models.prices import FROZEN_PRICE_FIELDS, Hold, Price
from products.models.products import Category, OldAddress, Product, Rhythm
from products.models.replacements import Replacement

__all__ = [
    "FROZEN_PRICE_FIELDS",
    "Category",
    "Hold",
    "Inclusion",
    "ListEntry",
    "OldAddress",
    "OpeningMove",
    "Part",
    "Plan",
    "Price",
    "Product",
    "Replacement",
    "Rhythm",
]
