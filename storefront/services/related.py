"""What stands beside a product in the shop: its category first, then what its creator put first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.template.defaultfilters import capfirst

from products.models import Product
from storefront.services.things import Thing, path_of, thing_of

MOST = 4
LOOKED_AT = 8
"""More than are shown: itself and its twins in other languages may be among them."""


@dataclass(frozen=True)
class Related:
    """Another product, as a visitor sees it below one."""

    title: str
    line: str
    url: str
    thing: Thing


def with_those_beside(products: QuerySet[Product], slug: str) -> QuerySet[Product]:
    """Return the product at an address and, in the same query, what may stand beside it."""
    listed = Product.objects.listed().order_by("position", "-id")
    same = Product.objects.filter(slug=slug).exclude(category=None).values("category")[:1]
    beside = listed.filter(category__in=same).values("pk")[:LOOKED_AT]
    first = listed.values("pk")[:LOOKED_AT]
    return products.filter(Q(slug=slug) | Q(pk__in=beside) | Q(pk__in=first))


def related(product: Product, found: Sequence[Product]) -> list[Related]:
    """Return those of ``found`` that a visitor may want beside ``product``, the nearest first."""
    root = product.translation_of_id or product.pk
    others = [
        each
        for each in found
        if (each.translation_of_id or each.pk) != root
        and each.status in LISTED
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


LISTED = {Product.Status.PUBLISHED, Product.Status.COMING_SOON, Product.Status.CLOSED}


def _is_near(one: Product, other: Product) -> bool:
    return one.category_id is not None and one.category_id == other.category_id
