"""Which days a report is about, on the calendar of the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from core import clock

LONGEST = timedelta(days=366 * 20)
EARLIEST, LATEST = date(2000, 1, 1), date(2999, 12, 30)
DAYS = {"today": 1, "7": 7, "30": 30, "90": 90}
USUAL = "30"


@dataclass(frozen=True)
class Period:
    """Whole days of a store, both ends in it."""

    first: date
    last: date
    name: str = "own"
    """How it was chosen: today, 7, 30, 90, month, year, or own."""

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Return the moment it begins, and the moment after which it is over."""
        after = self.last + timedelta(days=1)
        return clock.start_of_day(self.first, zone), clock.start_of_day(after, zone)

    def before(self) -> Period:
        """Return what it is compared with: as many days, or months, just before it."""
        if self.name == "month":
            first = clock.add_months(self.first, -1)
            return Period(first, min(clock.add_months(self.last, -1), self.first - timedelta(1)))
        if self.name == "year":
            return Period(clock.add_months(self.first, -12), clock.add_months(self.last, -12))
        last = self.first - timedelta(days=1)
        return Period(last - timedelta(days=self.days - 1), last)


def asked(parameters: Mapping[str, str], today: date) -> Period:
    """Return the period named in a query string; what makes no sense is the usual one."""
    name = parameters.get("period", "")
    first, last = _day(parameters.get("from", "")), _day(parameters.get("to", ""))
    if name in {"", "own"} and (first or last):
        return _own(first or last or today, last or today)
    if name == "month":
        return Period(today.replace(day=1), today, name)
    if name == "year":
        return Period(today.replace(month=1, day=1), today, name)
    name = name if name in DAYS else USUAL
    return Period(today - timedelta(days=DAYS[name] - 1), today, name)


def _own(first: date, last: date) -> Period:
    first, last = min(first, last), max(first, last)
    return Period(max(first, last - LONGEST), last)


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        return None
    return day if EARLIEST <= day <= LATEST else None
