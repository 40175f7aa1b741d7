from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import translation

from core.clock import zone_choices, zone_in_words
from stores.models import Store
from stores.scope import all_stores
from stores.services.moments import in_short, weekday

MOMENT = datetime(2026, 3, 1, 7, 0, tzinfo=UTC)


@time_machine.travel(datetime(2026, 2, 1, tzinfo=UTC), tick=False)
def test_a_moment_is_a_day_an_hour_and_whose_clock(in_store: Store) -> None:
    assert in_short(MOMENT, "en") == "Sunday 1 March, 09:00 (Israel Time)"
    assert in_short(MOMENT, "he").startswith("יום ראשון, 1 במרץ")


@pytest.mark.parametrize(
    ("zone", "language", "said"),
    [
        ("Asia/Jerusalem", "he", "שעון ישראל"),
        ("America/New_York", "en", "Eastern Time"),
        ("Europe/Berlin", "he", "שעון מרכז אירופה"),
    ],
)
def test_a_clock_is_told_without_brackets(zone: str, language: str, said: str) -> None:
    assert zone_in_words(ZoneInfo(zone), language) == said


@time_machine.travel(datetime(2027, 2, 1, tzinfo=UTC), tick=False)
def test_another_year_is_said(in_store: Store) -> None:
    assert in_short(MOMENT, "en") == "Sunday 1 March 2026, 09:00 (Israel Time)"


@time_machine.travel(datetime(2026, 2, 1, tzinfo=UTC), tick=False)
def test_across_all_stores_it_is_nobodys_clock() -> None:
    with all_stores():
        assert in_short(MOMENT, "en") == "Sunday 1 March, 07:00 (UTC)"


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Sunday 1 March"), ("he", "יום ראשון 1 במרץ")]
)
def test_a_day_of_the_week_is_written_as_its_language_writes_it(language: str, said: str) -> None:
    with translation.override(language):
        assert weekday(date(2026, 3, 1)) == said


@pytest.mark.parametrize(
    ("zone", "language", "said"),
    [
        ("Asia/Jerusalem", "he", "ישראל"),
        ("Asia/Jerusalem", "en", "Israel"),
        ("America/New_York", "he", "ארצות הברית (ניו יורק)"),
        ("America/Argentina/Buenos_Aires", "en", "Argentina (Argentina/Buenos Aires)"),
    ],
)
def test_zones_are_chosen_by_the_name_of_their_place(zone: str, language: str, said: str) -> None:
    assert dict(zone_choices(language))[zone] == said


def test_no_two_zones_are_called_alike_and_a_kept_one_stays() -> None:
    choices = zone_choices("he")
    assert len({name for _zone, name in choices}) == len(choices)
    assert "Asia/Tel_Aviv" not in dict(choices)
    assert dict(zone_choices("he", "Asia/Tel_Aviv"))["Asia/Tel_Aviv"] == "ישראל"
    assert dict(zone_choices("he", "UTC"))["UTC"] == "UTC"
