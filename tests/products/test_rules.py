"""When a presale is open, late or to be warned of: pure functions."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from products.rules import WARNED_BEFORE, opened_since, warning_due
from tests.conftest import NOW

moments = st.integers(-1000, 1000).map(lambda hours: NOW + timedelta(hours=hours))
maybe = st.none() | moments


@given(maybe, maybe, maybe, st.booleans(), moments)
def test_nothing_is_open_before_its_moment(
    opens_at: datetime | None,
    opened_at: datetime | None,
    late_at: datetime | None,
    is_ready: bool,  # noqa: FBT001 -- hypothesis gives it
    now: datetime,
) -> None:
    since = opened_since(opens_at, opened_at, late_at, is_ready=is_ready, now=now)
    assert since is None or since <= now
    if opened_at is None and (late_at is not None or not is_ready):
        assert since is None


@given(maybe, maybe, maybe, st.booleans(), moments, st.integers(0, 500))
def test_what_is_open_stays_open(
    opens_at: datetime | None,
    opened_at: datetime | None,
    late_at: datetime | None,
    is_ready: bool,  # noqa: FBT001 -- hypothesis gives it
    now: datetime,
    hours: int,
) -> None:
    facts = (opens_at, opened_at, late_at)
    since = opened_since(*facts, is_ready=is_ready, now=now)
    later = opened_since(*facts, is_ready=is_ready, now=now + timedelta(hours=hours))
    assert since is None or later == since


@given(st.lists(st.integers(0, 30), min_size=1))
def test_each_warning_is_given_once_and_in_order(ahead: list[int]) -> None:
    opens_on, warned, given_days = date(2027, 3, 1), None, []
    for days in sorted(ahead, reverse=True):
        due = warning_due(opens_on, opens_on - timedelta(days=days), warned)
        if due is not None:
            given_days.append(due)
            warned = due
            assert days <= due
    assert given_days == sorted(set(given_days), reverse=True)
    assert set(given_days) <= set(WARNED_BEFORE)


def test_after_the_day_nobody_is_warned_any_more() -> None:
    assert warning_due(date(2027, 3, 1), date(2027, 3, 2), None) is None
