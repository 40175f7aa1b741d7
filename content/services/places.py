"""Where a customer stopped, and what they have finished: kept when access ends."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, DateTimeField, F, Subquery, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Least

from accounts.models import Customer
from content.models import Asset, Progress
from content.rules import FINISHED, Place
from core.prepared import Prepared, given
from products.models import Part
from stores.errors import StoresDiffer

MOST_SECONDS = 2_000_000_000
"""What the column holds."""


def keep_place(customer: Customer, part: Part, place: Place, now: datetime) -> None:
    """Set where ``customer`` is in ``part``; once finished it stays so, also when turned back.

    A place that comes late does not take the place of where they were after it, elsewhere.
    Every page turned in a book comes here: one query, two the first time.
    """
    if customer.store_id != part.store_id:
        raise StoresDiffer(part.public_id)
    read_at = now - timedelta(seconds=place.age)
    finished_at = read_at if place.fraction >= FINISHED else None
    theirs = Progress.objects.filter(customer=customer, part=part)
    if place.age and theirs.filter(updated_at__gt=read_at).exists():
        theirs.filter(finished_at=None).update(finished_at=finished_at)
        return
    of = Asset.objects.filter(part=part, public_id=place.file).values("pk")[:1]
    found = theirs.update(
        place=place.place,
        asset=Subquery(of),
        fraction=place.fraction,
        updated_at=read_at,
        finished_at=Coalesce("finished_at", Value(finished_at, DateTimeField())),
        again_at=_again(place, now),
        seconds_read=Least(F("seconds_read") + place.seconds, Value(MOST_SECONDS)),
    )
    if not found:
        row = Progress(
            customer=customer,
            part=part,
            place=place.place,
            fraction=place.fraction,
            updated_at=read_at,
            finished_at=finished_at,
            seconds_read=place.seconds,
        )
        row.asset_id = Subquery(of)  # found as the row is written
        # Two devices may begin at once; the later one says where.
        Progress.objects.bulk_create(
            [row],
            update_conflicts=True,
            unique_fields=["customer", "part"],
            update_fields=["place", "fraction", "asset", "updated_at"],
        )


def _again(place: Place, now: datetime) -> Combinable | None:
    """Return since when a finished part is read once more: from a new beginning to its end."""
    if place.fraction >= FINISHED:
        return None
    if not place.is_again:
        return F("again_at")
    begun = When(finished_at__isnull=False, again_at=None, then=Value(now, DateTimeField()))
    return Case(begun, default=F("again_at"), output_field=DateTimeField())


PLACE = Prepared(
    lambda: Progress.objects.filter(
        customer_id=given("customer", int), part_id=given("part", int)
    ).select_related("asset")
)


def place_in(customer: Customer, part: Part) -> Place | None:
    """Return where ``customer`` stopped in ``part``, or None."""
    row = PLACE.first(customer=customer.pk, part=part.pk)
    if row is None:
        return None
    return Place(row.place, row.fraction, row.asset.public_id if row.asset else "")


def finished_parts(customer: Customer, part_ids: set[int]) -> set[int]:
    """Return which of these parts, by primary key, the customer has finished."""
    rows = Progress.objects.filter(customer=customer, part__in=part_ids, finished_at__isnull=False)
    return set(rows.values_list("part_id", flat=True))


class ReadingData:
    """What this app knows of one customer: where they are in what they read."""

    def export(self, customer: Customer) -> dict[str, Any]:
        """Return every place as plain values."""
        rows = Progress.objects.filter(customer=customer).select_related("part")
        return {
            "reading": [
                {
                    "part": row.part.title,
                    "fraction": row.fraction,
                    "updated_at": row.updated_at.isoformat(),
                    "finished_at": row.finished_at.isoformat() if row.finished_at else None,
                    "seconds_read": row.seconds_read,
                }
                for row in rows
            ]
        }

    def erase(self, customer: Customer) -> None:
        """Forget every place."""
        Progress.objects.filter(customer=customer).delete()
