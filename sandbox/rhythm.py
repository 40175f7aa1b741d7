"""The rhythm of recurring prices: days, weeks, months and years, counted from an anchor, in UTC."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, datetime

from sandbox.wire import Json

DAY = 86_400
DAYS = {"day": 1, "week": 7}
MONTHS = {"month": 1, "year": 12}
LONGEST_MONTH = 31
LONGEST = {"day": 1095, "week": 156, "month": 36, "year": 3}


def step(anchor: int, interval: str, count: int) -> int:
    """Return the moment `count` intervals later, on a shorter month's last day if need be."""
    if interval in DAYS:
        return anchor + count * DAYS[interval] * DAY
    at = datetime.fromtimestamp(anchor, UTC)
    year, month = divmod(at.year * 12 + at.month - 1 + count * MONTHS[interval], 12)
    day = min(at.day, monthrange(year, month + 1)[1])
    return int(at.replace(year=year, month=month + 1, day=day).timestamp())


def next_after(anchor: int, recurring: Json, moment: int) -> int:
    """Return the first end of a period after the moment; an anchor still to come is one."""
    interval, every = recurring["interval"], recurring["interval_count"]
    longest = every * (DAYS.get(interval) or MONTHS[interval] * LONGEST_MONTH) * DAY
    times = max(0, (moment - anchor) // longest)
    while (found := step(anchor, interval, times * every)) <= moment:
        times += 1
    return found


def share(amount: int, part: int, whole: int) -> int:
    """Return the part of an amount that belongs to a part of a time, rounded to the nearest."""
    if whole <= 0:
        return 0
    sign = -1 if amount < 0 else 1
    return sign * ((2 * abs(amount) * part + whole) // (2 * whole))


def same(one: Json, other: Json) -> bool:
    """Tell whether two prices come back equally often."""
    return all(one["recurring"][key] == other["recurring"][key] for key in RHYTHM)


RHYTHM = ("interval", "interval_count")
