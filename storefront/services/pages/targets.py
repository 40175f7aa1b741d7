"""Where a link may lead inside the shop: to a product, a page, a category, by lasting names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from products.models import Category, Product
from storefront.models import Page

HOME, ELSEWHERE = "home", "url"


def target_choices() -> list[tuple[Any, Any]]:
    """Return everything of the store in scope that a link can lead to, in groups."""
    products = Product.objects.reachable().exclude(status="retired").order_by("position", "-id")
    pages = Page.objects.kept().exclude(kind__in=(Page.Kind.HOME, Page.Kind.PRODUCT))
    groups = [
        (
            _("Products"),
            [(f"product:{key}", name) for key, name in products.values_list("public_id", "title")],
        ),
        (
            _("Pages"),
            [(f"page:{key}", name) for key, name in pages.values_list("public_id", "title")],
        ),
        (
            _("Categories"),
            [
                (f"category:{key}", name)
                for key, name in Category.objects.values_list("pk", "title")
            ],
        ),
    ]
    return [
        ("", _("nowhere")),
        (HOME, _("the front page")),
        *(group for group in groups if group[1]),
        (ELSEWHERE, _("another address")),
    ]


def paths_of(targets: Collection[str]) -> dict[str, str]:
    """Return the paths of targets in the current language; what is gone or hidden is left out."""
    wanted: dict[str, list[str]] = defaultdict(list)
    for target in targets:
        kind, _colon, key = target.partition(":")
        wanted[kind].append(key)
    found: dict[str, str] = {HOME: reverse("storefront:home")} if HOME in wanted else {}
    if wanted["product"]:
        rows = Product.objects.reachable().filter(public_id__in=wanted["product"])
        for public_id, slug in rows.values_list("public_id", "slug"):
            found[f"product:{public_id}"] = reverse("storefront:product", args=[slug or public_id])
    if wanted["page"]:
        pages = Page.objects.published().filter(public_id__in=wanted["page"])
        for public_id, slug in pages.values_list("public_id", "slug"):
            found[f"page:{public_id}"] = reverse("storefront:page", args=[slug or public_id])
    keys = [key for key in wanted["category"] if key.isdecimal() and len(key) < 18]  # noqa: PLR2004 -- digits
    if keys:
        for pk, slug in Category.objects.filter(pk__in=keys).values_list("pk", "slug"):
            found[f"category:{pk}"] = reverse("storefront:category", args=[slug])
    return found
