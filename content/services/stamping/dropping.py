"""Letting go of copies: when access ended, when a newer one took their place, when unused."""

from __future__ import annotations

from datetime import datetime

from content.models import StampedCopy
from content.services.files import private
from stores.scope import all_stores


def stores_with_old(now: datetime) -> list[int]:
    """Return the stores in which files of copies are to be removed."""
    with all_stores():
        old = StampedCopy.objects.to_drop(now)
        return list(old.order_by().values_list("store_id", flat=True).distinct())


def drop_old(now: datetime, *, most: int) -> bool:
    """Remove up to so many files that nobody needs any more; return whether there are more.

    A row first says that its file is not given any more, and names it until it is gone, so that a
    worker that dies in between leaves nothing behind.
    """
    old = StampedCopy.objects.to_drop(now)
    for copy in list(old.order_by("id")[:most]):
        drop(copy, now)
    return bool(old.exists())


def drop(copy: StampedCopy, now: datetime) -> None:
    """Remove the file of a copy; its row stays and still tells whose it was."""
    StampedCopy.objects.filter(pk=copy.pk, dropped_at=None).update(dropped_at=now)
    private().delete(copy.name)
    StampedCopy.objects.filter(pk=copy.pk, name=copy.name).update(name="", size=0)
