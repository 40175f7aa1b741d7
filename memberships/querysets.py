"""Which months and members: adjectives."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

if TYPE_CHECKING:
    from memberships.models import Drop, Member  # noqa: F401 -- named in the generics below


class DropQuerySet(QuerySet["Drop"]):
    """Months of the store in scope."""

    def given(self) -> DropQuerySet:
        """Months that were given out, be it for a day ahead."""
        return self.filter(part__published_at__isnull=False)

    def out(self, now: datetime) -> DropQuerySet:
        """Months that were given out and whose day has come."""
        return self.filter(part__published_at__lte=now)

    def due(self, now: datetime) -> DropQuerySet:
        """Months whose members are to be told."""
        return self.filter(due_at__lte=now)


class MemberQuerySet(QuerySet["Member"]):
    """Members of the store in scope, one row for each access."""

    def due(self, now: datetime) -> MemberQuerySet:
        """Those who are to be looked at, or whose membership ended and nobody has seen it."""
        is_over = Q(access__ends_at__lte=now) | Q(access__revoked_at__isnull=False)
        return self.filter(Q(due_at__lte=now) | (Q(kept_at=None) & is_over))
