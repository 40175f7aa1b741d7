from datetime import date

import pytest

from core.holidays import (
    easter_of,
    hebrew_new_year,
    independence_day,
    jewish_holidays,
    pesach_of,
    western_holidays,
)


@pytest.mark.parametrize(
    ("year", "new_year", "pesach", "independence", "easter"),
    [
        (2023, "2023-09-16", "2023-04-06", "2023-04-26", "2023-04-09"),
        (2024, "2024-10-03", "2024-04-23", "2024-05-14", "2024-03-31"),
        (2025, "2025-09-23", "2025-04-13", "2025-05-01", "2025-04-20"),
        (2026, "2026-09-12", "2026-04-02", "2026-04-22", "2026-04-05"),
        (2027, "2027-10-02", "2027-04-22", "2027-05-12", "2027-03-28"),
        (2028, "2028-09-21", "2028-04-11", "2028-05-02", "2028-04-16"),
    ],
)
def test_the_calendars_agree_with_printed_ones(
    year: int, new_year: str, pesach: str, independence: str, easter: str
) -> None:
    assert hebrew_new_year(year + 3761).isoformat() == new_year
    assert pesach_of(year).isoformat() == pesach
    assert independence_day(year).isoformat() == independence
    assert easter_of(year).isoformat() == easter


def test_no_hebrew_year_begins_on_sunday_wednesday_or_friday() -> None:
    days = {hebrew_new_year(year).weekday() for year in range(5700, 5900)}
    assert days == {0, 1, 3, 5}


def test_abroad_some_holidays_last_two_days() -> None:
    israel, abroad = (jewish_holidays(2026, in_israel=each) for each in (True, False))
    assert israel < abroad
    assert abroad - israel == {
        date(2026, 4, 3),
        date(2026, 4, 9),
        date(2026, 5, 23),
        date(2026, 9, 27),
        date(2026, 10, 4),
    }


def test_the_western_year_has_new_year_easter_and_christmas() -> None:
    assert date(2026, 4, 3) in western_holidays(2026)
    assert {date(2026, 1, 1), date(2026, 12, 25)} < western_holidays(2026)
