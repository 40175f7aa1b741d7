"""Searching the shop: what is sold, the titles of its contents, and pages of other apps.

All public text of a store is normalised once per version of the store and language, and looked
through by substring, as core.searching says. As a whole shop is gathered for that, a product is
read as a bare row, and an address is written only for what was found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any, NamedTuple

from django.db.models import F
from django.utils.html import strip_tags
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.addresses import path_to
from core.copies import keep_copy, kept_copy
from core.markdown import small_markdown
from core.searching import Query, Snippet, normalised, parse_query, snippet
from products.contract import formats
from products.models import Part, Product
from storefront.blocks import block_types
from storefront.models import Page
from storefront.services.pages.showing import published_blocks
from stores import slots
from stores.models import Store
from stores.slots import SiteText

MOST_FOUND = 40
A_DAY = 86_400
ENDS = frozenset(".!?…:")


@dataclass(frozen=True)
class Hit:
    """One page that was found."""

    title: str
    url: str
    line: str
    around: Snippet | None
    """Where the words stand, when not in the title."""


class Searched(NamedTuple):
    """One page's text as it is kept: ten thousand plain tuples are read back in no time."""

    title: str
    url: tuple[str, ...]
    line: str
    words: str
    plain_title: str
    plain: str


def find(store: Store, asked: str) -> list[Hit]:
    """Return the pages in which all words stand, those that have them in their title first."""
    query = parse_query(asked)
    if not query:
        return []
    ranked = [(rank, each) for each in _texts(store) if (rank := _rank(each, query))]
    ranked.sort(key=lambda pair: -pair[0])
    return [_hit(each, query) for _rank_, each in ranked[:MOST_FOUND]]


def texts_of_products(store: Store) -> Sequence[SiteText]:
    """Return what is public of each listed product, the titles of its contents too."""
    titles: dict[int, list[str]] = defaultdict(list)
    rows = Part.objects.published().filter(product__in=Product.objects.listed())
    for product_id, title in rows.values_list(F("product_id"), "title"):
        titles[product_id].append(title)
    lines = {each.key: capfirst(str(each.label)) for each in formats}
    return [
        SiteText(
            title=title,
            url=("storefront:product", slug or public_id),
            line=lines[key],
            words=_strung([*said, *(each for each in titles[product_id] if each != title)]),
        )
        for product_id, key, title, slug, public_id, *said in Product.objects.listed().values_list(
            *("pk", "format", "title", "slug", "public_id"),
            *("result", "tagline", "description", "maker"),
        )
    ]


def texts_of_pages(store: Store) -> Sequence[SiteText]:
    """Return what visitors read on the creator's pages in the language being read."""
    pages = Page.objects.published().exclude(kind__in=(Page.Kind.HOME, Page.Kind.PRODUCT))
    here = pages.filter(language=get_language() or store.language)
    return [
        SiteText(
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


def _texts(store: Store) -> list[Searched]:
    key = f"{store.public_id}:{store.version}:{get_language()}:search"
    kept: list[tuple[Any, ...]] | None = kept_copy(key)
    if kept is not None:
        return [*map(Searched._make, kept)]
    made = [_searched(each) for pages in slots.site_search.all() for each in pages(store)]
    keep_copy(key, [*map(tuple, made)], seconds=A_DAY)
    return made


def _searched(text: SiteText) -> Searched:
    plain_title = normalised(text.title)
    plain = f"{plain_title} {normalised(text.words)}"
    return Searched(text.title, text.url, str(text.line), text.words, plain_title, plain)


def _rank(text: Searched, query: Query) -> int:
    """Return how well a page answers: the phrase in its title, the words there, then anywhere."""
    if not all(stem in text.plain for stem in query.stems):
        return 0  # most pages of a large shop: a word that stands there holds its stem
    if query.phrase in text.plain_title:
        return 5
    if all(term in text.plain_title for term in query.terms):
        return 4
    if all(term in text.plain for term in query.terms):
        return 3
    if all(stem in text.plain_title for stem in query.stems):
        return 2
    return 1


def _hit(text: Searched, query: Query) -> Hit:
    is_in_title = all(stem in text.plain_title for stem in query.stems)
    around = None if is_in_title or not text.words else snippet(text.words, query)
    return Hit(text.title, path_to(*text.url), text.line, around)
