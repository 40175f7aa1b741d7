"""What is owed to whoever has something for a fixed time, or for a number of issues."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from access.models import Access, Owed
from access.services.granting.changes import change
from access.services.granting.lasting import set_end
from stores.scope import current_store


@transaction.atomic
def settle_in_kind(owed: Owed, *, now: datetime) -> bool:
    """Make good what is owed where no charge could move: a later end, or one more issue.

    Settled twice is settled once. Where nothing can run out there is nothing to add, and that is
    settled too; what waits for an opening is left until that came. Say whether it is settled.
    """
    locked: Owed = Owed.objects.select_for_update(no_key=True).get(pk=owed.pk)
    if locked.settled_at is not None:
        return True
    access = root_of(locked.access)
    if access.awaits_id is not None:
        return False
    because = f"owed:{locked.pk}"
    if access.units_left is not None:
        if locked.unit != Owed.Unit.DAY:
            more = {"units_left": access.units_left + locked.amount, "ends_at": None}
            change(access, "owed", now=now, by="", because=because, **more)
    elif access.ends_at is not None:
        begins = max(now, access.ends_at)
        ends_at = locked.after(begins, current_store().zone)
        set_end(access, ends_at, now=now, because=because)
    locked.settled_at = now
    locked.save(update_fields=["settled_at"])
    return True


def root_of(access: Access) -> Access:
    """Return the access that was paid for, of which this one is a part."""
    while access.parent is not None:
        access = access.parent
    return access
