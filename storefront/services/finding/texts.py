"""What is public of a shop, as its search sees it: what is sold, and the creator's pages.

A whole shop is gathered from here, so a product is read as a bare row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from html import unescape

from django.db.models import F
from django.utils.html import strip_tags
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.markdown import small_markdown
from products.contract import formats
from products.models import Part, Product
from storefront.blocks import block_types
from storefront.models import Page
from storefront.services.pages.showing import published_blocks
from stores.models import Store
from stores.slots import SiteText

ENDS = frozenset(".!?…:")


def texts_of_products(store: Store, only: Collection[int] | None = None) -> Sequence[SiteText]:
    """Return what is public of each listed product, the titles of its contents too."""
    listed = Product.objects.listed()
    listed = listed if only is None else listed.filter(pk__in=only)
    titles: dict[int, list[str]] = defaultdict(list)
    rows = Part.objects.published().filter(product__in=listed if only is None else only)
    for product_id, title in rows.values_list(F("product_id"), "title"):
        titles[product_id].append(title)
    lines = {each.key: capfirst(str(each.label)) for each in formats}
    return [
        SiteText(
            id=pk,
            title=title,
            url=("storefront:product", slug or public_id),
            line=lines[key],
            words=_strung([*said, *(each for each in titles[pk] if each != title)]),
        )
        for pk, key, title, slug, public_id, *said in listed.values_list(
            *("pk", "format", "title", "slug", "public_id"),
            *("result", "tagline", "description", "maker"),
        )
    ]


def texts_of_pages(store: Store, only: Collection[int] | None = None) -> Sequence[SiteText]:
    """Return what visitors read on the creator's pages in the language being read."""
    pages = Page.objects.published().exclude(kind__in=(Page.Kind.HOME, Page.Kind.PRODUCT))
    here = pages.filter(language=get_language() or store.language)
    here = here if only is None else here.filter(pk__in=only)
    return [
        SiteText(
            id=page.pk,
            title=page.title,
            url=("storefront:page", page.slug or page.public_id),
            line=page.description or capfirst(_("page")),
            words=_strung(_words_of(page)),
        )
        for page in here.select_related("shown")
    ]


def _strung(texts: Iterable[str]) -> str:
    """Return texts one after the other, a dot between those that do not end a sentence."""
    said = [text for each in texts if (text := each.strip())]
    ends = [text if text[-1] in ENDS else f"{text} ·" for text in said[:-1]]
    return " ".join([*ends, *said[-1:]])


def _words_of(page: Page) -> Iterator[str]:
    """Return the texts of a published page's blocks, without the signs of Markdown."""
    for block in published_blocks(page):
        kind = block_types.get(block["key"])
        if kind is not None and not block.get("hidden"):
            for text in kind.words(block["fields"]):
                yield unescape(strip_tags(small_markdown(text)))
