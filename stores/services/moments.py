"""Moments as the desk says them: "Sunday 1 March, 09:00 (Israel Time)", in the store's zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from django.utils.formats import date_format, time_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core import clock, days
from core.clock import zone_in_words
from stores.scope import ScopeError, current_store

WEEK = 7


def in_short(moment: datetime, language: str | None = None) -> str:
    """Return "Sunday 1 March, 09:00 (Israel Time)"; the year stands there when it is another one.

    Across all stores, where no zone is anybody's, it is said in UTC.
    """
    language = language or get_language() or "en"
    zone = _zone()
    local = moment.astimezone(zone)
    return _("%(day)s, %(hour)s (%(zone)s)") % {
        "day": _day(local, language, has_year=local.year != clock.now().astimezone(zone).year),
        "hour": format_datetime(local, "HH:mm", locale=language),
        "zone": "UTC" if zone is UTC else zone_in_words(current_store().zone, language),
    }


def _day(local: datetime, language: str, *, has_year: bool) -> str:
    comma = "," if language.startswith("he") else ""
    day = days.pattern(language, has_year=has_year)
    return format_date(local, f"EEEE{comma} {day}", locale=language)


def _zone() -> tzinfo:
    try:
        return current_store().zone
    except ScopeError:
        return UTC


def weekday(day: date) -> str:
    """Return "Sunday 1 March", in the language being read."""
    return f"{date_format(day, 'l')} {date_format(day, 'MONTH_DAY_FORMAT')}"


def when_in_words(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Return by when something is due, seen from ``now`` on the wall of ``zone``."""
    day, today = clock.local_day(at, zone), clock.local_day(now, zone)
    hour = time_format(at.astimezone(zone), "H:i")
    if at < now and day == today:
        return _("late since %(hour)s today") % {"hour": hour}
    if at < now:
        return _("late since %(day)s") % {"day": weekday(day)}
    if day == today:
        return _("by today, %(hour)s") % {"hour": hour}
    if day == today + timedelta(days=1):
        return _("by tomorrow, %(hour)s") % {"hour": hour}
    if (day - today).days < WEEK:
        return _("by %(day)s, %(hour)s") % {"day": date_format(day, "l"), "hour": hour}
    return _("by %(day)s") % {"day": weekday(day)}
