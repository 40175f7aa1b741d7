"""The calendar of a club: when each of its months begins, how long it lasts, what it is called.

Dates are days of the store's calendar. Each is reckoned from the first, so that a club that began
on 31 January comes on 28 February and on 31 March.
"""

from __future__ import annotations

from datetime import date, timedelta

from babel.dates import format_date

from core import days
from core.clock import add_months

MONTHS = {"month": 1, "quarter": 3}
WEEK = 7


def day_of(first: date, rhythm: str, number: int) -> date:
    """Return the day on which the ``number``-th period of a club begins, from 1."""
    if rhythm == "week":
        return first + timedelta(days=WEEK * (number - 1))
    return add_months(first, MONTHS.get(rhythm, 1) * (number - 1))


def length_of(first: date, rhythm: str, number: int) -> int:
    """Return how many days the ``number``-th period lasts: until the next begins."""
    return (day_of(first, rhythm, number + 1) - day_of(first, rhythm, number)).days


def number_on(first: date, rhythm: str, day: date) -> int:
    """Return which period ``day`` lies in; 0 before the first begins."""
    if day < first:
        return 0
    if rhythm == "week":
        return (day - first).days // WEEK + 1
    step = MONTHS.get(rhythm, 1)
    number = ((day.year - first.year) * 12 + day.month - first.month) // step + 1
    while number > 1 and day_of(first, rhythm, number) > day:
        number -= 1
    return number


def name_of(first: date, rhythm: str, number: int, language: str) -> str:
    """Return what a period is called by its date: "March 2027", "Q1 2027", "Week of 1 March"."""
    day = day_of(first, rhythm, number)
    if rhythm == "week":
        return days.said(day, language)
    if rhythm == "quarter":
        return str(format_date(day, "QQQQ y", locale=language))
    return str(format_date(day, "LLLL y", locale=language))


def short_name(first: date, rhythm: str, number: int, language: str) -> str:
    """Return the same without its year, as a button says it: "March"."""
    day = day_of(first, rhythm, number)
    if rhythm == "week":
        return days.said(day, language, has_year=False)
    if rhythm == "quarter":
        return str(format_date(day, "QQQQ", locale=language))
    return str(format_date(day, "LLLL", locale=language))
