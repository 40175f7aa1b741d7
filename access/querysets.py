"""Which accesses: adjectives."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

if TYPE_CHECKING:
    from access.models import Access  # noqa: F401 -- named in the generic below


class AccessQuerySet(QuerySet["Access"]):
    """Accesses of the store in scope."""

    def live(self, now: datetime) -> AccessQuerySet:
        """Accesses that open something at ``now``."""
        return self.filter(
            Q(ends_at=None) | Q(ends_at__gt=now),
            Q(paused_at=None) | Q(paused_at__gt=now) | Q(paused_until__lte=now),
            revoked_at=None,
            suspended_at=None,
            starts_at__lte=now,
        )

    def standing(self) -> AccessQuerySet:
        """Accesses that were not taken back, whether they are live or not."""
        return self.filter(revoked_at=None)

    def from_source(self, kind: str, source_id: str) -> AccessQuerySet:
        """Accesses that came from one source."""
        return self.filter(source_kind=kind, source_id=source_id)
