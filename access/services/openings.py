"""When something was first and last opened: the first decides about the right to cancel."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, Value
from django.db.models.functions import Coalesce

from access.models import Access, AccessEvent
from core.prepared import Prepared, given

COARSE = timedelta(minutes=5)


STALE: Prepared[Any] = Prepared(
    lambda: Access.objects.filter(
        Q(last_opened_at=None) | Q(last_opened_at__lt=given("since", datetime)),
        pk=given("access", int),
    ).values_list("last_opened_at")
)


def record_opening(access_id: int, now: datetime) -> None:
    """Note that an access was used: its last moment every five minutes, an event each day."""
    stale = Q(last_opened_at=None) | Q(last_opened_at__lt=now - COARSE)
    seen = [moment for (moment,) in STALE.rows(access=access_id, since=now - COARSE)]
    if not seen:
        return
    Access.objects.filter(stale, pk=access_id).update(
        first_opened_at=Coalesce("first_opened_at", Value(now)), last_opened_at=now
    )
    if seen[0] is None or seen[0].date() < now.date():
        AccessEvent.objects.create(access_id=access_id, at=now, what="opened")
