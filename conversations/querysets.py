"""Adjectives of conversations."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet


class ConversationQuerySet(QuerySet[Any]):
    """Conversations of the store in scope."""

    def waiting(self, now: datetime) -> ConversationQuerySet:
        """Those that wait for the shop, and are not put off until later."""
        is_awake = Q(snoozed_until=None) | Q(snoozed_until__lte=now)
        return self.filter(is_awake, state="waiting")

    def snoozed(self, now: datetime) -> ConversationQuerySet:
        """Those that wait for the shop and were put off until later."""
        return self.filter(state="waiting", snoozed_until__gt=now)

    def answered(self) -> ConversationQuerySet:
        """Those that wait for nobody."""
        return self.exclude(state="waiting")


class MessageQuerySet(QuerySet[Any]):
    """Messages of the store in scope."""

    def of_shop(self) -> MessageQuerySet:
        """What the shop wrote."""
        return self.filter(is_shops=True)
