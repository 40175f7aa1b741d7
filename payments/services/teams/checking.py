"""Whether the places of teams and what they gave agree: asked every night."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from access.models import Access, SourceKind
from payments.models import Order, TeamPlace


def teams_of(orders: Sequence[Order]) -> dict[int, list[TeamPlace]]:
    """Return the places of these orders' teams, by the primary key of their line."""
    found: dict[int, list[TeamPlace]] = {}
    places = TeamPlace.objects.filter(team__line__order__in=list(orders))
    for place in places.select_related("team"):
        found.setdefault(place.team.line_id, []).append(place)
    return found


def astray(places: Sequence[TeamPlace], *, is_due: bool) -> Iterator[str]:
    """Give the kinds of what does not fit: a taken place without access, or one left open."""
    every = [source for place in places for source in place.sources]
    given = Access.objects.filter(source_kind=SourceKind.TEAM, source_id__in=every)
    stands = set(given.filter(revoked_at=None).values_list("source_id", flat=True))
    if not is_due and stands:
        yield "access_left"
    known = set(given.values_list("source_id", flat=True))
    if is_due and any(p.source not in known for p in places if p.claimed_by_id is not None):
        yield "access_missing"
