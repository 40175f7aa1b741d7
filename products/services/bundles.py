"""The pure bundle: the contract's one built-in format, and what a purchase includes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Min, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from products.contract import ProductFormat
from products.errors import BundleLoops
from products.models import Inclusion, Price, Product
from stores.models import Store
from stores.scope import current_store
from stores.services.opening import touch

if TYPE_CHECKING:
    from products.contract import Text

MAX_DEPTH = 3
"""A bundle, what is inside it, and what is inside that."""
NOT_YET = (Product.Status.DRAFT, Product.Status.COMING_SOON)
"""What is inside and stands here is given to nobody until it opens."""
SETTLES = timedelta(minutes=10)
"""No purchase is under way for longer than this."""


class BundleFormat(ProductFormat):
    """A product that is nothing but other products."""

    key = "bundle"
    label = gettext_lazy("bundle")
    plural = gettext_lazy("bundles")
    object = "bundle"
    price_kinds = ("one_time", "instalments", "subscription", "pay_what_you_want", "free")
    is_built_in = True

    def blockers(self, products: Sequence[Product]) -> dict[Product, list[Text]]:
        """Return that a bundle with nothing open in it gives nothing."""
        rows = Inclusion.objects.filter(bundle__in=[product.pk for product in products])
        filled = set(rows.values_list("bundle_id", flat=True))
        given = rows.exclude(included__status__in=NOT_YET)
        open_ones = set(given.values_list("bundle_id", flat=True))
        found: dict[Product, list[Text]] = {}
        for product in products:
            found[product] = []
            if product.pk not in filled:
                found[product] = [_("Put at least one product into it.")]
            elif product.pk not in open_ones:
                found[product] = [_("Put at least one product into it that is on sale already.")]
        return found


@transaction.atomic
def include(
    bundle: Product, included: Product, *, price: Price | None = None, now: datetime | None = None
) -> Inclusion:
    """Put a product into another (or into one price of it), and owe it to all who bought it.

    BundleLoops says in a sentence why it cannot be. Bundles of a store are built one at a time, so
    that no two people together build a loop. Including twice is including once.
    """
    build_alone()
    reason = why_not_inside(bundle, included)
    if reason:
        raise BundleLoops(reason)
    moment = now or clock.now()
    inclusion: Inclusion
    inclusion, is_new = Inclusion.objects.get_or_create(
        bundle_id=bundle.pk,
        included_id=included.pk,
        price=price,
        defaults={"position": _next_position(bundle), "added_at": moment},
    )
    if is_new and included.status not in NOT_YET:
        _owe(Inclusion.objects.filter(pk=inclusion.pk), moment)
        inclusion.refresh_from_db()
    touch(current_store())
    return inclusion


@transaction.atomic
def take_out(bundle: Product, included: Product, *, price: Price | None = None) -> None:
    """Take a product out of another; whoever bought it with the other keeps it."""
    Inclusion.objects.filter(bundle=bundle.pk, included=included.pk, price=price).delete()
    touch(current_store())


@transaction.atomic
def set_inside(
    bundle: Product,
    products: Iterable[Product],
    *,
    price: Price | None = None,
    now: datetime | None = None,
) -> list[Product]:
    """Make exactly these products stand inside; return those that were not inside before."""
    rows = Inclusion.objects.filter(bundle=bundle.pk, price=price).select_related("included")
    inside = {row.included_id: row.included for row in rows}
    wanted = {product.pk: product for product in products}
    for pk in inside.keys() - wanted.keys():
        take_out(bundle, inside[pk], price=price)
    added = [product for pk, product in wanted.items() if pk not in inside]
    for product in added:
        include(bundle, product, price=price, now=now)
    return added


def owe_where_included(product: Product, now: datetime) -> None:
    """Owe a product that opened to all who bought something it stands in."""
    _owe(Inclusion.objects.filter(included=product.pk), now)


def why_not_inside(bundle: Product, included: Product) -> str:
    """Return, in a sentence, why one product cannot stand inside another; empty when it can."""
    words = {"inner": included.title, "outer": bundle.title}
    if included.store_id != bundle.store_id:
        return _("There is no such product here.")
    if not bundle.pk:
        return _too_deep(1 + _levels(included.pk, "bundle_id", "included_id"), words)
    if bundle.pk == included.pk:
        return _("A product cannot stand inside itself.")
    if bundle.pk in included_below(included):
        return _("“%(inner)s” already contains “%(outer)s”, so it cannot stand inside it.") % words
    above = _levels(bundle.pk, "included_id", "bundle_id")
    below = _levels(included.pk, "bundle_id", "included_id")
    return _too_deep(above + below, words)


def _too_deep(levels: int, words: dict[str, str]) -> str:
    if levels <= MAX_DEPTH:
        return ""
    return (
        _(
            "With “%(inner)s” this would be a bundle in a bundle in a bundle. Put what is inside"
            " “%(inner)s” here one by one."
        )
        % words
    )


def given_with(bought: Iterable[tuple[int, int | None]]) -> dict[int, list[Product]]:
    """Return what each product gives directly at a price (both by primary key), in one query.

    In order, without what waits.
    """
    prices = dict(bought)
    rows = (
        Inclusion.objects.filter(
            Q(price=None) | Q(price__in=[pk for pk in prices.values() if pk]), bundle__in=prices
        )
        .exclude(included__status__in=NOT_YET)
        .select_related("included")
    )
    found: dict[int, dict[int, Product]] = {pk: {} for pk in prices}
    for row in rows:
        if row.price_id in {None, prices[row.bundle_id]}:
            found[row.bundle_id].setdefault(row.included_id, row.included)
    return {pk: list(inside.values()) for pk, inside in found.items()}


def inside(product: Product, price: Price | None) -> list[Product]:
    """Return all that buying ``product`` at ``price`` gives beside it, however deep, once each."""
    found: dict[int, Product] = {}
    level: dict[int, int | None] = {product.pk: price.pk if price else None}
    while level:
        given = [each for some in given_with(level.items()).values() for each in some]
        fresh = {each.pk: each for each in given if each.pk not in found}
        found |= fresh
        level = dict.fromkeys(fresh)
    return list(found.values())


def single_prices(products: Iterable[Product], currency: str) -> dict[int, int]:
    """Return what each product costs when it is bought alone, by primary key: its lowest price.

    What cannot be bought alone, as what is coming soon, has no such price.
    """
    rows = Price.objects.filter(
        product__in=[each.pk for each in products],
        product__status__in=(Product.Status.PUBLISHED, Product.Status.HIDDEN),
        product__late_at=None,
        kind=Price.Kind.ONE_TIME,
        currency=currency,
        is_active=True,
        is_listed=True,
        for_owners_of=None,
    )
    lowest = rows.order_by().values_list("product").annotate(lowest=Min("amount"))
    return dict(lowest)


def included_below(product: Product) -> set[int]:
    """Return the primary keys of everything inside ``product``, however deep."""
    found: set[int] = set()
    level = {product.pk}
    while level:
        rows = Inclusion.objects.filter(bundle__in=level).values_list("included_id", flat=True)
        level = set(rows) - found
        found |= level
    return found


def _owe(inclusions: Any, now: datetime) -> None:
    inclusions.update(due_at=now, settles_at=now + SETTLES, worked_to=0)


def build_alone() -> None:
    """Let nobody else build a bundle in this store until the transaction ends."""
    Store.objects.select_for_update(no_key=True).get(pk=current_store().pk)


def _next_position(bundle: Product) -> int:
    return int(Inclusion.objects.filter(bundle=bundle.pk).count())


def _levels(start: int, from_column: str, to_column: str) -> int:
    """Return the length of the longest way from a product, itself counted; loops end it too."""
    depth, level = 1, {start}
    while depth <= MAX_DEPTH:
        rows = Inclusion.objects.filter(**{f"{from_column}__in": level})
        level = set(rows.values_list(to_column, flat=True))
        if not level:
            break
        depth += 1
    return depth
