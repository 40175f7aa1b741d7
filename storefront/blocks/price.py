"""One product with its price and its button."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from products.models import Product
from storefront.blocks.contract import Around, BlockType, Fields
from storefront.blocks.fields import BlockForm, ProductField, line
from storefront.services.offers import fresh_for, offer_of, offered
from storefront.services.things import path_of, thing_of


class PriceForm(BlockForm):
    """Which product, and words above its price."""

    product = ProductField(required=True)
    heading = line(_("Heading"), 120, help_text=_("Left empty, it is the product's title."))
    text = line(_("One sentence below it"), 240)


class Price(BlockType):
    """The object, the price, the button: as on the product's page."""

    key, form = "price", PriceForm
    label = _("Price")
    line = _("One product with its price and button.")

    def contexts(self, many: Sequence[Fields], around: Around) -> list[dict[str, Any]]:
        """Return each product with its offers, in three queries for all."""
        ids = {fields.get("product", "") for fields in many}
        rows = list(
            Product.objects.reachable().filter(public_id__in=ids).prefetch_related("prices")
        )
        around.fresh_for = min(around.fresh_for, fresh_for(rows, around.now))
        prices = offered(rows, around.now)
        found = {
            row.public_id: {
                "product": row,
                "thing": thing_of(row),
                "path": path_of(row),
                "offers": [offer_of(price) for price in prices.get(row.pk, [])],
            }
            for row in rows
        }
        return [
            {**fields, **found.get(fields.get("product", ""), {"product": None})} for fields in many
        ]

    def summary(self, fields: Fields) -> str:
        """Return its heading; the product's id says nothing to anybody."""
        return str(fields.get("heading", ""))
