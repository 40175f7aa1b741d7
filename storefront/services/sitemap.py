"""The shop's pages for search engines."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse

from products.models import Category, Product
from storefront.models import Page
from storefront.services.product_page import canonical_path
from storefront.services.things import path_of
from stores.models import Store
from stores.slots import SitemapEntry


def pages_of(store: Store) -> Sequence[SitemapEntry]:
    """Return the window in each of the store's languages and every listed product once."""
    home = reverse("storefront:home")
    languages = [store.language, *store.other_languages]
    products = Product.objects.listed()
    pages = Page.objects.published().exclude(slug="").select_related("shown")
    categories = Category.objects.exclude(slug="")
    return [
        *(SitemapEntry(canonical_path(home, language)) for language in languages),
        *(
            SitemapEntry(canonical_path(path_of(product), product.language), product.published_at)
            for product in products
        ),
        *(
            SitemapEntry(
                canonical_path(reverse("storefront:page", args=[page.slug]), page.language),
                page.shown.published_at if page.shown else None,
            )
            for page in pages
        ),
        *(
            SitemapEntry(
                canonical_path(reverse("storefront:category", args=[each.slug]), store.language)
            )
            for each in categories
        ),
    ]
