"""A period whose money went back closes what it paid for, and nothing after it.

A charge opens the next period. Where none comes, as after a month that was owed or given, the end
of the one that was given back does.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from payments.models import Bill, Subscription
from payments.services.subscriptions.following import follow
from stores.scope import all_stores

BATCH = 200


def stores_with_over(now: datetime) -> list[int]:
    """Return the stores in which something is closed for a time that is over."""
    with all_stores():
        return sorted(set(_over(now).values_list("store_id", flat=True)))


def reopen(now: datetime) -> None:
    """Let what is closed for no other reason follow, in the store in scope."""
    for pk in _over(now).values_list("pk", flat=True)[:BATCH]:
        with transaction.atomic():
            follow(Subscription.objects.select_for_update(no_key=True).get(pk=pk), now)


def _over(now: datetime) -> QuerySet[Subscription]:
    """Return what is on hold since a period whose money went back, and that is over by now."""
    over = Bill.objects.filter(
        subscription=OuterRef("pk"),
        ends_at__lte=now,
        ends_at__gt=OuterRef("held_at"),
        order__lines__closed_at__isnull=False,
    )
    held = Subscription.objects.standing().filter(held_at__isnull=False, unpaid_since=None)
    found: QuerySet[Subscription] = held.filter(Exists(over))
    return found
