"""The calendar of clubs, by table and by whatever hypothesis finds."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memberships.rules import day_of, length_of, name_of, number_on, short_name

RHYTHMS = ("week", "month", "quarter")
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("first", "rhythm", "number", "day"),
    [
        (date(2027, 1, 31), "month", 2, date(2027, 2, 28)),
        (date(2027, 1, 31), "month", 3, date(2027, 3, 31)),
        (date(2028, 1, 30), "month", 2, date(2028, 2, 29)),
        (date(2027, 11, 30), "quarter", 2, date(2028, 2, 29)),
        (date(2027, 1, 4), "week", 5, date(2027, 2, 1)),
        (date(2027, 1, 1), "month", 14, date(2028, 2, 1)),
    ],
)
def test_each_period_is_reckoned_from_the_first_day(
    first: date, rhythm: str, number: int, day: date
) -> None:
    assert day_of(first, rhythm, number) == day


@given(DAYS, st.sampled_from(RHYTHMS), st.integers(1, 200))
def test_periods_follow_one_another_without_a_gap(first: date, rhythm: str, number: int) -> None:
    begin, length = day_of(first, rhythm, number), length_of(first, rhythm, number)
    assert length > 0
    assert begin + timedelta(days=length) == day_of(first, rhythm, number + 1)


@given(DAYS, st.sampled_from(RHYTHMS), st.integers(0, 3000))
def test_a_day_lies_in_exactly_one_period(first: date, rhythm: str, later: int) -> None:
    day = first + timedelta(days=later)
    number = number_on(first, rhythm, day)
    assert number >= 1
    assert day_of(first, rhythm, number) <= day < day_of(first, rhythm, number + 1)


def test_before_the_first_day_there_is_no_period() -> None:
    assert number_on(date(2027, 3, 1), "month", date(2027, 2, 28)) == 0


@pytest.mark.parametrize(
    ("rhythm", "language", "name", "short"),
    [
        ("month", "en", "March 2027", "March"),
        ("month", "he", "מרץ 2027", "מרץ"),
        ("quarter", "en", "3rd quarter 2027", "3rd quarter"),
        ("week", "he", "15 בינואר 2027", "15 בינואר"),
    ],
)
def test_a_period_is_called_by_its_date(rhythm: str, language: str, name: str, short: str) -> None:
    assert name_of(date(2027, 1, 1), rhythm, 3, language) == name
    assert short_name(date(2027, 1, 1), rhythm, 3, language) == short
