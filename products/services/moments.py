"""A day and an hour as people say them, in the store's zone, which is named."""

from __future__ import annotations

from datetime import datetime

from babel.dates import format_date, format_datetime
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from core import days
from core.clock import zone_in_words
from stores.scope import current_store


def in_words(moment: datetime, language: str | None = None) -> str:
    """Return "Sunday, 1 March 2026 at 09:00 (Israel)" in the language asked for, or being read."""
    language = language or get_language() or "en"
    local = moment.astimezone(current_store().zone)
    with override(language):
        return _("%(day)s at %(hour)s (%(zone)s)") % {
            "day": day_in_words(moment, language),
            "hour": format_datetime(local, "HH:mm", locale=language),
            "zone": zone_in_words(current_store().zone, language),
        }


def day_in_words(moment: datetime, language: str | None = None) -> str:
    """Return "Sunday, 1 March 2026", as the store's calendar has it."""
    language = language or get_language() or "en"
    local = moment.astimezone(current_store().zone)
    pattern = "EEEE, d MMMM y" if language.startswith("en") else "full"
    return format_date(local, pattern, locale=language)


def short_day(moment: datetime) -> str:
    """Return "1 March", as the store's calendar has it, in the language being read."""
    local = moment.astimezone(current_store().zone)
    return days.said(local, has_year=False)
