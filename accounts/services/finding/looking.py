"""Looking for customers: through indexes first, and only where that finds nobody, everywhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Customer, CustomerWord
from accounts.services.finding.keeping import are_all_kept, gather
from accounts.services.finding.words import asked_for
from stores import slots

FEW: Final = 1_000
"""Ids that are read before the page asks for its rows; more are left to the database."""
LAST: Final = "\U0010ffff"
"""Behind every letter there is."""


def search(found: QuerySet[Customer], every: QuerySet[Customer], text: str) -> QuerySet[Customer]:
    """Return who is called so: by the beginnings of words, or an order's or card's number.

    Where there is nobody, those in whose texts it stands anywhere: ``found``, which stands for
    names and addresses, and whomever another app knows by it.
    """
    if are_all_kept() or (gather() and are_all_kept()):
        near = every.filter(_near(text))
        if near.exists():
            return near
    wanted = Q(pk__in=found.order_by().values("pk"))
    for entry in slots.customer_search.all():
        wanted |= Q(pk__in=entry.anywhere(text))
    return every.filter(wanted)


def _near(text: str) -> Q:
    """Return the condition that finds through indexes; ids themselves where these are few."""
    ids: set[int] = set()
    many = Q()
    for way in _ways(text):
        some = list(way[: FEW + 1])
        if len(some) > FEW:
            many |= Q(pk__in=way)
        else:
            ids.update(some)
    return Q(pk__in=ids) | many


def _ways(text: str) -> Iterator[QuerySet[CustomerWord, int]]:
    for terms in asked_for(text):
        yield _known_by(terms)
    for entry in slots.customer_search.all():
        yield entry.numbered(text)


def _known_by(terms: Sequence[str]) -> QuerySet[CustomerWord, int]:
    """Return the ids of those who have a word for each term, led by the term that fewest have."""
    rarest = min(terms, key=_commonness) if len(terms) > 1 else terms[0]
    found = _beginning(rarest)
    for term in terms:
        if term != rarest:
            found = found.filter(Exists(_beginning(term).filter(customer=OuterRef("customer"))))
    return found.values_list("customer_id", flat=True).distinct()


def _commonness(term: str) -> int:
    return int(_beginning(term)[:FEW].count())


def _beginning(term: str) -> QuerySet[CustomerWord]:
    found: QuerySet[CustomerWord] = CustomerWord.objects.filter(
        word__gte=term, word__lt=term + LAST
    )
    return found
