"""Drafts: copied from any product, and deleted with ten minutes to think again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from products.errors import CannotDelete
from products.models import Price, Product
from products.services.bundles import include
from products.services.catalogue import COPIED_PRICE_FIELDS, add_price, create_product
from stores.scope import all_stores, current_store
from stores.services.opening import touch

UNDO_LASTS = timedelta(minutes=10)
COPIED_FIELDS = ("tagline", "result", "description", "maker", "keeps", "hue", "language", "rhythm")
GOES_ALONG = {"prices", "parts"}
"""What is a product's own and goes with it; anything else that needs it, keeps it."""


@transaction.atomic
def duplicate(product: Product, now: datetime) -> Product:
    """Make a draft with the product's words, prices and what stands inside it, not its files."""
    child = (product.contract.model or Product).objects.get(pk=product.pk)
    fields = {name: getattr(child, name) for name in (*COPIED_FIELDS, *_own_columns(child))}
    title = _("%(title)s (a copy)") % {"title": product.title[:100]}
    made = create_product(product.format, title=title, now=now, **fields)
    prices: dict[int | None, Price | None] = {None: None}
    for price in product.prices.filter(is_active=True):
        terms = {name: getattr(price, name) for name in COPIED_PRICE_FIELDS}
        prices[price.pk] = add_price(made, **terms)
    for row in product.inclusions.select_related("included"):
        if row.price_id in prices:
            include(made, row.included, price=prices[row.price_id], now=now)
    return made


def why_not_deleted(product: Product) -> str:
    """Return, in a sentence, why a product stays; empty when it may be deleted."""
    if product.status != Product.Status.DRAFT:
        return _("Only a draft can be deleted. What is no longer sold is taken off sale.")
    if product.included_in.exists():
        return _("It stands inside a bundle. Take it out there first.")
    if is_needed(product, but=GOES_ALONG) or any(
        is_needed(price) for price in product.prices.all()
    ):
        return _("Somebody has it or ordered it, so it stays.")
    return ""


@transaction.atomic
def delete_draft(product: Product, now: datetime) -> None:
    """Delete a draft nobody ever had, for good after ten minutes; CannotDelete says why not."""
    locked: Product = Product.objects.select_for_update(no_key=True).kept().get(pk=product.pk)
    reason = why_not_deleted(locked)
    if reason:
        raise CannotDelete(reason)
    Product.objects.filter(pk=locked.pk).update(deleted_at=now)
    touch(current_store())


def deleted_lately(now: datetime) -> models.QuerySet[Product]:
    """Return the products whose deletion can still be undone, the last one first."""
    lately: models.QuerySet[Product] = Product.objects.filter(deleted_at__gt=now - UNDO_LASTS)
    return lately.order_by("-deleted_at")


@transaction.atomic
def undo_delete(product: Product) -> None:
    """Bring a deleted draft back."""
    Product.objects.filter(pk=product.pk).update(deleted_at=None)
    touch(current_store())


def stores_with_deleted(now: datetime) -> list[int]:
    """Return the stores in which a deletion can no longer be undone."""
    with all_stores():
        gone = Product.objects.filter(deleted_at__lte=now - UNDO_LASTS)
        return sorted(set(gone.values_list("store_id", flat=True)))


def forget_deleted(now: datetime) -> None:
    """Delete for good, in the store in scope, what can no longer be brought back.

    What a layer above still keeps of it (a file, a note) keeps the row, which nobody sees.
    """
    for product in Product.objects.filter(deleted_at__lte=now - UNDO_LASTS):
        try:
            with transaction.atomic():
                product.prices.all().delete()
                product.parts.exclude(parent=None).delete()
                product.parts.all().delete()
                (product.contract.model or Product).objects.filter(pk=product.pk).delete()
        except models.ProtectedError:
            continue


def _own_columns(child: Product) -> list[str]:
    """The names of what a format keeps of its own, without moments and ties to other rows."""
    if type(child) is Product:
        return []
    return [
        column.name
        for column in child._meta.local_concrete_fields
        if column.editable
        and not column.is_relation
        and not isinstance(column, models.DateTimeField | models.DateField)
    ]


def is_needed(row: Any, but: set[str] | None = None) -> bool:
    """Whether any row stands on this one that would not go with it."""
    names = (
        relation.get_accessor_name()
        for relation in row._meta.related_objects
        if relation.on_delete is models.PROTECT
    )
    return any(getattr(row, name).exists() for name in names if name not in (but or ()))
