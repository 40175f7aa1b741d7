"""What the places of a team gave: to who has them now, and to who had them before."""

from __future__ import annotations

from collections.abc import Sequence

from access.models import Access, SourceKind
from payments.models import Subscription, Team, TeamPlace


def held_by_members(line_id: int) -> list[Access]:
    """Return the access of everybody who has a place of a line's team now."""
    taken = TeamPlace.objects.taken().filter(team__line=line_id)
    return _given([place.source for place in taken])


def given_by_line(line_id: int) -> list[Access]:
    """Return all that the places of a line's team ever gave."""
    places = TeamPlace.objects.filter(team__line=line_id)
    return _given([source for place in places for source in place.sources])


def access_of_place(place: TeamPlace) -> Access | None:
    """Return what a place gives to who has it; None where nobody has it."""
    if place.claimed_by_id is None:
        return None
    found = _given([place.source])
    return found[0] if found else None


def subscription_of_team(team: Team) -> Subscription | None:
    """Return what pays for a team again and again; None where it was paid once."""
    found: Subscription | None = Subscription.objects.filter(line=team.line_id).first()
    return found


def subscription_of_place(source: str) -> Subscription | None:
    """Return what pays for the place an access came from; None where it was paid once."""
    place = TeamPlace.objects.filter(public_id=source.partition(".")[0]).select_related("team")
    found = place.first()
    return subscription_of_team(found.team) if found is not None else None


def _given(sources: Sequence[str]) -> list[Access]:
    if not sources:
        return []
    found = Access.objects.filter(source_kind=SourceKind.TEAM, source_id__in=sources)
    return list(found.select_related("product").order_by("pk"))
