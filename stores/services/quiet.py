"""Quiet times: when a store writes to nobody, and which days it works.

Nights, the weekly rest and holidays are wall-clock times in the store's zone. Shabbat and Jewish
holidays last from a fixed hour of their eve to a fixed hour of their last day, both the store's to
set: the defaults hold the whole year's sunsets in Israel.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from core.clock import local_day, start_of_day
from core.holidays import independence_day, jewish_holidays, western_holidays
from stores.models import AwayDates, QuietTimes, Store
from stores.scope import store_scope

Rest, Calendar = QuietTimes.Rest, QuietTimes.Calendar
JEWISH = frozenset({Calendar.ISRAEL, Calendar.ABROAD})
SUNDAY_TO_THURSDAY = [6, 0, 1, 2, 3]
MONDAY_TO_FRIDAY = [0, 1, 2, 3, 4]
SATURDAY, SUNDAY = 5, 6
LONGEST = 40
"""Quiet times that follow one another are a handful; this ends a mistaken setting."""
Span = tuple[datetime, datetime]


def quiet_times_of(store: Store) -> QuietTimes:
    """Return the store's quiet times: as set, or unsaved as they fit its country and language."""
    with store_scope(store):
        row: QuietTimes | None = QuietTimes.objects.first()
        return row or QuietTimes(**_defaults(store))


def quiet_until(store: Store, moment: datetime) -> datetime | None:
    """Return when the quiet time around ``moment`` ends, in UTC; None when it is not quiet."""
    times = quiet_times_of(store)
    return _end_of(times, store, moment, with_nights=times.has_nights)


def rests_until(store: Store, moment: datetime) -> datetime | None:
    """Return when the day of rest or holiday around ``moment`` ends; nights do not count."""
    return _end_of(quiet_times_of(store), store, moment, with_nights=False)


def is_working_day(store: Store, day: date) -> bool:
    """Whether the store works on ``day`` of its zone: promises count such days."""
    return _is_working(quiet_times_of(store), store, day)


def next_working_day(store: Store, day: date) -> date:
    """Return the first working day after ``day``."""
    return add_working_days(store, day, 1)


def add_working_days(store: Store, day: date, n: int) -> date:
    """Return the ``n``-th working day after ``day``; for 0 the day itself, working or not."""
    times = quiet_times_of(store)
    if not times.working_days:
        return day + timedelta(days=n)
    while n > 0:
        day += timedelta(days=1)
        n -= _is_working(times, store, day)
    return day


def _defaults(store: Store) -> dict[str, object]:
    in_israel = store.country == "IL"
    if in_israel or store.language == "he":
        return {
            "rest": Rest.SHABBAT,
            "calendar": Calendar.ISRAEL if in_israel else Calendar.ABROAD,
            "working_days": SUNDAY_TO_THURSDAY if in_israel else MONDAY_TO_FRIDAY,
        }
    return {
        "rest": Rest.NONE,
        "calendar": Calendar.WESTERN,
        "working_days": MONDAY_TO_FRIDAY,
    }


def _end_of(
    times: QuietTimes, store: Store, moment: datetime, *, with_nights: bool
) -> datetime | None:
    end = moment
    for _step in range(LONGEST):
        ends = [
            until
            for since, until in _around(times, store, end, with_nights)
            if since <= end < until
        ]
        if not ends:
            break
        end = max(ends)
    return end.astimezone(UTC) if end > moment else None


def _around(times: QuietTimes, store: Store, moment: datetime, with_nights: bool) -> Iterator[Span]:  # noqa: FBT001 -- private
    """Return the quiet spans that may hold ``moment``: those of its day, and of the days beside."""
    zone = store.zone
    for offset in (-1, 0, 1):
        day = local_day(moment, zone) + timedelta(days=offset)
        before, after = day - timedelta(days=1), day + timedelta(days=1)
        if with_nights and times.night_from != times.night_to:
            ends_on = after if times.night_to < times.night_from else day
            yield _wall(store, day, times.night_from), _wall(store, ends_on, times.night_to)
        if _is_sacred(times, day):
            yield _wall(store, before, times.eve_from), _wall(store, day, times.rest_to)
        elif _is_off(times, day):
            yield start_of_day(day, zone), start_of_day(after, zone)


def _is_sacred(times: QuietTimes, day: date) -> bool:
    """Whether ``day`` is one that begins on its eve."""
    if times.rest == Rest.SHABBAT and day.weekday() == SATURDAY:
        return True
    if times.calendar not in JEWISH:
        return False
    return day in jewish_holidays(day.year, in_israel=times.calendar == Calendar.ISRAEL)


def _is_off(times: QuietTimes, day: date) -> bool:
    """Whether ``day`` is quiet from midnight to midnight."""
    if times.rest == Rest.SUNDAY and day.weekday() == SUNDAY:
        return True
    if times.calendar == Calendar.WESTERN and day in western_holidays(day.year):
        return True
    return day.isoformat() in times.other_days


def _is_working(times: QuietTimes, store: Store, day: date) -> bool:
    if day.weekday() not in times.working_days or _is_sacred(times, day) or _is_off(times, day):
        return False
    if any(first <= day <= last for first, last in _away_of(times, store)):
        return False
    return times.calendar != Calendar.ISRAEL or day != independence_day(day.year)


def _away_of(times: QuietTimes, store: Store) -> list[tuple[date, date]]:
    """Return the store's away dates, asked for once with these times."""
    known: list[tuple[date, date]] | None = times.__dict__.get("away_dates")
    if known is None:
        with store_scope(store):
            known = list(AwayDates.objects.values_list("starts_on", "ends_on"))
        times.__dict__["away_dates"] = known
    return known


def _wall(store: Store, day: date, at: time) -> datetime:
    return datetime.combine(day, at, tzinfo=store.zone)


def days_off(store: Store, first: date, end: date) -> dict[date, bool]:
    """Return the days in [first, end) that are a holiday (True) or an own day off (False).

    The weekly day of rest is neither.
    """
    times = quiet_times_of(store)
    days = [first + timedelta(days=n) for n in range((end - first).days)]
    holidays: set[date] = set()
    for year in {day.year for day in days}:
        if times.calendar in JEWISH:
            holidays |= jewish_holidays(year, in_israel=times.calendar == Calendar.ISRAEL)
        elif times.calendar == Calendar.WESTERN:
            holidays |= western_holidays(year)
    own = set(times.other_days)
    return {day: day in holidays for day in days if day in holidays or day.isoformat() in own}


def weekly_rest(store: Store) -> int | None:
    """Return the weekday the store rests on (Monday is 0), or None."""
    return {Rest.SHABBAT: SATURDAY, Rest.SUNDAY: SUNDAY}.get(Rest(quiet_times_of(store).rest))
