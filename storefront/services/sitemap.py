"""The shop's pages for search engines."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse

from products.models import Product
from storefront.services.product_page import canonical_path
from storefront.services.things import path_of
from stores.models import Store
from stores.slots import SitemapEntry


def pages_of(store: Store) -> Sequence[SitemapEntry]:
    """Return the window in each of the store's languages and every listed product once."""
    home = reverse("storefront:home")
    languages = [store.language, *store.other_languages]
    products = Product.objects.listed()
    return [
        *(SitemapEntry(canonical_path(home, language)) for language in languages),
        *(
            SitemapEntry(canonical_path(path_of(product), product.language), product.published_at)
            for product in products
        ),
    ]
