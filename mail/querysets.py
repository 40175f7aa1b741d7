"""Which messages: adjectives on the outbox."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet


class MessageQuerySet(QuerySet[Any]):
    """Messages of a store, or of the platform."""

    def due(self, now: datetime) -> MessageQuerySet:
        """Waiting, due, and not in another worker's hands; the most urgent first."""
        unclaimed = Q(claimed_until=None) | Q(claimed_until__lt=now)
        return self.filter(unclaimed, state="waiting", due_at__lte=now).order_by(
            "priority", "due_at", "id"
        )

    def failed(self) -> MessageQuerySet:
        """Given up: somebody should look, and may send them again."""
        return self.filter(state="failed")
