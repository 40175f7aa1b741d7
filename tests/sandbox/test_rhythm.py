from datetime import UTC, datetime
from itertools import pairwise

import pytest

from sandbox.rhythm import next_after, share, step

MONTHLY = {"interval": "month", "interval_count": 1}


def at(year, month, day, hour=9):
    return int(datetime(year, month, day, hour, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("anchor", "interval", "count", "found"),
    [
        (at(2026, 1, 31), "month", 1, at(2026, 2, 28)),
        (at(2026, 1, 31), "month", 2, at(2026, 3, 31)),
        (at(2027, 12, 31), "month", 2, at(2028, 2, 29)),
        (at(2028, 2, 29), "year", 1, at(2029, 2, 28)),
        (at(2028, 2, 29), "year", 4, at(2032, 2, 29)),
        (at(2026, 11, 30), "month", 3, at(2027, 2, 28)),
        (at(2026, 12, 30), "week", 1, at(2027, 1, 6)),
        (at(2026, 12, 31), "day", 1, at(2027, 1, 1)),
    ],
)
def test_periods_count_from_their_anchor(anchor, interval, count, found):
    assert step(anchor, interval, count) == found


def test_a_short_month_does_not_move_the_anchor():
    anchor, moment, days = at(2026, 1, 31), at(2026, 1, 31), []
    for _ in range(13):
        moment = next_after(anchor, MONTHLY, moment)
        days.append(datetime.fromtimestamp(moment, UTC).day)
    assert days == [28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 31, 28]


@pytest.mark.parametrize("interval", ["day", "week", "month", "year"])
def test_the_next_end_is_found_from_any_moment(interval):
    recurring = {"interval": interval, "interval_count": 2}
    ends = [step(at(2026, 1, 31), interval, 2 * n) for n in range(30)]
    for before, after in pairwise(ends):
        for moment in (before, (before + after) // 2, after - 1):
            assert next_after(ends[0], recurring, moment) == after


def test_an_anchor_to_come_is_the_first_end():
    assert next_after(at(2026, 5, 1), MONTHLY, at(2026, 4, 20)) == at(2026, 5, 1)


@pytest.mark.parametrize(
    ("amount", "part", "whole", "found"),
    [(3100, 21, 31, 2100), (-3100, 21, 31, -2100), (5, 1, 2, 3), (-5, 1, 2, -3), (100, 0, 0, 0)],
)
def test_a_share_is_rounded_to_the_nearest(amount, part, whole, found):
    assert share(amount, part, whole) == found
