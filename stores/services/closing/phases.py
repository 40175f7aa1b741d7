"""What a store that is being closed still does, by the clock alone: pure functions."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

NOTICE = timedelta(days=90)
REMINDER_BEFORE = timedelta(days=14)
READING = timedelta(days=365)


class Phase(StrEnum):
    """How far a store is from being gone."""

    OPEN = "open"
    NOTICE = "notice"
    """Nothing new is sold; all else goes on, and it can be taken back."""
    READ_ONLY = "read_only"
    """Customers read and download; nobody signs up; who runs it gives money and exports."""
    CLOSED = "closed"


def phase_of(closing_since: datetime | None, now: datetime) -> Phase:
    """Return a store's phase at ``now``."""
    if closing_since is None:
        return Phase.OPEN
    if now < reading_from(closing_since):
        return Phase.NOTICE
    return Phase.READ_ONLY if now < closed_from(closing_since) else Phase.CLOSED


def reminder_at(closing_since: datetime) -> datetime:
    """Return when customers are reminded."""
    return reading_from(closing_since) - REMINDER_BEFORE


def reading_from(closing_since: datetime) -> datetime:
    """Return when the notice ends and the year of reading begins."""
    return closing_since + NOTICE


def closed_from(closing_since: datetime) -> datetime:
    """Return when the door closes."""
    return reading_from(closing_since) + READING
