"""What a club owes its members by when, and what is dated on its maker's calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.models import Access
from core import clock
from memberships.models import Club, Drop
from memberships.rules import day_of
from memberships.services.months import name_in, number_now, opening_day, rhythm_of
from products.models import Product
from products.services.moments import short_day
from stores.models import Store
from stores.roles import Area
from stores.scope import current_store
from stores.slots import CalendarItem, Duty

SOON = timedelta(days=14)
"""From how long before its day on an unready month is a duty."""


def duties(store: Store, now: datetime) -> Sequence[Duty]:
    """Return the months that members are owed and that were not given out, late or soon due.

    A club by the calendar owes one each period from its first on, whether it is still sold or not.
    """
    found = []
    for club in running(now):
        owed = _owed_by_calendar(club, now)
        if owed is not None:
            found.append(_duty(club, *owed, now))
    return found


def running(now: datetime) -> list[Club]:
    """Return the clubs by the calendar whose months people wait for."""
    clubs: Any = Club.objects.filter(
        deleted_at=None, mode=Club.Mode.CALENDAR, first_on__isnull=False
    ).exclude(status__in=(Product.Status.DRAFT, Product.Status.RETIRED))
    return list(clubs.order_by("position", "pk"))


def _owed_by_calendar(club: Club, now: datetime) -> tuple[int, Drop | None] | None:
    """Return the first month that is owed by now or soon and not given out, if any."""
    latest = number_now(club, now + SOON)
    given = dict(Drop.objects.filter(club=club.pk).given().values_list("number", "pk"))
    begun = min(given, default=1)
    for number in range(begun, latest + 1):
        if number not in given:
            drop = Drop.objects.filter(club=club.pk, number=number).first()
            return number, drop
    return None


def _duty(club: Club, number: int, drop: Drop | None, now: datetime) -> Duty:
    store = current_store()
    day = day_of(club.first_on or clock.local_day(now, store.zone), rhythm_of(club), number)
    at = clock.start_of_day(day, store.zone)
    words = {"club": club.title, "month": name_in(club, number, now), "day": short_day(at)}
    if at <= now:  # a week later it is missed, and a period is owed for it (missing)
        rows = Access.objects.live(now).filter(product=club.pk)
        people = rows.values("customer").distinct().count()
        sentence = ngettext(
            "%(month)s of “%(club)s” was due on %(day)s. %(count)d person waits for it.",
            "%(month)s of “%(club)s” was due on %(day)s. %(count)d people wait for it.",
            people,
        )
        said = sentence % {**words, "count": people}
    elif drop is None:
        said = _("%(month)s of “%(club)s” opens on %(day)s and nothing is in it.") % words
    else:
        said = _("%(month)s of “%(club)s” opens on %(day)s and was not given out.") % words
    if drop is None:
        url = reverse("admin:memberships_club_months", args=[club.pk])
        verb = _("Add %(month)s") % {"month": name_in(club, number, now, is_short=True)}
    else:
        url = reverse("admin:memberships_club_month", args=[club.pk, drop.pk])
        verb = _("Fill it")
    key = f"club:{club.public_id}:{number}"
    return Duty(key, said, at, url, verb, Area.PRODUCTS, is_done_by_changers=True)


def calendar_items(store: Store, since: datetime, until: datetime) -> Sequence[CalendarItem]:
    """Return the months that open for everyone in this time."""
    first, last = clock.local_day(since, store.zone), clock.local_day(until, store.zone)
    rows = Drop.objects.given().filter(part__release_on__range=(first, last))
    found = []
    for drop in rows.select_related("part", "club"):
        day = opening_day(drop)
        if day is None or drop.club.deleted_at is not None:
            continue
        at = clock.start_of_day(day, store.zone)
        if since <= at < until:
            found.append(
                CalendarItem(
                    key=f"club-month:{drop.part.public_id}",
                    at=at,
                    sentence=f"{drop.club.title}: {drop.part.title}",
                    url=reverse("admin:memberships_club_month", args=[drop.club_id, drop.pk]),
                    area=Area.PRODUCTS,
                    kind=_("opening"),
                    is_all_day=True,
                )
            )
    return found
