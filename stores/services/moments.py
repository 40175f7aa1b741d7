"""A moment as a person says it: today, tomorrow, late since."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from core import clock

WEEK = 7


def when_in_words(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """Return by when something is due, seen from ``now`` on the wall of ``zone``."""
    day, today = clock.local_day(at, zone), clock.local_day(now, zone)
    hour = time_format(at.astimezone(zone), "TIME_FORMAT")
    if at < now and day == today:
        return _("late since %(hour)s today") % {"hour": hour}
    if at < now:
        return _("late since %(day)s") % {"day": date_format(day, "l j F")}
    if day == today:
        return _("by today, %(hour)s") % {"hour": hour}
    if day == today + timedelta(days=1):
        return _("by tomorrow, %(hour)s") % {"hour": hour}
    if (day - today).days < WEEK:
        return _("by %(day)s, %(hour)s") % {"day": date_format(day, "l"), "hour": hour}
    return _("by %(day)s") % {"day": date_format(day, "l j F")}
