"""Members come, pay on, and go: one due row for each access, in batches of at most 500."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from access.models import Access, SourceKind
from core import clock
from memberships.models import Club, Member
from memberships.services.letters import welcome
from memberships.services.months import TOLD_AT
from memberships.services.standing import Place, places
from stores.scope import current_store


def granted(accesses: Sequence[Access], now: datetime) -> None:
    """Write down who became a member, and welcome them, once each; said twice it is said once.

    What is open on joining counts as told. Who was moved in from elsewhere is not greeted anew, nor
    is who is a member already and has the club inside something too.
    """
    found = places(accesses, now)
    known = _members_already(accesses)
    rows = [_row(place, now) for place in found.values()]
    Member.objects.bulk_create(rows, ignore_conflicts=True)
    renewed([place.access for place in found.values()], now)
    came = _moved_in([place.access for place in found.values()])
    fresh = [
        place
        for place in found.values()
        if place.access.is_live(now)
        and (place.club.pk, place.access.customer_id) not in known
        and (place.access.customer_id, place.access.product_id) not in came
    ]
    welcome(fresh, now)


def _members_already(accesses: Sequence[Access]) -> set[tuple[int, int]]:
    """Return, as club and customer, who is a member by another access than these."""
    others = Member.objects.filter(
        club__in={access.product_id for access in accesses},
        access__customer__in={access.customer_id for access in accesses},
        access__revoked_at=None,
        kept_at=None,
    ).exclude(access__in=accesses)
    return set(others.values_list("club_id", "access__customer_id"))


def _moved_in(accesses: Sequence[Access]) -> set[tuple[int, int]]:
    """Return who of these was a member elsewhere before, also where they pay on here by now."""
    moved = Access.objects.filter(
        source_kind=SourceKind.IMPORT,
        customer__in={access.customer_id for access in accesses},
        product__in={access.product_id for access in accesses},
    )
    return set(moved.values_list("customer", "product"))


def renewed(accesses: Sequence[Access], now: datetime) -> None:
    """Let whoever paid on, or came back, be a member again: what stays is given at the new end."""
    live = [access.pk for access in accesses if access.revoked_at is None]
    Member.objects.filter(access__in=live, kept_at__isnull=False).update(kept_at=None, due_at=now)


def revoked(accesses: Sequence[Access], now: datetime) -> None:
    """Let what stays be given to those whose access was taken back: the sweep does it."""
    gone = [access.pk for access in accesses if access.revoked_at is not None]
    Member.objects.filter(access__in=gone).update(due_at=now)


def next_look(club: Club, now: datetime) -> datetime | None:
    """Return when a member is looked at next: every morning where each has their own months."""
    if club.mode != Club.Mode.TENURE:
        return None
    zone = current_store().zone
    today = clock.local_day(now, zone)
    morning = clock.at_local(today, TOLD_AT, zone)
    if morning > now:
        return morning
    return clock.add_period(morning, "day", 1, zone)


def _row(place: Place, now: datetime) -> Member:
    return Member(
        access=place.access,
        club=place.club,
        told_number=place.current.number if place.current is not None else 0,
        due_at=next_look(place.club, now),
        created_at=now,
    )
