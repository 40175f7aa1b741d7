"""Looking for words in a shop: a fixed number of statements, however large it is."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from core.addresses import path_to
from core.searching import Query, Snippet, normalised, parse_query, snippet
from storefront.services.finding.keeping import lines_of
from storefront.services.finding.lines import Name, rank
from stores import slots
from stores.models import Store
from stores.slots import SiteText

MOST_FOUND = 40


@dataclass(frozen=True)
class Hit:
    """One page that was found."""

    title: str
    url: str
    line: str
    around: Snippet | None
    """Where the words stand, when not in the title."""


def find(store: Store, asked: str) -> list[Hit]:
    """Return the pages in which all words stand, those that have them in their title first."""
    query = parse_query(asked)
    if not query:
        return []
    names = lines_of(store).best(query, MOST_FOUND)
    texts = _as_they_are(store, names)
    ranked = [(rank(texts[name], query), texts[name]) for name in names if name in texts]
    ranked.sort(key=lambda pair: -pair[0])
    return [_hit(text, query) for how_well, text in ranked if how_well]


def _as_they_are(store: Store, names: list[Name]) -> dict[Name, SiteText]:
    """Return the pages that are still public, read anew."""
    ids: dict[str, list[int]] = defaultdict(list)
    for source, number in names:
        ids[source].append(number)
    found = {}
    for source, numbers in ids.items():
        texts_of = slots.site_search.find(source)
        for text in texts_of(store, numbers) if texts_of else ():
            found[source, text.id] = text
    return found


def _hit(text: SiteText, query: Query) -> Hit:
    title = normalised(text.title)
    is_in_title = all(stem in title for stem in query.stems)
    around = None if is_in_title or not text.words else snippet(text.words, query)
    return Hit(text.title, path_to(*text.url), str(text.line), around)
