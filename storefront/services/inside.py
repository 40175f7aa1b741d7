"""What stands inside a product: each thing as the object it is, and what it costs alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from core import money
from products.models import Inclusion, Price, Product
from products.services.bundles import single_prices
from storefront.services.things import Thing, path_of, thing_of

LINKED = {Product.Status.PUBLISHED, Product.Status.COMING_SOON, Product.Status.CLOSED}


@dataclass(frozen=True)
class Inside:
    """One product inside another, as a visitor sees it."""

    title: str
    thing: Thing
    url: str
    """Its page; empty where a visitor would find none in the shop."""
    line: str
    """What it is, whether it is still to come, and what stands in it in turn."""


@dataclass(frozen=True)
class Contents:
    """What stands inside a product at any price, and at each of its prices beside that."""

    always: list[Inside]
    at_price: dict[int, list[Inside]]
    worth: str
    """What it costs one by one, and how much less here; empty where nothing can be said."""


def with_whether_anything_is_inside(products: QuerySet[Product]) -> QuerySet[Product]:
    """Return the products, each knowing whether ``contents_of`` has to ask what it holds."""
    return products.annotate(has_inside=Exists(Inclusion.objects.filter(bundle=OuterRef("pk"))))


def contents_of(product: Product, prices: Sequence[Price]) -> Contents:
    """Return what stands inside ``product``; ``prices`` are those it is offered at now.

    Of a product that is known to hold nothing, nothing is asked.
    """
    rows = _rows([product.pk]) if getattr(product, "has_inside", True) else []
    below: dict[int, list[str]] = defaultdict(list)
    if rows:
        for row in _rows([row.included_id for row in rows]):
            if row.price_id is None:
                below[row.bundle_id].append(row.included.title)
    always = [row for row in rows if row.price_id is None]
    at_price: dict[int, list[Inside]] = defaultdict(list)
    known = {row.included_id for row in always}
    for row in rows:
        if row.price_id is not None and row.included_id not in known:
            at_price[row.price_id].append(_inside(row.included, below))
    return Contents(
        always=[_inside(row.included, below) for row in always],
        at_price=dict(at_price),
        worth=_worth([row.included for row in always], prices),
    )


def _rows(bundles: Sequence[int]) -> list[Inclusion]:
    rows = Inclusion.objects.filter(bundle__in=bundles).select_related("included")
    return list(rows.exclude(included__status=Product.Status.DRAFT))


def _inside(product: Product, below: dict[int, list[str]]) -> Inside:
    words = [str(product.contract.label)]
    if product.status == Product.Status.COMING_SOON:
        words.append(_("coming soon"))
    words += below.get(product.pk, [])
    return Inside(
        title=product.title,
        thing=thing_of(product),
        url=path_of(product) if product.status in LINKED else "",
        line=" · ".join(words),
    )


def _worth(products: Sequence[Product], prices: Sequence[Price]) -> str:
    price = next((each for each in prices if each.kind == Price.Kind.ONE_TIME), None)
    if not products or price is None:
        return ""
    apart = sum(single_prices(products, price.currency).values())
    if apart <= price.amount:
        return ""
    return _("One by one they cost %(apart)s. Together %(less)s less.") % {
        "apart": money.display(apart, price.currency),
        "less": money.display(apart - price.amount, price.currency),
    }
