"""What a moved charge makes good: marked when Stripe has moved it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from access.models import Access, Owed, SourceKind
from access.services import granting
from payments.models import Gift, OutboundCall

OWED = "owed"
"""Under this a call names what it makes good: each row with the time that is free for it."""
GIFT = "gift"
"""Under this a call names the gift whose time comes before the next charge."""
GIFT_BACK = "gift-back"
"""And under this the gift that was taken back, so that nothing is moved for it any more."""


def settle_moved(call: OutboundCall, now: datetime) -> None:
    """Mark as made good what an answered call moved the charge for; marked twice is once."""
    for row in call.body.get(OWED, ()):
        Owed.objects.filter(pk=row["pk"], settled_at=None).update(
            settled_at=now, moved_from=row["from"], moved_until=row["until"]
        )
    if GIFT in call.body:
        _settle_gift(call, call.body[GIFT], now)
    if GIFT_BACK in call.body:
        Gift.objects.filter(pk=call.body[GIFT_BACK]).update(
            moved=None, moved_from=None, moved_until=None
        )


def _settle_gift(call: OutboundCall, row: dict[str, Any], now: datetime) -> None:
    """Write which time is the gift's: all of it lies before the charge that was moved for it."""
    begins, until = (datetime.fromisoformat(row[name]) for name in ("from", "until"))
    gift = Gift.objects.filter(pk=row["pk"], moved=None, line__closed_at=None).first()
    if gift is None or until <= now:
        return
    Gift.objects.filter(pk=gift.pk).update(
        moved=call.subscription, moved_from=begins, moved_until=until
    )
    given = Access.objects.from_source(SourceKind.GIFT, gift.public_id).standing()
    access: Access | None = given.filter(parent=None).first()
    if access is not None and not row["begun"]:
        granting.set_time(access, begins, until, now=now, because=f"#{gift.line.order.number}")
