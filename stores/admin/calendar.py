"""The Calendar: a month as a grid, or as a list of days, from every app that dates something."""

from __future__ import annotations

from calendar import Calendar as Weeks
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core import clock
from stores.admin.rows import Choice, Filter
from stores.models import CalendarFeed
from stores.services.addresses import page_url
from stores.services.calendar import first_weekday, items_for
from stores.services.moments import weekday
from stores.services.quiet import weekly_rest
from stores.slots import CalendarItem

if TYPE_CHECKING:
    from stores.models import Staff, Store

AGENDA, MONTH = "agenda", "month"
FIRST_YEAR, LAST_YEAR = 2000, 2100
MOST_IN_A_CELL = 3


@dataclass(frozen=True)
class Entry:
    """One thing on a day, as the page shows it."""

    at: datetime
    sentence: Any
    url: str
    kind: Any
    tone: str
    is_all_day: bool


@dataclass(frozen=True)
class Day:
    """One day of the calendar with what is on it."""

    day: date
    number: int
    name: str
    is_here: bool
    is_today: bool
    is_rest: bool
    entries: Sequence[Entry]

    @property
    def first_ones(self) -> Sequence[Entry]:
        """What there is room for in the grid."""
        return self.entries[:MOST_IN_A_CELL]

    @property
    def others(self) -> int:
        """How many more there are."""
        return max(0, len(self.entries) - MOST_IN_A_CELL)


def calendar_page(store: Store, staff: Staff, asked: QueryDict, now: datetime) -> dict[str, Any]:
    """Return a month as its page shows it; a month that is none is this one."""
    today = clock.local_day(now, store.zone)
    month = _month(asked.get("month", ""), today)
    view = asked.get("view") if asked.get("view") in {AGENDA, MONTH} else ""
    weeks = Weeks(first_weekday(store.country)).monthdatescalendar(month.year, month.month)
    first, last = weeks[0][0], weeks[-1][-1]
    items = items_for(
        store,
        staff,
        clock.start_of_day(first, store.zone),
        clock.start_of_day(last + timedelta(days=1), store.zone),
    )
    by_day: dict[date, list[Entry]] = defaultdict(list)
    for item in items:
        by_day[clock.local_day(item.at, store.zone)].append(_entry(item))
    rest = weekly_rest(store)
    grid = [[_day(day, month, today, rest, by_day[day]) for day in week] for week in weeks]
    return {
        "month_name": date_format(month, "YEAR_MONTH_FORMAT"),
        "weekdays": [(WEEKDAYS_ABBR[d.weekday()], WEEKDAYS[d.weekday()]) for d in weeks[0]],
        "weeks": grid,
        "days": [day for week in grid for day in week if day.is_here and day.entries],
        "view": view,
        "before": f"?month={clock.add_months(month, -1):%Y-%m}{_keep(view)}",
        "after": f"?month={clock.add_months(month, 1):%Y-%m}{_keep(view)}",
        "today": f"?month={today:%Y-%m}{_keep(view)}",
        "is_this_month": month == today.replace(day=1),
        "views": Filter(
            _("how it is shown"),
            [
                Choice(_("Month"), f"?month={month:%Y-%m}&view={MONTH}", view == MONTH),
                Choice(_("List"), f"?month={month:%Y-%m}&view={AGENDA}", view == AGENDA),
            ],
        ),
        "feed_url": feed_url(store, staff),
    }


def feed_url(store: Store, staff: Staff) -> str:
    """Return the address of this person's feed; empty until they made one."""
    feed = CalendarFeed.objects.filter(staff=staff).first()
    if feed is None:
        return ""
    return page_url("stores:calendar", feed.public_id, feed.token, language=store.language)


def make_feed(staff: Staff) -> None:
    """Give this person a new address; the one before opens nothing any more."""
    end_feed(staff)
    CalendarFeed.objects.create(staff=staff)


def end_feed(staff: Staff) -> None:
    """End this person's address."""
    CalendarFeed.objects.filter(staff=staff).delete()


def _month(text: str, today: date) -> date:
    year, _dash, month = text.partition("-")
    is_month = year.isascii() and year.isdigit() and month.isascii() and month.isdigit()
    if is_month and len(text) <= 7 and FIRST_YEAR <= int(year) < LAST_YEAR:  # noqa: PLR2004 -- YYYY-MM
        return date(int(year), int(month), 1) if 1 <= int(month) <= 12 else today.replace(day=1)  # noqa: PLR2004 -- of a year
    return today.replace(day=1)


def _keep(view: str | None) -> str:
    return f"&view={view}" if view else ""


def _day(day: date, month: date, today: date, rest: int | None, entries: Sequence[Entry]) -> Day:
    return Day(
        day=day,
        number=day.day,
        name=weekday(day),
        is_here=day.month == month.month,
        is_today=day == today,
        is_rest=day.weekday() == rest,
        entries=entries,
    )


def _entry(item: CalendarItem) -> Entry:
    source = item.key.partition(":")[0]
    return Entry(
        item.at, item.sentence, item.url, item.kind, TONES.get(source, ""), item.is_all_day
    )


TONES = {"duty": "warn", "opening": "good", "edition": "good", "off": "rest"}
"""How an entry looks by where it is from; its kind says the same in words."""
