from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from stores.models import QuietTimes, Store
from stores.services.quiet import (
    add_working_days,
    is_working_day,
    next_working_day,
    quiet_until,
    rests_until,
)

JERUSALEM = ZoneInfo("Asia/Jerusalem")


def at(text: str, zone: ZoneInfo = JERUSALEM) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def test_a_night_ends_in_the_morning_and_the_day_is_not_quiet(in_store: Store) -> None:
    assert quiet_until(in_store, at("2026-11-23 23:10")) == at("2026-11-24 08:00")
    assert quiet_until(in_store, at("2026-11-24 07:59")) == at("2026-11-24 08:00")
    assert quiet_until(in_store, at("2026-11-24 08:00")) is None
    assert quiet_until(in_store, at("2026-11-24 21:59")) is None


@pytest.mark.parametrize("night", ["2026-03-26", "2026-10-24"])
def test_a_night_in_which_the_clock_changes_ends_at_eight_on_the_wall(
    in_store: Store, night: str
) -> None:
    end = quiet_until(in_store, at(f"{night} 23:00"))
    assert end is not None
    assert end.astimezone(JERUSALEM).time() == time(8)
    assert (end - at(f"{night} 23:00")).total_seconds() in {8 * 3600, 10 * 3600}


def test_shabbat_runs_from_friday_afternoon_into_saturday_night(in_store: Store) -> None:
    assert quiet_until(in_store, at("2026-11-27 15:29")) is None
    assert quiet_until(in_store, at("2026-11-27 15:30")) == at("2026-11-28 20:45")
    assert quiet_until(in_store, at("2026-11-28 12:00")) == at("2026-11-28 20:45")


def test_yom_kippur_is_quiet_from_its_eve(in_store: Store) -> None:
    assert quiet_until(in_store, at("2026-09-20 16:00")) == at("2026-09-21 20:45")
    assert rests_until(in_store, at("2026-09-21 07:30")) == at("2026-09-21 20:45")


def test_two_days_of_new_year_after_shabbat_are_one_long_quiet(in_store: Store) -> None:
    # 12 September 2026 is a Shabbat and the first day; the second is a Sunday.
    assert quiet_until(in_store, at("2026-09-11 16:00")) == at("2026-09-13 20:45")


def test_a_night_alone_is_no_day_of_rest(in_store: Store) -> None:
    assert rests_until(in_store, at("2026-11-24 07:30")) is None


def test_elsewhere_christmas_is_quiet_and_friday_is_not(other_store: Store) -> None:
    Store.objects.filter(pk=other_store.pk).update(country="GB", time_zone="Europe/London")
    other_store.refresh_from_db()
    london = ZoneInfo("Europe/London")
    assert quiet_until(other_store, at("2026-11-27 16:00", london)) is None
    assert quiet_until(other_store, at("2026-12-25 12:00", london)) == at(
        "2026-12-27 08:00", london
    )


def test_what_a_store_sets_is_what_counts(in_store: Store) -> None:
    QuietTimes.objects.create(
        has_nights=False,
        rest="none",
        calendar="none",
        working_days=[0, 1],
        other_days=["2026-11-24"],
    )
    assert quiet_until(in_store, at("2026-11-28 12:00")) is None
    assert quiet_until(in_store, at("2026-11-24 12:00")) == at("2026-11-25 00:00")
    assert next_working_day(in_store, date(2026, 11, 23)) == date(2026, 11, 30)


def test_working_days_skip_the_weekend_and_holidays(in_store: Store) -> None:
    assert next_working_day(in_store, date(2026, 11, 26)) == date(2026, 11, 29)
    assert not is_working_day(in_store, date(2026, 9, 21))
    assert not is_working_day(in_store, date(2026, 4, 22))
    assert add_working_days(in_store, date(2026, 9, 17), 3) == date(2026, 9, 23)


def test_no_working_day_at_all_never_runs_for_ever(in_store: Store) -> None:
    QuietTimes.objects.create(rest="none", calendar="none", working_days=[])
    assert add_working_days(in_store, date(2026, 11, 23), 3) == date(2026, 11, 26)
