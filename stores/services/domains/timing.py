"""When a domain is looked up again, and when it counts as lost: pure functions."""

from __future__ import annotations

from datetime import datetime, timedelta

SOON, HOURLY, SELDOM = timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6)
EAGER_FOR, PATIENT_FOR = timedelta(days=3), timedelta(days=30)
GRACE = timedelta(days=3)
"""For so long a domain may lead elsewhere before its store does without it."""
FORMER_KEPT = timedelta(days=365)
"""For so long a former address on the platform leads to the store, and is given to nobody."""


def next_look(
    *,
    verified: bool,
    failing_since: datetime | None,
    waiting_since: datetime,
    now: datetime,
) -> datetime | None:
    """Return when to look again; None for a domain that was waited for in vain."""
    if verified:
        return now + (SELDOM if failing_since is None else HOURLY)
    waited = now - waiting_since
    if waited > PATIENT_FOR:
        return None
    return now + (SOON if waited < EAGER_FOR else HOURLY)


def is_lost(failing_since: datetime | None, now: datetime) -> bool:
    """Whether a domain led elsewhere for too long."""
    return failing_since is not None and now - failing_since >= GRACE


def lost_on(failing_since: datetime) -> datetime:
    """Return when a failing domain will be lost."""
    return failing_since + GRACE
