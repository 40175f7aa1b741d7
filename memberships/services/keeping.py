"""What stays after leaving: part grants by the club's rule, written in batches at the end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from access.models import Access, PartGrant
from access.rules import Span, Standing, own_period, tenure, touches
from access.services.paid_time import own_time, paid_spans_of
from memberships.models import Club, Drop
from memberships.services.months import rhythm_of
from memberships.services.standing import drops_out
from products.models import Part
from stores.scope import current_store


def keep(accesses: Sequence[Access], now: datetime) -> None:
    """Give those whose membership ended the months that stay theirs; said twice it is said once.

    ``accesses`` come with their paid spans and cuts fetched. The grant is of the source that paid,
    so giving its money back later takes just that. What was taken back itself keeps only time
    that was over by then: the money of the rest was returned.
    """
    clubs = Club.objects.in_bulk({access.product_id for access in accesses})
    drops = drops_out(clubs, now)
    wanted = [
        PartGrant(
            customer_id=access.customer_id,
            part=drop.part,
            source_kind=access.source_kind,
            source_id=access.source_id,
            reason=clubs[access.product_id].title[:200],
            granted_at=now,
        )
        for access in accesses
        for drop in kept_of(access, clubs[access.product_id], drops.get(access.product_id, ()), now)
    ]
    PartGrant.objects.bulk_create(wanted, ignore_conflicts=True)
    _give_again(wanted)


def _give_again(wanted: Sequence[PartGrant]) -> None:
    """Let those count again that went with a refund of other time of the same source."""
    theirs = {_key(grant) for grant in wanted}
    rows = PartGrant.objects.filter(
        customer__in={grant.customer_id for grant in wanted},
        part__in={grant.part_id for grant in wanted},
        revoked_at__isnull=False,
    )
    PartGrant.objects.filter(pk__in=[row.pk for row in rows if _key(row) in theirs]).update(
        revoked_at=None
    )


def _key(grant: PartGrant) -> tuple[int, int, str, str]:
    return grant.customer_id, grant.part_id, grant.source_kind, grant.source_id


def kept_of(access: Access, club: Club, drops: Sequence[Drop], now: datetime) -> list[Drop]:
    """Return which of a club's months stay with whoever leaves: by its rule, told before buying."""
    if club.keep == Club.Keep.NOTHING:
        return []
    paid = _paid(access, now)
    if not paid:
        return []
    end = min(now, paid[-1].end)
    until_then = [drop for drop in drops if _came_by(drop, end)]
    has_all = club.earlier == Club.Earlier.ALL and club.mode == Club.Mode.CALENDAR
    if club.keep == Club.Keep.OPENED and has_all:
        return until_then
    return [drop for drop in drops if _is_theirs(drop, club, paid, end)]


def _paid(access: Access, now: datetime) -> list[Span]:
    """Return the time one access was paid for, as far as its money was kept."""
    paid = own_time(access, now)
    gone_at = access.revoked_at
    if gone_at is None:
        return paid
    over = [each for each in paid_spans_of(access) if each.end <= gone_at]
    if not over:
        return []
    last = max(each.end for each in over)
    return [Span(run.start, min(run.end, last)) for run in paid if run.start < last]


def _came_by(drop: Drop, end: datetime) -> bool:
    published: datetime | None = drop.part.published_at
    return published is not None and published < end


def _is_theirs(drop: Drop, club: Club, paid: Sequence[Span], end: datetime) -> bool:
    """Whether a month lies in the time that was paid for, or was reached in it."""
    zone, part = current_store().zone, drop.part
    if part.release == Part.Release.AT_TENURE:
        return tenure(paid, (), rhythm_of(club), zone, end) >= (part.release_tenure or 0)
    if part.release_on is None:
        return False
    own = own_period(part.release_on, part.release_days or 1, zone)
    return own.start < end and touches(Standing(end, rhythm_of(club), paid), own)
