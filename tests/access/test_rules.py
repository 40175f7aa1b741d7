from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from access.rules import Rule, Span, Standing, merged, not_yet, tenure, without
from core.clock import add_period

JERUSALEM = ZoneInfo("Asia/Jerusalem")
START = datetime(2026, 1, 31, 7, 0, tzinfo=UTC)

moments = st.integers(0, 800 * 24).map(lambda hours: START + timedelta(hours=hours))
spans = st.builds(
    lambda start, hours: Span(start, start + timedelta(hours=hours)), moments, st.integers(1, 5000)
)
span_lists = st.lists(spans, max_size=8)
rhythms = st.sampled_from(["week", "month", "quarter"])


def chain(unit: str, count: int, start: datetime = START) -> list[Span]:
    """Consecutive payments of one unit each, as a subscription makes them."""
    ends = [add_period(start, unit, n, JERUSALEM) for n in range(count + 1)]
    return [Span(one, other) for one, other in pairwise(ends)]


@given(moments)
def test_month_quarter_and_year_payers_are_always_at_the_same_month(now: datetime) -> None:
    months = tenure(chain("month", 24), [], "month", JERUSALEM, now)
    assert months == tenure(chain("quarter", 8), [], "month", JERUSALEM, now)
    assert months == tenure(chain("year", 2), [], "month", JERUSALEM, now)


def test_a_month_that_begins_on_the_31st_ends_on_the_last_day_of_february() -> None:
    spans = chain("month", 3)
    last_of_february = datetime(2026, 2, 28, 7, 0, tzinfo=UTC)
    assert tenure(spans, [], "month", JERUSALEM, last_of_february - timedelta(seconds=1)) == 0
    assert tenure(spans, [], "month", JERUSALEM, last_of_february) == 1


def test_a_month_keeps_its_hour_on_the_wall_when_the_clocks_change() -> None:
    start = datetime(2026, 3, 1, 7, 0, tzinfo=UTC)  # 09:00 in winter
    after = datetime(2026, 4, 1, 6, 0, tzinfo=UTC)  # 09:00 in summer
    assert tenure(chain("month", 2, start), [], "month", JERUSALEM, after) == 1


@given(span_lists, span_lists, rhythms, moments, st.integers(0, 5000))
def test_tenure_never_shrinks_as_time_passes(
    paid: list[Span], cuts: list[Span], rhythm: str, now: datetime, hours: int
) -> None:
    later = now + timedelta(hours=hours)
    assert tenure(paid, cuts, rhythm, JERUSALEM, now) <= tenure(
        paid, cuts, rhythm, JERUSALEM, later
    )


@given(span_lists, rhythms, moments)
def test_paying_twice_for_the_same_time_counts_once(
    paid: list[Span], rhythm: str, now: datetime
) -> None:
    once = tenure(paid, [], rhythm, JERUSALEM, now)
    assert tenure([*paid, *reversed(paid)], [], rhythm, JERUSALEM, now) == once


@given(span_lists, span_lists)
def test_what_is_cut_out_is_not_there(paid: list[Span], cuts: list[Span]) -> None:
    left = without(paid, cuts)
    assert left == merged(left)
    assert not any(a.start < b.end and b.start < a.end for a in left for b in merged(cuts))
    length = sum((span.end - span.start for span in left), timedelta())
    assert length <= sum((span.end - span.start for span in merged(paid)), timedelta())


def test_a_rest_stops_the_count_and_the_return_goes_on_from_there() -> None:
    (first,) = chain("month", 1)
    (later,) = chain("month", 1, first.end + timedelta(days=90))
    assert tenure([first, later], [], "month", JERUSALEM, later.start) == 1
    assert tenure([first, later], [], "month", JERUSALEM, later.end) == 2


def test_a_month_that_stripe_counted_in_utc_is_a_month_on_the_wall_too() -> None:
    start = datetime(2026, 9, 30, 21, 30, tzinfo=UTC)  # 1 October, 00:30 in Jerusalem
    month = Span(start, datetime(2026, 10, 30, 21, 30, tzinfo=UTC))
    assert tenure([month], [], "month", JERUSALEM, month.end) == 1


def test_a_hold_in_the_middle_of_a_month_loses_nothing() -> None:
    (month,) = chain("month", 1, datetime(2026, 5, 1, tzinfo=UTC))
    hold = Span(month.start + timedelta(days=10), month.start + timedelta(days=15))
    rest = Span(month.end, month.end + timedelta(days=6))
    assert tenure([month], [hold], "month", JERUSALEM, month.end) == 0
    assert tenure([month, rest], [hold], "month", JERUSALEM, rest.end) == 1


def test_day_seven_opens_at_midnight_in_the_stores_zone() -> None:
    standing = Standing(starts_at=datetime(2026, 6, 1, 20, 30, tzinfo=UTC), rhythm="")
    rule = Rule("after_days", days=7)
    midnight = datetime(2026, 6, 7, 21, 0, tzinfo=UTC)  # 00:00 on the 8th in Jerusalem
    waiting = not_yet(rule, standing, JERUSALEM, midnight - timedelta(seconds=1))
    assert waiting is not None
    assert waiting.at == midnight
    assert not_yet(rule, standing, JERUSALEM, midnight) is None


def test_a_date_opens_on_that_day_for_everybody() -> None:
    rule = Rule("on_date", on=date(2026, 7, 1))
    standing = Standing(starts_at=START, rhythm="")
    assert not_yet(rule, standing, JERUSALEM, datetime(2026, 6, 30, 20, 0, tzinfo=UTC))
    assert not not_yet(rule, standing, JERUSALEM, datetime(2026, 6, 30, 21, 0, tzinfo=UTC))


def test_after_another_part_waits_for_that_part() -> None:
    rule = Rule("after_part", after_part_id=5)
    waiting = Standing(starts_at=START, rhythm="")
    done = Standing(starts_at=START, rhythm="", finished_part_ids=frozenset({5}))
    assert not_yet(rule, waiting, JERUSALEM, START)
    assert not_yet(rule, done, JERUSALEM, START) is None
