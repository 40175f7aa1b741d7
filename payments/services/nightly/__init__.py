"""Everything against everything: our money against Stripe's, and our rows against each other."""

from __future__ import annotations

from datetime import datetime

from payments.models import Difference
from payments.services.nightly.recording import close_gone, record
from payments.services.nightly.walking import begin_night, every_part, look, work_due

__all__ = ["begin_night", "check_everything", "work_due"]


def check_everything(now: datetime) -> list[Difference]:
    """Look at everything of all stores and accounts at once; return what differs, written down.

    However young. The nightly sweep does the same page by page; tests expect nothing here.
    """
    found: list[Difference] = []
    for part in every_part(now):
        cursor = "first"
        while cursor:
            findings, cursor = look(part, before=None)
            found += record(findings, now)
            part.cursor = cursor
        close_gone(
            part.part,
            stripe_account=part.stripe_account,
            store_id=part.store_id,
            since=now,
            now=now,
        )
    return found
