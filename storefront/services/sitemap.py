"""The shop's pages for search engines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.urls import reverse

from products.models import Category, Product
from products.services.covers import cover_of
from storefront.models import Page
from storefront.services.addresses import canonical_path
from storefront.services.things import path_of
from stores.models import Store
from stores.slots import SitemapEntry


def pages_of(store: Store) -> Sequence[SitemapEntry]:
    """Return the window in each of the store's languages and every listed product once."""
    home = reverse("storefront:home")
    languages = [store.language, *store.other_languages]
    products = list(Product.objects.listed())
    families = _families(products)
    pages = Page.objects.published().exclude(slug="").select_related("shown")
    categories = Category.objects.exclude(slug="")
    return [
        *(SitemapEntry(canonical_path(home, language)) for language in languages),
        *(
            SitemapEntry(
                _path(product),
                product.published_at,
                image=product_picture(product),
                alternates=families.get(product.translation_of_id or product.pk, ()),
            )
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


def product_picture(product: Product) -> str:
    """Return the path of a product's cover, or of the picture drawn of it."""
    cover = cover_of(product)
    address = [product.slug or product.public_id]
    return cover.src if cover else reverse("storefront:share-image", args=address)


def _families(products: Sequence[Product]) -> dict[int, list[tuple[str, str]]]:
    """Return, by the product that was first, the pages of those in several languages."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for product in products:
        root = product.translation_of_id or product.pk
        if product.language:
            found[root].setdefault(product.language, _path(product))
    return {root: sorted(pages.items()) for root, pages in found.items() if len(pages) > 1}


def _path(product: Product) -> str:
    return canonical_path(path_of(product), product.language)
