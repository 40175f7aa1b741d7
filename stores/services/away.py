"""Days on which nobody is there: what customers read, and the creator's calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.clock import local_day, start_of_day
from stores.models import AwayDates, Store
from stores.slots import CalendarItem

TOLD_BEFORE = timedelta(days=7)


def away_note(store: Store, now: datetime) -> str:
    """Return what customers read where a promise is made, now or in the coming week."""
    today = local_day(now, store.zone)
    found: AwayDates | None = (
        AwayDates.objects.filter(ends_on__gte=today, starts_on__lte=today + TOLD_BEFORE)
        .order_by("starts_on")
        .first()
    )
    if found is None:
        return ""
    words = {"first": date_format(found.starts_on), "last": date_format(found.ends_on)}
    sentence = _("Away from %(first)s to %(last)s; answers come after that.") % words
    return f"{found.label} · {sentence}" if found.label else sentence


def calendar(store: Store, since: datetime, until: datetime) -> Sequence[CalendarItem]:
    """Return the away dates between two moments, for the creator's calendar."""
    zone = store.zone
    found = AwayDates.objects.filter(
        ends_on__gte=local_day(since, zone), starts_on__lte=local_day(until, zone)
    )
    return [
        CalendarItem(
            key=f"away:{row.pk}",
            at=start_of_day(row.starts_on, zone),
            sentence=row.label or _("Away"),
            url=reverse("admin:stores_awaydates_change", args=[row.pk]),
            area="settings",
            kind=_("away"),
            is_all_day=True,
            until=start_of_day(row.ends_on + timedelta(days=1), zone),
        )
        for row in found.order_by("starts_on")
    ]
