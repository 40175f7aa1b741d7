"""A day as sentences say it: one way for every page, mail and document."""

from __future__ import annotations

from datetime import date

from babel.dates import format_date
from django.utils.translation import get_language


def said(day: date, language: str | None = None, *, has_year: bool = True) -> str:
    """Return "12 December 2026", in Hebrew "12 בדצמבר 2026", without its year where that goes
    without saying; in the language being read where none is named.
    """
    return str(format_date(day, pattern(language, has_year=has_year), locale=_code(language)))


def pattern(language: str | None = None, *, has_year: bool = True) -> str:
    """Return the same as Babel's pattern, for what says more than the day."""
    month = "d בMMMM" if _code(language).startswith("he") else "d MMMM"
    return f"{month} y" if has_year else month


def _code(language: str | None) -> str:
    return language or get_language() or "en"
