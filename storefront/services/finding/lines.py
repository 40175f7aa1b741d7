"""All public text of a shop in two long strings, looked through by substring.

A line for each page, in the order they were gathered, and behind a tab what the page is called by:
ten thousand of them are passed over in the time a loop takes for a few dozen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Self

from core.searching import Query, normalised
from stores.slots import SiteText

Name = tuple[str, int]
"""The source a page comes from, and its id there."""
PHRASE, TERMS, ANYWHERE, STEMS, STEMS_ANYWHERE = 5, 4, 3, 2, 1
"""How well a page answers: the phrase in its title, the words there, then anywhere, then stems."""


class Lines(NamedTuple):
    """The normalised titles, and the normalised titles with all other words, line by line."""

    size: int
    titles: str
    texts: str

    @classmethod
    def of(cls, texts: Iterable[tuple[str, SiteText]]) -> Self:
        """Write down pages, each with the name of its source."""
        titles, whole = [], []
        for source, text in texts:
            title, name = normalised(text.title), f"\t{source} {text.id}\n"
            titles.append(title + name)
            whole.append(f"{title} {normalised(text.words)}{name}")
        return cls(len(titles), "".join(titles), "".join(whole))

    def best(self, query: Query, most: int) -> list[Name]:
        """Return up to so many pages in which all words stand, those that answer best first."""
        if not all(stem in self.texts for stem in query.stems):
            return []
        found: dict[Name, None] = {}
        for place, needles in (
            (self.titles, [query.phrase]),
            (self.titles, query.terms),
            (self.texts, query.terms),
            (self.titles, query.stems),
            (self.texts, query.stems),
        ):
            for name in _lines_with(place, needles):
                found[name] = None
                if len(found) == most:
                    return list(found)
        return list(found)


def rank(text: SiteText, query: Query) -> int:
    """Return how well a page answers; 0 where not all words stand in it."""
    title = normalised(text.title)
    if query.phrase in title:
        return PHRASE
    if all(term in title for term in query.terms):
        return TERMS
    whole = f"{title} {normalised(text.words)}"
    if all(term in whole for term in query.terms):
        return ANYWHERE
    if all(stem in title for stem in query.stems):
        return STEMS
    return STEMS_ANYWHERE if all(stem in whole for stem in query.stems) else 0


def _lines_with(place: str, needles: Sequence[str]) -> Iterator[Name]:
    """Yield the names of the lines in which every needle stands, looking for the rarest."""
    rarest, *others = sorted(needles, key=place.count)
    at = place.find(rarest)
    while at >= 0:
        end = place.index("\n", at)
        words, _tab, name = place[place.rfind("\n", 0, at) + 1 : end].partition("\t")
        if rarest in words and all(other in words for other in others):
            source, _space, number = name.partition(" ")
            yield source, int(number)
        at = place.find(rarest, end)
