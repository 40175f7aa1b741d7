"""What a moved charge makes good: marked when Stripe has moved it."""

from __future__ import annotations

from datetime import datetime

from access.models import Owed
from payments.models import OutboundCall

OWED = "owed"
"""Under this a call names what it makes good: each row with the time that is free for it."""


def settle_moved(call: OutboundCall, now: datetime) -> None:
    """Mark as made good what an answered call moved the charge for; marked twice is once."""
    for row in call.body.get(OWED, ()):
        Owed.objects.filter(pk=row["pk"], settled_at=None).update(
            settled_at=now, moved_from=row["from"], moved_until=row["until"]
        )
