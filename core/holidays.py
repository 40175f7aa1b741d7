"""Days off by calendar: Jewish holidays and the western churches', worked out for any year.

The Hebrew calendar as in Reingold and Dershowitz, "Calendrical Calculations", 4th edition, ch. 8;
Easter by the anonymous Gregorian computus (Meeus, "Astronomical Algorithms", ch. 8).
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

HEBREW_EPOCH = -1_373_427
"""The day before 1 Tishri of the year 1, counted as ``date.toordinal()`` counts."""
HEBREW_YEAR_AHEAD = 3_761
"""The Hebrew year that begins in the autumn of a civil year is this much greater."""
PESACH_TO_NEW_YEAR = 163
_LONGEST_YEAR_BUT_ONE, _SHORTEST_LEAP_YEAR_BUT_ONE = 356, 382
_THURSDAY_FROM = {4: -1, 5: -2, 0: 1}
"""Israel's Independence Day moves off Friday, Saturday and Monday (the law of 1949, as of 2004)."""


def hebrew_new_year(year: int) -> date:
    """Return 1 Tishri of a Hebrew year."""
    before, here, after = (_elapsed_days(each) for each in (year - 1, year, year + 1))
    late = 0
    if after - here == _LONGEST_YEAR_BUT_ONE:
        late = 2
    elif here - before == _SHORTEST_LEAP_YEAR_BUT_ONE:
        late = 1
    return date.fromordinal(HEBREW_EPOCH + here + late)


@lru_cache(maxsize=64)
def jewish_holidays(year: int, *, in_israel: bool) -> frozenset[date]:
    """Return the days of a civil year on which no work is done; abroad some last two days."""
    autumn = hebrew_new_year(year + HEBREW_YEAR_AHEAD)
    pesach = pesach_of(year)
    days = [_after(autumn, n) for n in (0, 1, 9, 14, 21)]
    days += [_after(pesach, n) for n in (0, 6, 50)]
    if not in_israel:
        days += [_after(autumn, n) for n in (15, 22)] + [_after(pesach, n) for n in (1, 7, 51)]
    return frozenset(days)


def pesach_of(year: int) -> date:
    """Return the first day of Pesach, 15 Nisan, in a civil year."""
    return _after(hebrew_new_year(year + HEBREW_YEAR_AHEAD), -PESACH_TO_NEW_YEAR)


def independence_day(year: int) -> date:
    """Return the day Israel keeps as its Independence Day: 5 Iyar, or the day it is moved to."""
    day = _after(pesach_of(year), 20)
    return _after(day, _THURSDAY_FROM.get(day.weekday(), 0))


@lru_cache(maxsize=64)
def western_holidays(year: int) -> frozenset[date]:
    """Return New Year, Good Friday to Easter Monday, and Christmas."""
    easter = easter_of(year)
    moving = [_after(easter, n) for n in (-2, 0, 1)]
    return frozenset([date(year, 1, 1), date(year, 12, 25), date(year, 12, 26), *moving])


def easter_of(year: int) -> date:
    """Return Easter Sunday of a civil year, as the western churches keep it."""
    century = year // 100
    golden = year % 19
    correction = (century - century // 4 - (8 * century + 13) // 25 + 19 * golden + 15) % 30
    moon = correction - (correction // 28) * (1 - (29 // (correction + 1)) * ((21 - golden) // 11))
    weekday = (year + year // 4 + moon + 2 - century + century // 4) % 7
    month = 3 + (moon - weekday + 40) // 44
    return date(year, month, moon - weekday + 28 - 31 * (month // 4))


def _elapsed_days(year: int) -> int:
    """Count the days from the epoch to the mean new moon of a year's Tishri, put off by weekday."""
    months = (235 * year - 234) // 19
    parts = 12_084 + 13_753 * months
    day = 29 * months + parts // 25_920
    return day + 1 if 3 * (day + 1) % 7 < 3 else day  # noqa: PLR2004 -- the book's own formula


def _after(day: date, days: int) -> date:
    return day + timedelta(days=days)
