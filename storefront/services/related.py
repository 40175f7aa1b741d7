"""What stands beside a product in the shop: its category first, then what its creator put first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.template.defaultfilters import capfirst

from core.shown import Seen
from products.models import Product
from storefront.services.things import Thing, path_of, thing_of

MOST = 4
LOOKED_AT = 8
"""More than are shown: itself and its twins in other languages may be among them."""


@dataclass(frozen=True)
class Related(Seen):
    """Another product, as a visitor sees it below one."""

    title: str
    line: str
    url: str
    thing: Thing


def with_those_beside(products: QuerySet[Product], slug: str) -> QuerySet[Product]:
    """Return the product at an address and, in the same query, what may stand beside it."""
    itself = Product.objects.filter(slug=slug).exclude(slug="")
    # As their index has them, so that a shop of ten thousand is not read to find a few.
    out = Product.objects.filter(status=Product.Status.PUBLISHED).order_by("position")
    same = itself.exclude(category=None).values("category")[:1]
    beside = out.filter(category__in=same).values("pk")[:LOOKED_AT]
    first = out.values("pk")[:LOOKED_AT]
    # One list of keys instead of "or", for the same reason.
    wanted = _keys(itself).union(
        *(_keys(Product.objects.filter(pk__in=some)) for some in (beside, first))
    )
    return products.filter(pk__in=wanted)


def related(product: Product, found: Sequence[Product]) -> list[Related]:
    """Return those of ``found`` that a visitor may want beside ``product``, the nearest first."""
    root = product.translation_of_id or product.pk
    others = [
        each
        for each in found
        if (each.translation_of_id or each.pk) != root
        and each.status == Product.Status.PUBLISHED
        and (each.language or product.language) == product.language
    ]
    others.sort(key=lambda each: (not _is_near(each, product), each.position, -each.pk))
    return [
        Related(
            title=each.title,
            line=capfirst(str(each.contract.label)),
            url=path_of(each),
            thing=thing_of(each),
        )
        for each in others[:MOST]
    ]


def _keys(products: QuerySet[Product]) -> QuerySet[Product, int]:
    return products.order_by().values_list("pk", flat=True)


def _is_near(one: Product, other: Product) -> bool:
    return one.category_id is not None and one.category_id == other.category_id
