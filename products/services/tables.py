"""The table of products, for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from core import money
from products.models import Product
from stores import slots

if TYPE_CHECKING:
    from stores.slots import Text


def head() -> Sequence[Text]:
    """Return the columns."""
    return (_("Name"), _("Format"), _("State"), _("Address"), _("Language"), _("Prices"))


def rows() -> Iterator[Sequence[object]]:
    """Return every product of the store in scope."""
    for product in Product.objects.prefetch_related("prices").order_by("pk"):
        prices = [
            money.display(price.amount, price.currency)
            for price in product.prices.all()
            if price.is_active
        ]
        yield (
            product.title,
            product.format,
            product.get_status_display(),
            product.slug,
            product.language,
            " · ".join(prices),
        )


def register() -> None:
    """Put it among the tables."""
    label = pgettext_lazy("a table", "products")
    slots.tables.register("products", slots.Table(label, "products", head, rows))
