"""One product in several languages: only these are named as each other's twins."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from products.models import Product
from storefront.services.addresses import canonical_path
from storefront.services.things import path_of
from stores.scope import current_store

DEFAULT = "x-default"


@dataclass(frozen=True)
class Twin:
    """A page of the same product, and its language as ``hreflang`` says it."""

    language: str
    url: str


def twins_of(product: Product, origin: str) -> list[Twin]:
    """Return all pages of the product, its own among them; nothing where it is the only one.

    Costs a query in stores of several languages, and none in others.
    """
    store = current_store()
    if not store.other_languages:
        return []
    root = product.translation_of_id or product.pk
    family = Product.objects.listed().filter(Q(pk=root) | Q(translation_of=root)).order_by("pk")
    found = {each.language: each for each in [*family, product] if each.language}
    if len(found) < 2:  # noqa: PLR2004 -- alone
        return []
    twins = [
        Twin(language, origin + canonical_path(path_of(each), language))
        for language, each in sorted(found.items())
    ]
    own = next((each for each in twins if each.language == store.language), twins[0])
    return [*twins, Twin(DEFAULT, own.url)]
