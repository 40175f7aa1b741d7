"""For which time a charge is, until when all stays open, and where it is paid: in words."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from babel.dates import format_date
from django.urls import reverse

from core import clock, days
from payments.models import Bill
from payments.services.addresses import page_url
from stores.scope import current_store

A_DAY = timedelta(days=1)


def period_of(bill: Bill, language: str) -> str:
    """Return the time a charge is for: a month by its name, anything else by its days."""
    zone = current_store().zone
    begins = clock.local_day(bill.starts_at or bill.written_at, zone)
    if bill.ends_at is None or bill.subscription.price.interval == "month":
        return str(format_date(begins, "LLLL", locale=language))
    ends = clock.local_day(bill.ends_at - A_DAY, zone)
    return f"{day(begins, language)} – {day(ends, language)}"


def day(moment: date, language: str) -> str:
    """Return a day, or the day of a moment in the store, with its month: 29 November."""
    if isinstance(moment, datetime):
        moment = clock.local_day(moment, current_store().zone)
    return days.said(moment, language, has_year=False)


def fix_url(bill: Bill, language: str) -> str:
    """Return the absolute address of the page that pays a charge without signing in."""
    return page_url("payments:fix", bill.fix_key, language=language)


def fix_path(bill: Bill) -> str:
    """Return the same as a path, in the language being read."""
    return reverse("payments:fix", args=[bill.fix_key])
