"""Samples that could not be made, or whose book has changed: told to the creator."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from content.models import Excerpt
from products.models import Product
from stores.models import Store
from stores.roles import Area
from stores.slots import Duty


def duties_of_samples(store: Store, now: datetime) -> Sequence[Duty]:
    """Return the samples for which something else is to be picked."""
    rows = Excerpt.objects.filter(
        Q(unmatched_at__isnull=False) | Q(failed_at__isnull=False),
        part__product__deleted_at=None,
    ).exclude(part__product__status=Product.Status.RETIRED)
    return [_duty(row) for row in rows.select_related("part__product").order_by("pk")]


def _duty(row: Excerpt) -> Duty:
    product = row.part.product
    return Duty(
        key=f"content.sample:{row.part.public_id}",
        sentence=sentence_of(row) % {"title": product.title},
        due_at=None,
        url=reverse("admin:products_product_change", args=[product.pk]),
        verb=_("Pick the sample"),
        area=Area.PRODUCTS,
    )


def sentence_of(row: Excerpt) -> str:
    """Return what is wrong with a sample, with a place for the title of its book."""
    if row.unmatched_at is not None:
        return _(
            "The sample of “%(title)s” is still from its earlier file: what you picked is not in"
            " the new one."
        )
    return _("The sample of “%(title)s” could not be made of its file. Pick other pages.")
