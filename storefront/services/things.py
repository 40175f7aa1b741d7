"""A product as the object it is: its silhouette, colour, pattern and cover."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zlib import crc32

from core.addresses import path_to
from core.shown import Seen
from products.models import Product
from products.services.covers import Cover, cover_of

if TYPE_CHECKING:
    from products.contract import Text

PATTERNS = 7
"""Plain and six patterns, as static/css/things.css draws them."""


@dataclass(frozen=True)
class Thing(Seen):
    """What templates/cotton/thing.html needs to draw a product."""

    kind: str
    title: str
    kicker: Text
    hue: int
    pattern: int
    cover: Cover | None


def thing_of(product: Product) -> Thing:
    """Return the product's object; the same product is drawn alike everywhere."""
    return Thing(
        kind=product.contract.object,
        title=product.title,
        kicker=product.contract.label,
        hue=product.hue,
        pattern=crc32(product.public_id.encode()) % PATTERNS,
        cover=cover_of(product),
    )


def path_of(product: Product) -> str:
    """Return the path of the product's page in the language being read."""
    return path_to("storefront:product", product.slug or product.public_id)
