"""Looking for words in what somebody may open: a fixed number of queries, and no more than fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.urls import reverse

from access.contract import Open, Viewer
from access.models import Access, PartGrant
from access.services.gate import may_open
from content.models import SearchEntry
from core.searching import Query, Snippet, parse_query, snippet
from products.models import Part, Product

MOST_PARTS = 2_000
"""Parts in which something was found that the gate is asked about at once."""
MOST_HITS = 200
HITS_OF_EACH = 5
"""Places shown of one part beside those of others."""
LONGEST_FIND = 80
PHRASE_OF_WORDS, PHRASE, ALL_WORDS, STEMS = 3, 2, 1, 0


@dataclass(frozen=True)
class Hit:
    """One place: the words around it, and the address that opens it there."""

    heading: str
    snippet: Snippet
    url: str
    page: int | None = None


@dataclass(frozen=True)
class Group:
    """What was found in one part."""

    part: Part
    hits: list[Hit] = field(default_factory=list)
    has_more: bool = False


@dataclass(frozen=True)
class Found:
    """What was found, the best part first; ``is_all`` says whether nothing was left out."""

    query: Query
    groups: list[Group] = field(default_factory=list)
    is_all: bool = True

    @property
    def count(self) -> int:
        """How many places are shown."""
        return sum(len(group.hits) for group in self.groups)


def search(viewer: Viewer, query: str, *, now: datetime, within: Product | None = None) -> Found:
    """Return where the words stand in the parts that ``viewer`` may open, the best first.

    That is what they have, be it given or bought; for visitors, what is open to anyone and on
    sale; of one product, whatever the gate opens. A word is also found behind Hebrew prefixes,
    and where it was typed with one, without it, further down.
    """
    asked = parse_query(query)
    if not asked:
        return Found(asked)
    matching = SearchEntry.objects.filter(_matches(asked))
    ids = list(
        matching.filter(part__in=_reachable(viewer, within, now))
        .order_by("part")
        .values_list("part", flat=True)
        .distinct()[: MOST_PARTS + 1]
    )
    parts = list(Part.objects.filter(pk__in=ids[:MOST_PARTS]).select_related("product"))
    answers = may_open(viewer, parts, now) if parts else {}
    opened = [part for part in parts if isinstance(answers[part], Open)]
    entries = list(_ranked(matching.filter(part__in=opened), asked)[: MOST_HITS + 1])
    groups = _grouped(entries[:MOST_HITS], opened, asked, most=HITS_OF_EACH if not within else None)
    is_all = len(entries) <= MOST_HITS and len(ids) <= MOST_PARTS
    return Found(asked, groups, is_all)


def _reachable(viewer: Viewer, within: Product | None, now: datetime) -> QuerySet[Part]:
    """Return the parts worth asking the gate about."""
    parts: QuerySet[Part] = Part.objects.filter(published_at__lte=now, product__deleted_at=None)
    if within is not None:
        return parts.filter(product=within)
    if viewer.customer is None and not viewer.access_ids and not viewer.keys:
        listed = Product.objects.listed().values("pk")
        return parts.filter(Q(preview=True) | Q(parent__preview=True), product__in=listed)
    customers = {key.customer_id for key in viewer.keys}
    if viewer.customer is not None:
        customers.add(viewer.customer.pk)
    theirs = Q(customer__in=customers) | Q(pk__in=viewer.access_ids)
    had = Access.objects.standing().filter(theirs).values("product")
    granted = PartGrant.objects.filter(customer__in=customers, revoked_at=None)
    return parts.filter(Q(product__in=had) | Q(product__in=granted.values("part__product")))


def _matches(asked: Query) -> Q:
    """Return the condition that all words stand in a passage, with a prefix or without."""
    found = Q()
    for stem in asked.stems:
        found &= Q(words__contains=stem)
    return found


def _ranked(entries: QuerySet[SearchEntry], asked: Query) -> QuerySet[SearchEntry]:
    as_typed = Q()
    for term in asked.terms:
        as_typed &= Q(words__contains=term)
    rank = Case(
        When(Q(words__contains=f" {asked.phrase} "), then=Value(PHRASE_OF_WORDS)),
        When(Q(words__contains=asked.phrase), then=Value(PHRASE)),
        When(as_typed, then=Value(ALL_WORDS)),
        default=Value(STEMS),
        output_field=IntegerField(),
    )
    return entries.annotate(rank=rank).order_by("-rank", "part", "source", "position")


def _grouped(
    entries: Sequence[SearchEntry], parts: Sequence[Part], asked: Query, *, most: int | None
) -> list[Group]:
    """Return the passages by part, in the order of the best of each."""
    known = {part.pk: part for part in parts}
    groups: dict[int, Group] = {}
    more: set[int] = set()
    seen: set[tuple[int, int | None, Snippet]] = set()
    for entry in sorted(entries, key=lambda each: _order(each, known)):
        part = known[entry.part_id]
        hit = _hit(part, entry, asked)
        # A book as EPUB and as PDF says everything twice; what stands in different parts does not.
        said = Snippet("", hit.snippet.match, hit.snippet.after[:24])
        key = (part.product_id, part.parent_id, said)
        if key in seen:
            continue
        seen.add(key)
        group = groups.setdefault(part.pk, Group(part))
        if most is not None and len(group.hits) >= most:
            more.add(part.pk)
        else:
            group.hits.append(hit)
    return [Group(each.part, each.hits, each.part.pk in more) for each in groups.values()]


def _order(entry: Any, known: dict[int, Part]) -> tuple[int, bool, int]:
    part = known[entry.part_id]
    return -entry.rank, part.preview, part.position


def _hit(part: Part, entry: SearchEntry, asked: Query) -> Hit:
    found = snippet(entry.text, asked)
    page = entry.place.get("page")
    return Hit(entry.heading, found, _url(part, entry, found.match), page)


def _url(part: Part, entry: SearchEntry, match: str) -> str:
    """Return the reader at the place: readers know ``find``, ``page`` and ``at``."""
    url = reverse("content:read", args=[part.public_id])
    if entry.source == SearchEntry.Source.ABOUT:
        return url
    wanted = {"find": match[:LONGEST_FIND]} if match else {}
    for name, key in (("page", "page"), ("at", "href")):
        if key in entry.place:
            wanted[name] = str(entry.place[key])
    return f"{url}?{urlencode(wanted)}" if wanted else url
