"""When something was first and last opened: the first decides about the right to cancel."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q, Value
from django.db.models.functions import Coalesce

from access.models import Access

COARSE = timedelta(minutes=5)


def record_opening(access_id: int, now: datetime) -> None:
    """Note that an access was used; at most one write per five minutes."""
    stale = Q(last_opened_at=None) | Q(last_opened_at__lt=now - COARSE)
    Access.objects.filter(stale, pk=access_id).update(
        first_opened_at=Coalesce("first_opened_at", Value(now)), last_opened_at=now
    )
