"""Since when the oldest due row of each kind waits, across all stores: for /readyz."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Min

from content.models import Edition, Excerpt, PartText, StampedCopy
from stores.slots import due_work


def register() -> None:
    """Tell of copies, samples, editions whose readers are to be told, and texts to be read."""
    for name, model in _KINDS.items():
        due_work.register(name, _Oldest(model))


class _Oldest:
    def __init__(self, model: Any) -> None:
        self.model = model

    def __call__(self, now: datetime) -> datetime | None:
        rows = self.model.objects.due(now).order_by()
        found: datetime | None = rows.aggregate(since=Min("due_at"))["since"]
        return found


_KINDS: dict[str, Any] = {
    "copies": StampedCopy,
    "samples": Excerpt,
    "editions": Edition,
    "texts": PartText,
}
