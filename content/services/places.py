"""Where a customer stopped, and what they have finished: kept when access ends."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import DateTimeField, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.models import Customer
from content.models import Asset, Progress
from content.rules import FINISHED, Place
from products.models import Part
from stores.errors import StoresDiffer


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
    )
    if not found:
        row = Progress(
            customer=customer,
            part=part,
            place=place.place,
            fraction=place.fraction,
            updated_at=read_at,
            finished_at=finished_at,
        )
        row.asset_id = Subquery(of)  # type: ignore[assignment]  # found as the row is written
        # Two devices may begin at once; the later one says where.
        Progress.objects.bulk_create(
            [row],
            update_conflicts=True,
            unique_fields=["customer", "part"],
            update_fields=["place", "fraction", "asset", "updated_at"],
        )


def place_in(customer: Customer, part: Part) -> Place | None:
    """Return where ``customer`` stopped in ``part``, or None."""
    rows = Progress.objects.filter(customer=customer, part=part).select_related("asset")
    row: Progress | None = rows.first()
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
                }
                for row in rows
            ]
        }

    def erase(self, customer: Customer) -> None:
        """Forget every place."""
        Progress.objects.filter(customer=customer).delete()
