"""Months that did not come: a week after its day one is missed, and a period is owed for it.

Whoever paid for its time and is still a member is owed it, once; whoever sells clubs makes it good.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from access.models import Access, Owed
from access.services.granting import owe
from core import clock
from memberships.models import Club, Drop
from memberships.rules import day_of
from memberships.services.months import name_in, number_now, rhythm_of
from memberships.services.promises import running
from stores.scope import all_stores, current_store

GRACE = timedelta(days=7)
"""So long a month is late; then it is missed."""
LOOKS_BACK = timedelta(days=60)
"""What was missed longer ago is let be: the sweep has looked every hour since."""


def stores_with_clubs(now: datetime) -> list[int]:
    """Return the stores in which people wait for the months of a club by the calendar."""
    with all_stores():
        return sorted({club.store_id for club in running(now)})


def owe_missed(now: datetime) -> int:
    """Owe a period for each month that was missed, in the store in scope; return to how many."""
    return sum(_owe(club, number, now) for club in running(now) for number in missed(club, now))


def missed(club: Club, now: datetime) -> Iterator[int]:
    """Give the numbers of a club's months that were missed lately and did not come since."""
    given = set(Drop.objects.filter(club=club.pk).given().values_list("number", flat=True))
    first = min(given, default=1)
    for number in range(first, number_now(club, now) + 1):
        late = now - _begins(club, number)
        if number not in given and GRACE <= late < GRACE + LOOKS_BACK:
            yield number


def _owe(club: Club, number: int, now: datetime) -> int:
    begins, ends = _begins(club, number), _begins(club, number + 1)
    accesses = Access.objects.standing().filter(product=club.pk, starts_at__lt=ends)
    paid = accesses.filter(paid_spans__starts_at__lt=ends, paid_spans__ends_at__gt=begins)
    because = name_in(club, number, now)
    known = Owed.objects.filter(access__in=paid, because=because).values("access")
    waiting = [each for each in paid.exclude(pk__in=known).distinct() if not each.is_over(now)]
    for access in waiting:
        owe(access, 1, Owed.Unit.PERIOD, because)
    return len(waiting)


def _begins(club: Club, number: int) -> datetime:
    zone = current_store().zone
    first = club.first_on or clock.local_day(clock.now(), zone)
    return clock.start_of_day(day_of(first, rhythm_of(club), number), zone)
