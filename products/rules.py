"""When a presale is open, late, or to be warned of: pure functions, without the database."""

from __future__ import annotations

from datetime import date, datetime

WARNED_BEFORE = (0, 2, 7)
"""Days before an opening at which its creator is warned when it is not ready."""


def opened_since(
    opens_at: datetime | None,
    opened_at: datetime | None,
    late_at: datetime | None,
    *,
    is_ready: bool,
    now: datetime,
) -> datetime | None:
    """Return since when a presale is open at ``now``, or None while it is not.

    It opens by itself at its moment when it is ready then, whether or not a sweep came by. Found
    not ready it is late, and stays closed until a new day or a hand opens it.
    """
    if opened_at is not None:
        return opened_at if opened_at <= now else None
    if opens_at is None or now < opens_at or late_at is not None or not is_ready:
        return None
    return opens_at


def warning_due(opens_on: date, today: date, warned_days: int | None) -> int | None:
    """Return of how many days before the opening to warn now, or None when nothing is new.

    Of several that were missed only the last is told; on no day is one told twice.
    """
    ahead = (opens_on - today).days
    due = next((days for days in WARNED_BEFORE if ahead <= days), None)
    if ahead < 0 or due is None or (warned_days is not None and warned_days <= due):
        return None
    return due
