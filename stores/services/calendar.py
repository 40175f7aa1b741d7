"""The creator's calendar: what every app dates, what is promised, days off; and its feed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from babel import Locale
from django.urls import reverse
from django.utils.translation import gettext as _

from core import clock
from stores import slots
from stores.models import Staff, Store
from stores.roles import Area
from stores.services.addresses import absolute_url
from stores.services.quiet import days_off
from stores.slots import CalendarItem

if TYPE_CHECKING:
    from icalendar import Event

HOUR = timedelta(hours=1)
FEED_BEHIND, FEED_AHEAD = timedelta(days=31), timedelta(days=400)


def items_for(store: Store, staff: Staff, since: datetime, until: datetime) -> list[CalendarItem]:
    """Return what is dated in [since, until), as far as this person may see it, by its moment."""
    found = [item for entry in slots.calendar_items.all() for item in entry(store, since, until)]
    found += promised(store, since, until)
    seen = [item for item in found if not item.area or staff.may_view(Area(item.area))]
    return sorted(seen, key=lambda item: (item.at, not item.is_all_day, item.key))


def promised(store: Store, since: datetime, until: datetime) -> list[CalendarItem]:
    """Return what the creator owes by a day within; what is late stands on its own day."""
    now = clock.now()
    return [
        CalendarItem(
            key=f"duty:{duty.key}",
            at=duty.due_at,
            sentence=duty.sentence,
            url=duty.url,
            area=duty.area,
            kind=_("promised"),
        )
        for entry in slots.duties.all()
        for duty in entry(store, now)
        if duty.due_at is not None and since <= duty.due_at < until
    ]


def days_off_items(store: Store, since: datetime, until: datetime) -> Sequence[CalendarItem]:
    """Return the holidays and own days off."""
    first, last = clock.local_day(since, store.zone), clock.local_day(until, store.zone)
    url = reverse("admin:stores_quiettimes_changelist")
    return [
        CalendarItem(
            key=f"off:{day.isoformat()}",
            at=clock.start_of_day(day, store.zone),
            sentence=_("Holiday") if is_holiday else _("Day off"),
            url=url,
            area=Area.PRODUCTS,
            kind=_("holiday") if is_holiday else _("away"),
            is_all_day=True,
        )
        for day, is_holiday in days_off(store, first, last).items()
    ]


def first_weekday(country: str) -> int:
    """Return the day a week begins with in a country (Monday is 0), as CLDR has it."""
    return int(Locale("en", country or "001").first_week_day)


def feed_of(store: Store, staff: Staff, now: datetime) -> bytes:
    """Return the calendar as one of the team may see it, in RFC 5545, for an app of theirs."""
    from icalendar import Calendar  # late: few processes ever make a feed

    calendar = Calendar()
    calendar.add("prodid", "-//Sevenfold//calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", store.name)
    calendar.add("refresh-interval;value=duration", "PT1H")
    for item in items_for(store, staff, now - FEED_BEHIND, now + FEED_AHEAD):
        calendar.add_component(_event(store, item, now))
    feed: bytes = calendar.to_ical()
    return feed


def _event(store: Store, item: CalendarItem, now: datetime) -> Event:
    from icalendar import Event

    event = Event()
    event.add("uid", f"{item.key}@{store.public_id}.sevenfold")
    event.add("dtstamp", now)
    event.add("summary", str(item.sentence))
    if item.kind:
        event.add("categories", [str(item.kind)])
    if item.url:
        event.add("url", absolute_url(store, item.url))
    if item.is_all_day:
        day = clock.local_day(item.at, store.zone)
        event.add("dtstart", day)
        event.add("dtend", _last_day(store, item, day))
        event.add("transp", "TRANSPARENT")
    else:
        event.add("dtstart", item.at)
        event.add("dtend", item.until or item.at + HOUR)
    return event


def _last_day(store: Store, item: CalendarItem, day: date) -> date:
    if item.until is None:
        return day + timedelta(days=1)
    return max(clock.local_day(item.until, store.zone), day + timedelta(days=1))
