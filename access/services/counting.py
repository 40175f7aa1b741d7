"""Access that lasts for a number of issues: each that comes out is given, and counted down."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from access.models import Access, AccessEvent, PartGrant
from products.models import Part


@transaction.atomic
def give_unit(accesses: Sequence[Access], part: Part, *, now: datetime) -> list[Access]:
    """Give a part that came out to accesses that last for a number of them; return who got it.

    It is theirs for good, from the purchase that paid for it, and one less is to come; with the
    last one the access ends. Given twice it is given once. At most 500, at a constant number of
    queries; what is not live, or has nothing left to come, gets nothing.
    """
    pks = [access.pk for access in accesses if access.product_id == part.product_id]
    rows = Access.objects.live(now).filter(pk__in=pks, units_left__gt=0).order_by("pk")
    locked = list(rows.select_for_update(of=("self",), no_key=True))
    has_it = set(
        PartGrant.objects.filter(
            part=part, customer__in=[access.customer_id for access in locked]
        ).values_list("customer_id", "source_kind", "source_id")
    )
    theirs = [
        access
        for access in locked
        if (access.customer_id, access.source_kind, access.source_id) not in has_it
    ]
    PartGrant.objects.bulk_create(_granted(access, part, now) for access in theirs)
    AccessEvent.objects.bulk_create([_count(access, part, now) for access in theirs])
    Access.objects.bulk_update(theirs, ["units_left", "ends_at"])
    return theirs


def _count(access: Access, part: Part, now: datetime) -> AccessEvent:
    """Count one down in memory; return what to write into the access's story."""
    before = _counts(access)
    access.units_left = (access.units_left or 1) - 1
    if not access.units_left:
        access.ends_at = now
    return AccessEvent(
        access=access,
        at=now,
        what="counted",
        because=part.title[:200],
        before=before,
        after=_counts(access),
    )


def _counts(access: Access) -> dict[str, int | str | None]:
    return {
        "units_left": access.units_left,
        "ends_at": access.ends_at.isoformat() if access.ends_at else None,
    }


def _granted(access: Access, part: Part, now: datetime) -> PartGrant:
    return PartGrant(
        customer_id=access.customer_id,
        part=part,
        source_kind=access.source_kind,
        source_id=access.source_id,
        reason=access.reason,
        granted_at=now,
    )
