"""Away dates: promises count around them, and customers read them where they ask."""

from __future__ import annotations

from datetime import date
from typing import Any

from stores.models import AwayDates, Store
from stores.services.away import away_note, calendar
from stores.services.quiet import add_working_days, is_working_day
from tests.conftest import NOW

SUNDAY = date(2026, 11, 22)


def away(first: date, last: date, label: str = "") -> AwayDates:
    row: AwayDates = AwayDates.objects.create(starts_on=first, ends_on=last, label=label)
    return row


def test_promises_count_around_days_away(in_store: Store) -> None:
    assert add_working_days(in_store, SUNDAY, 2) == date(2026, 11, 24)
    away(date(2026, 11, 23), date(2026, 11, 24))
    assert not is_working_day(in_store, date(2026, 11, 23))
    assert add_working_days(in_store, SUNDAY, 2) == date(2026, 11, 26)


def test_customers_read_of_it_a_week_before_and_not_after(in_store: Store) -> None:
    row = away(date(2026, 11, 28), date(2026, 12, 1), "On the road")
    assert away_note(in_store, NOW).startswith("On the road")
    row.delete()
    away(date(2026, 12, 28), date(2026, 12, 30))
    away(date(2026, 11, 1), date(2026, 11, 21))
    assert away_note(in_store, NOW) == ""


def test_it_stands_in_the_calendar(in_store: Store) -> None:
    away(date(2026, 11, 28), date(2026, 12, 1))
    found = calendar(in_store, NOW, NOW.replace(day=30))
    assert [(each.is_all_day, each.kind) for each in found] == [(True, "away")]


def test_the_last_day_comes_after_the_first(browse: Any, store: Store, alice: Any) -> None:
    at = browse(store, alice)
    dates = {"starts_on": "2026-12-05", "ends_on": "2026-12-01", "label": ""}
    answer = at.post("/admin/stores/awaydates/add/", dates)
    assert b"before the first" in answer.content
    at.post("/admin/stores/awaydates/add/", dates | {"ends_on": "2026-12-06"})
    assert b"back after" in at.get("/admin/stores/awaydates/").content
