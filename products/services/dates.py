"""What is dated in the catalogue, for the creator's calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from products.models import Product
from stores.models import Store
from stores.roles import Area
from stores.slots import CalendarItem


def calendar_items(store: Store, since: datetime, until: datetime) -> Sequence[CalendarItem]:
    """Return the openings of presales."""
    opening = Product.objects.filter(opens_at__gte=since, opens_at__lt=until)
    return [
        CalendarItem(
            key=f"opening:{product.public_id}",
            at=product.opens_at,
            sentence=_("“%(title)s” opens") % {"title": product.title},
            url=reverse("admin:products_product_opening", args=[product.pk]),
            area=Area.PRODUCTS,
            kind=_("opening"),
        )
        for product in opening
        if product.opens_at is not None
    ]
