"""Goods of the shop: all of them, a category, or some."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from products.models import Category
from storefront.blocks.contract import Around, BlockType, Fields
from storefront.blocks.fields import BlockForm, ProductField, RowsOf, line

ALL = ""


def category_choices() -> list[tuple[Any, Any]]:
    """Return all goods, then each category."""
    return [
        (ALL, _("everything on sale")),
        *((str(pk), name) for pk, name in Category.objects.values_list("pk", "title")),
    ]


class ProductsForm(BlockForm):
    """Which goods, under which heading."""

    heading = line(_("Heading"), 120)
    category = forms.ChoiceField(
        label=_("Which products"), choices=category_choices, required=False
    )
    rows = RowsOf(label=_("Or these, in this order"), parts={"product": ProductField()}, most=24)


class Products(BlockType):
    """The goods as objects."""

    key, form = "products", ProductsForm
    label = _("Products")
    line = _("Goods of the shop as the objects they are.")

    def context(self, fields: Fields, around: Around) -> dict[str, Any]:
        """Return the goods chosen that a visitor can find."""
        goods = around.window.goods
        chosen = [row.get("product") for row in fields.get("rows", []) if row.get("product")]
        if chosen:
            by_id = {good.public_id: good for good in goods}
            goods = [by_id[each] for each in chosen if each in by_id]
        elif fields.get("category"):
            goods = [good for good in goods if str(good.category_id) == fields["category"]]
        return {**fields, "goods": goods}
