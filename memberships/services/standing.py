"""Where members stand: which months are open to them, and for how long they have been here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from access.models import Access
from access.rules import Span, Standing, not_yet, tenure
from access.services.gate import rule_of
from access.services.paid_time import paid_time
from core import clock
from memberships.models import Club, Drop
from memberships.services.months import rhythm_of
from stores.scope import current_store

FARTHEST = 93
"""How many days ahead a member's next month is looked for: a quarter."""


@dataclass(frozen=True)
class Place:
    """Where one access stands in its club."""

    access: Access
    club: Club
    periods: int
    """Whole periods that were paid for and have passed."""
    open_drops: Sequence[Drop] = field(default_factory=tuple)
    """The months that are open to it now, in order; none where it is not live."""
    paid: Sequence[Span] = ()
    """The time that was paid for, less rests and holds."""

    @property
    def current(self) -> Drop | None:
        """The newest month that is open to it."""
        return self.open_drops[-1] if self.open_drops else None

    @property
    def turn(self) -> int:
        """The member's own month, from 1: "month 14 with us"."""
        return self.periods + 1

    def reaches(self, periods: int, now: datetime) -> datetime | None:
        """Return the day on which so many periods will have passed, as far as they are paid for."""
        zone, rhythm = current_store().zone, rhythm_of(self.club)
        day = clock.local_day(now, zone)
        for ahead in range(1, FARTHEST):
            moment = clock.start_of_day(day + timedelta(days=ahead), zone)
            if tenure(self.paid, (), rhythm, zone, moment) >= periods:
                is_paid = any(span.start < moment <= span.end for span in self.paid)
                return moment if is_paid else None
        return None


def places(accesses: Sequence[Access], now: datetime) -> dict[Access, Place]:
    """Return where these accesses stand, at a constant number of queries."""
    if not accesses:
        return {}
    clubs = Club.objects.in_bulk({access.product_id for access in accesses})
    drops = drops_out(clubs, now)
    paid = paid_time(accesses, now)
    return {
        access: _place(access, clubs[access.product_id], drops, paid[access.pk], now)
        for access in accesses
        if access.product_id in clubs
    }


def drops_out(clubs: Iterable[int], now: datetime) -> dict[int, list[Drop]]:
    """Return the months of each club that are out, in order."""
    found: dict[int, list[Drop]] = defaultdict(list)
    rows = Drop.objects.out(now).filter(club__in=list(clubs)).select_related("part")
    for drop in rows.order_by("number"):
        found[drop.club_id].append(drop)
    return found


def _place(
    access: Access, club: Club, drops: dict[int, list[Drop]], paid: list[Span], now: datetime
) -> Place:
    zone, rhythm = current_store().zone, rhythm_of(club)
    standing = Standing(access.starts_at, rhythm, paid)
    mine = drops.get(club.pk, ()) if access.is_live(now) else ()
    opened = [drop for drop in mine if not_yet(rule_of(drop.part), standing, zone, now) is None]
    return Place(access, club, tenure(paid, (), rhythm, zone, now), opened, paid)


def best(accesses: Iterable[Access], now: datetime) -> Access | None:
    """Return the access somebody is a member by: a live one if any, the newest first."""
    rows = sorted(accesses, key=lambda each: (each.is_live(now), each.pk), reverse=True)
    return rows[0] if rows else None
