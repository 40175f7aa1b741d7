"""The pure bundle: the contract's one built-in format, and what a purchase includes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from products.contract import OutlineRow, ProductFormat
from products.errors import BundleLoops
from products.models import Inclusion, Price, Product
from stores.scope import current_store
from stores.services.opening import touch

if TYPE_CHECKING:
    from products.contract import Text

MAX_DEPTH = 3


class BundleFormat(ProductFormat):
    """A product that is nothing but other products."""

    key = "bundle"
    label = gettext_lazy("bundle")
    plural = gettext_lazy("bundles")
    object = "bundle"
    price_kinds = ("one_time", "free")
    is_built_in = True

    def blockers(self, products: Sequence[Product]) -> dict[Product, list[Text]]:
        """Return that an empty bundle gives nothing."""
        filled = set(
            Inclusion.objects.filter(bundle__in=products).values_list("bundle_id", flat=True)
        )
        return {
            product: [] if product.pk in filled else [_("Put at least one product into it.")]
            for product in products
        }

    def outline(self, product: Product) -> Sequence[OutlineRow]:
        """Return what is inside."""
        return [
            OutlineRow(title=inclusion.included.title, detail=inclusion.included.contract.label)
            for inclusion in product.inclusions.filter(price=None).select_related("included")
        ]


@transaction.atomic
def include(bundle: Product, included: Product, *, price: Price | None = None) -> Inclusion:
    """Put a product into a bundle (or one price of it); BundleLoops on cycles and depth > 3."""
    if bundle.pk in included_below(included) or bundle.pk == included.pk:
        raise BundleLoops(bundle.public_id)
    if _depth_above(bundle) + _depth_below(included) > MAX_DEPTH:
        raise BundleLoops(bundle.public_id)
    inclusion: Inclusion = Inclusion.objects.get_or_create(
        bundle_id=bundle.pk, included_id=included.pk, price=price
    )[0]
    touch(current_store())
    return inclusion


def included_in_sale(product: Product, price: Price | None) -> list[Product]:
    """Return what buying ``product`` at ``price`` includes directly, in order."""
    rows = Inclusion.objects.filter(Q(price=None) | Q(price=price), bundle_id=product.pk)
    return [row.included for row in rows.select_related("included")]


def included_below(product: Product) -> set[int]:
    """Return the primary keys of everything inside ``product``, however deep."""
    found: set[int] = set()
    level = {product.pk}
    while level:
        rows = Inclusion.objects.filter(bundle__in=level).values_list("included_id", flat=True)
        level = set(rows) - found
        found |= level
    return found


def _depth_below(product: Product) -> int:
    return _levels(product.pk, "bundle_id", "included_id")


def _depth_above(product: Product) -> int:
    return _levels(product.pk, "included_id", "bundle_id")


def _levels(start: int, from_column: str, to_column: str) -> int:
    depth, level, seen = 1, {start}, {start}
    while True:
        rows = Inclusion.objects.filter(**{f"{from_column}__in": level})
        level = set(rows.values_list(to_column, flat=True)) - seen
        if not level:
            return depth
        seen |= level
        depth += 1
