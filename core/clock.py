"""Days, months and zones: calendar arithmetic on aware UTC datetimes."""

import calendar
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from babel.core import Locale, get_global
from babel.dates import get_timezone_location, get_timezone_name
from django.utils import timezone

ZONES = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc"))


_told: ContextVar[datetime | None] = ContextVar("told", default=None)


def now() -> datetime:
    """Return this moment, aware and in UTC."""
    return _told.get() or timezone.now()


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    """Let everything in here happen at ``moment``: for a demo's past, never for a request."""
    token = _told.set(moment)
    try:
        yield
    finally:
        _told.reset(token)


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """Return the calendar day of ``moment`` in ``zone``."""
    return moment.astimezone(zone).date()


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Return 00:00 of ``day`` in ``zone``: what "day N" and dates mean everywhere."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(ZoneInfo("UTC"))


def at_local(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Return an hour on the wall of ``zone`` as a moment."""
    return datetime.combine(day, at, tzinfo=zone).astimezone(ZoneInfo("UTC"))


def add_months(day: date, months: int) -> date:
    """Return ``day`` moved by whole months; the 31st becomes the last day where there is none."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def add_period(moment: datetime, unit: str, count: int, zone: ZoneInfo) -> datetime:
    """Return ``moment`` moved by ``count`` days, weeks, months, quarters or years on the wall.

    The hour on the wall stays the same across a change to daylight saving time.
    """
    wall = moment.astimezone(zone)
    if unit in {"day", "week"}:
        day = wall.date() + timedelta(days=count * (7 if unit == "week" else 1))
    else:
        day = add_months(wall.date(), count * {"month": 1, "quarter": 3, "year": 12}[unit])
    return datetime.combine(day, wall.time(), tzinfo=zone).astimezone(ZoneInfo("UTC"))


def zone_in_words(zone: ZoneInfo, language: str) -> str:
    """Return the place whose clock ``zone`` is, as a language calls it: "Israel Time".

    It stands in brackets, so a country with several clocks is not told with brackets of its own:
    "Eastern Time".
    """
    if zone.key == "UTC":
        return "UTC"
    place = get_timezone_location(zone, locale=language)
    if place and "(" not in place:
        return str(place)
    return str(get_timezone_name(zone, locale=language))


def zone_choices(language: str, kept: str = "") -> list[tuple[str, str]]:
    """Return the zones to choose from, by what a language calls them: "Israel", "United States
    (New York)".

    A second name of one zone ("Asia/Tel_Aviv") is left out, as it would stand there twice, unless
    it is the one that is ``kept`` already.
    """
    choices = [*_zones(language)]
    if kept and kept not in dict(choices):
        choices.append((kept, _place(kept, language)))
    return choices


@lru_cache(maxsize=8)
def _zones(language: str) -> Sequence[tuple[str, str]]:
    aliases = get_global("zone_aliases")
    named = [(zone, _place(zone, language)) for zone in ZONES if zone not in aliases]
    return tuple(sorted(named, key=lambda each: each[1]))


def _place(zone: str, language: str) -> str:
    """Name a zone without the word for time, so that typing a country's first letters finds it."""
    if zone == "UTC":
        return zone
    before, _slot, after = str(Locale.parse(language).zone_formats["region"]).partition("%s")
    name = str(get_timezone_location(zone, locale=language))
    return name.removeprefix(before).removesuffix(after).replace("_", " ")
