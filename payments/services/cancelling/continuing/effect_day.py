"""When a notice takes effect and what comes back for it: a pure judgement of days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from core.clock import local_day, start_of_day
from payments.services.cancelling.continuing.law import ContinuingLaw

KEEP_WITHIN = timedelta(hours=1)
"""What takes effect at once does so an hour later: until then it can be undone."""
A_MINUTE = timedelta(minutes=1)


class Wish(StrEnum):
    """From when on somebody wants it to be over."""

    BY_LAW = ""
    """They did not say: the day the law gives; what is paid stays open where it gives none."""
    SOON = "soon"
    """As soon as may be, with the unused days back."""
    END = "end"
    """With what is paid: nothing comes back."""
    DAY = "day"
    """On a day they name."""


class Back(StrEnum):
    """What of the charges before the notice goes back; one made after it always does."""

    NOTHING = "nothing"
    UNUSED = "unused"
    ALL = "all"


@dataclass(frozen=True)
class Paying:
    """How a subscription stands when the notice is given."""

    began_at: datetime
    paid_until: datetime | None
    """The end of what was paid by then; None where nothing was, or its time is over."""
    is_free_until: datetime | None = None
    """The end of the free days, in a trial."""
    was_opened: bool = True
    ends_at: datetime | None = None
    """Where it ends already, because somebody said so earlier."""


@dataclass(frozen=True)
class Ending:
    """The answer: the moment it is over, what comes back, and by when."""

    at: datetime
    back: Back
    is_start: bool
    """Whether it is within the days in which it may be withdrawn from."""
    refund_due_by: datetime


def ending_of(
    law: ContinuingLaw,
    paying: Paying,
    said_at: datetime,
    zone: ZoneInfo,
    *,
    wish: Wish = Wish.BY_LAW,
    day: date | None = None,
    is_by_post: bool = False,
) -> Ending:
    """Return when it is over, by a notice given at ``said_at``, and what comes back.

    Never later than the end of what is paid: nothing is charged for the time after it. What is not
    paid for at all is over with the notice.
    """
    last = paying.paid_until or paying.is_free_until
    is_start = _is_start(law, paying, said_at, zone)
    soonest = _soonest(law, said_at, zone, is_start=is_start, is_by_post=is_by_post)
    takes_law = law.ends_at_any_time or is_start
    if last is None or last <= said_at:
        at, back = said_at, Back.UNUSED
    elif wish == Wish.END or (wish == Wish.BY_LAW and not takes_law):
        at, back = last, Back.NOTHING
    else:
        named = _end_of(day, zone) if wish == Wish.DAY and day is not None else soonest
        at, back = min(max(named, soonest), last), Back.UNUSED
        if is_start and wish != Wish.DAY and not paying.was_opened:
            back = Back.ALL
    if paying.ends_at is not None and paying.ends_at < at:
        at = paying.ends_at
    due = start_of_day(local_day(at, zone) + timedelta(days=law.refund_days + 1), zone)
    return Ending(at, back, is_start, due)


def _is_start(law: ContinuingLaw, paying: Paying, said_at: datetime, zone: ZoneInfo) -> bool:
    last = local_day(paying.began_at, zone) + timedelta(days=law.start_days)
    while law.is_day_off(last):
        last += timedelta(days=1)
    return bool(law.start_days) and local_day(said_at, zone) <= last


def _soonest(
    law: ContinuingLaw, said_at: datetime, zone: ZoneInfo, *, is_start: bool, is_by_post: bool
) -> datetime:
    """Return the soonest end: the last minute of the law's day, or an hour from now."""
    if is_start or not law.ends_at_any_time:
        return said_at + KEEP_WITHIN
    left = law.working_days_by_post if is_by_post else law.working_days
    last = local_day(said_at, zone)
    while left:
        last += timedelta(days=1)
        left -= not law.is_day_off(last)
    return _end_of(last, zone)


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    return start_of_day(day + timedelta(days=1), zone) - A_MINUTE
