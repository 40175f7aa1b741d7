"""Steps of income from facts: without a gap, adding up, and rounded once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.rules import Span
from payments.services.income.deriving import (
    NEVER,
    Changed,
    Charged,
    Facts,
    Step,
    by_month,
    runs_of,
    steps_of,
)

START = datetime(2026, 1, 31, 10, tzinfo=UTC)
A_DAY = timedelta(days=1)

moments = st.integers(0, 900).map(lambda hours: START + timedelta(hours=hours * 8))
spans = st.lists(
    st.tuples(moments, moments)
    .filter(lambda pair: pair[0] < pair[1])
    .map(lambda pair: Span(*pair)),
    max_size=4,
)
charges = st.lists(
    st.builds(Charged, moments, st.integers(0, 90_000) | st.none(), is_change=st.booleans()),
    max_size=8,
)
changes = st.lists(
    st.builds(
        Changed,
        price=st.integers(1, 4),
        was=st.integers(1, 4),
        interval=st.sampled_from(["week", "month", "quarter", "year"]),
        interval_was=st.sampled_from(["week", "month", "quarter", "year"]),
        amount=st.integers(0, 90_000),
        amount_was=st.integers(0, 90_000),
        is_up=st.booleans(),
        asked_at=moments,
        due_at=moments,
        applied_at=moments,
    ),
    max_size=3,
)
facts = st.builds(
    Facts,
    started_at=moments,
    price=st.integers(1, 4),
    interval=st.sampled_from(["week", "month", "quarter", "year"]),
    amount=st.integers(0, 90_000),
    charged=charges,
    changed=changes,
    rests=spans,
    holds=spans,
    ended_at=moments | st.none(),
    takes_amount=st.booleans(),
    was_here=st.just(lambda _moment: False),
)


@given(facts)
def test_steps_follow_each_other_and_add_up(said: Facts) -> None:
    steps = steps_of(said)
    assert steps
    assert steps[-1].until is None
    assert steps[0].before == 0
    for step, following in pairwise(steps):
        assert step.since < following.since == step.until
        assert following.before == step.monthly
        assert (step.state, step.worth, step.price) != (
            *(following.state, following.worth, following.price),
        )
    for step in steps:
        assert step.monthly == (step.worth if step.state == "paying" else 0)
        assert step.joined_at is not None or step.monthly == 0
    assert sum(step.monthly - step.before for step in steps) == steps[-1].monthly
    joins = [step for step in steps if step.kind in {"new", "again"}]
    assert len(joins) <= 1
    assert all(step.joined_at == joins[0].since for step in steps if step.joined_at)
    overs = [step.kind for step in steps if step.state == "over"]
    assert overs == ([steps[-1].kind] if said.ended_at else [])


@given(facts, st.randoms())
def test_the_order_in_which_facts_are_found_changes_nothing(said: Facts, dice: object) -> None:
    turned = Facts(
        **{
            **vars(said),
            "charged": said.charged[::-1],
            "rests": said.rests[::-1],
            "holds": said.holds[::-1],
        }
    )
    if len({each.since for each in said.charged}) == len(said.charged):
        assert steps_of(turned) == steps_of(said)


@pytest.mark.parametrize(
    ("amount", "interval", "monthly"),
    [
        *((5900, "month", 5900), (59000, "year", 4917), (15001, "quarter", 5000)),
        *((1499, "week", 6518), (6, "year", 1), (5, "year", 0), (0, "month", 0)),
    ],
)
def test_a_period_counts_by_the_month(amount: int, interval: str, monthly: int) -> None:
    assert by_month(amount, interval) == monthly


def _told(steps: list[Step]) -> list[tuple[str, int]]:
    return [(step.kind, step.monthly) for step in steps]


def _monthly(*amounts: int, **more: object) -> Facts:
    charged = [Charged(START + 30 * A_DAY * number, net) for number, net in enumerate(amounts)]
    return Facts(START, 1, "month", 5900, charged, **more)  # type: ignore[arg-type]  # named by the test


def test_a_coupon_that_ends_is_no_dearer_plan() -> None:
    assert _told(steps_of(_monthly(2950, 2950, 5900))) == [("new", 2950), ("coupon", 5900)]


@pytest.mark.parametrize(("takes_amount", "monthly"), [(False, 4950), (True, 6950)])
def test_a_coupon_goes_along_to_another_plan(takes_amount: bool, monthly: int) -> None:  # noqa: FBT001 -- a parameter of the test
    change = Changed(
        price=2,
        was=1,
        interval="month",
        interval_was="month",
        amount=9900,
        amount_was=5900,
        is_up=True,
        asked_at=START + 9 * A_DAY,
        due_at=START + 9 * A_DAY,
        applied_at=START + 9 * A_DAY,
    )
    said = _monthly(2950, changed=[change], takes_amount=takes_amount)
    assert _told(steps_of(said)) == [("new", 2950), ("grew", monthly)]


def test_a_hold_without_an_end_ends_with_it() -> None:
    hold = Span(START + 10 * A_DAY, NEVER)
    assert _told(steps_of(_monthly(5900, holds=[hold]))) == [("new", 5900), ("hold", 0)]
    said = _monthly(5900, holds=[hold], ended_at=START + 40 * A_DAY)
    assert _told(steps_of(said)) == [("new", 5900), ("hold", 0), ("left", 0)]


def test_what_was_never_paid_brings_nothing() -> None:
    said = Facts(START, 1, "month", 5900, [], ended_at=START + A_DAY)
    assert _told(steps_of(said)) == [("began", 0), ("untaken", 0)]


def test_paid_time_ends_when_it_ended() -> None:
    spans = [Span(START, START + 30 * A_DAY), Span(START + 30 * A_DAY, START + 60 * A_DAY)]
    assert runs_of(spans, None) == [Span(START, START + 60 * A_DAY)]
    assert runs_of(spans, START + 40 * A_DAY) == [Span(START, START + 40 * A_DAY)]
    assert runs_of(spans, START) == []
