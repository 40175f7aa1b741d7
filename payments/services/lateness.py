"""Since when the oldest due row of each kind waits, across all stores: for /readyz."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Min

from payments.models import DocumentDue, HookDelivery, OutboundCall, StripeEvent
from stores.slots import due_work


def register() -> None:
    """Tell of hints, calls, documents, and calls to stores' other systems."""
    for name, model in _KINDS.items():
        due_work.register(name, _Oldest(model))


class _Oldest:
    def __init__(self, model: Any) -> None:
        self.model = model

    def __call__(self, now: datetime) -> datetime | None:
        rows = self.model.objects.due(now).order_by()
        found: datetime | None = rows.aggregate(since=Min("next_attempt_at"))["since"]
        return found


_KINDS: dict[str, Any] = {
    "payment_events": StripeEvent,
    "outbound_calls": OutboundCall,
    "documents": DocumentDue,
    "hooks": HookDelivery,
}
