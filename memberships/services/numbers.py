"""The few numbers of a club, from access alone: members now, resting, on hold, left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from access.models import Access
from products.models import Product


@dataclass(frozen=True)
class Members:
    """How many people stand how to a club; somebody with two accesses counts once for each."""

    now: int
    resting: int
    on_hold: int
    left: int


def members_of(club: Product, now: datetime) -> Members:
    """Return how many are members now, rest, are on hold, and left, in one query.

    Who is a member by one access counts nowhere else.
    """
    rows = Access.objects.filter(product=club.pk)
    live = Access.objects.live(now).filter(product=club.pk).values("customer")
    lasting = Q(ends_at=None) | Q(ends_at__gt=now)
    rests = Q(paused_at__lte=now) & (Q(paused_until=None) | Q(paused_until__gt=now))
    stands = Q(revoked_at=None)
    others = ~Q(customer__in=live)
    counts = rows.aggregate(
        now=Count("customer", filter=~others, distinct=True),
        resting=Count(
            "customer",
            filter=others & stands & lasting & rests & Q(suspended_at=None),
            distinct=True,
        ),
        on_hold=Count(
            "customer",
            filter=others & stands & lasting & Q(suspended_at__isnull=False),
            distinct=True,
        ),
        left=Count("customer", filter=others & (~stands | ~lasting), distinct=True),
    )
    return Members(**counts)
