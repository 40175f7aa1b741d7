"""Goods of the shop: all of them, a category, or some."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext_lazy as _

from products.models import Category, Product
from storefront.blocks.contract import Around, BlockType, Fields
from storefront.blocks.fields import BlockForm, ProductField, RowsOf, line
from storefront.services import window
from storefront.services.window import Good, goods_of, page_path

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

    def contexts(self, many: Sequence[Fields], around: Around) -> list[dict[str, Any]]:
        """Return the goods of each that a visitor can find, in a few queries for all.

        Of all goods, or of a category, the first are shown, and where the rest is.
        """
        chosen = [_chosen(fields) for fields in many]
        categories = {fields.get("category") or ALL for fields in many if not _chosen(fields)}
        first = _first_of(categories)
        wanted = Q(public_id__in={each for ids in chosen for each in ids}) | Q(pk__in=first)
        found = goods_of(Product.objects.filter(wanted), around.now)
        around.fresh_for = min(around.fresh_for, found.fresh_for)
        slugs = _slugs(categories)
        return [
            {**fields, **_some(fields, ids, found.goods, slugs)}
            for fields, ids in zip(many, chosen, strict=True)
        ]


def _chosen(fields: Fields) -> list[str]:
    return [row["product"] for row in fields.get("rows", []) if row.get("product")]


def _first_of(categories: Collection[str]) -> set[int]:
    """Return the first goods of the shop, and of each category, by their keys; one more of each."""
    listed = Product.objects.listed()
    most = window.ON_A_PAGE + 1 if ALL in categories else 0
    first = set(listed.values_list("pk", flat=True)[:most])
    named = [int(each) for each in categories if each != ALL]
    if not named:
        return first
    place = Window(RowNumber(), partition_by=F("category"), order_by=["position", "-id"])
    placed = listed.filter(category__in=named).annotate(place=place)
    return first | set(placed.filter(place__lte=window.ON_A_PAGE + 1).values_list("pk", flat=True))


def _slugs(categories: Collection[str]) -> dict[str, str]:
    named = [each for each in categories if each != ALL]
    rows = Category.objects.filter(pk__in=named).values_list("pk", "slug") if named else []
    return {ALL: "", **{str(pk): slug for pk, slug in rows}}


def _some(
    fields: Fields, ids: Sequence[str], goods: Sequence[Good], slugs: Mapping[str, str]
) -> dict[str, Any]:
    if ids:
        by_id = {good.public_id: good for good in goods}
        return {"goods": [by_id[each] for each in ids if each in by_id]}
    category = fields.get("category") or ALL
    some = [good for good in goods if category in (ALL, str(good.category_id))]
    has_more = len(some) > window.ON_A_PAGE and category in slugs
    return {
        "goods": some[: window.ON_A_PAGE],
        "more": page_path(2, slugs[category]) if has_more else "",
    }
