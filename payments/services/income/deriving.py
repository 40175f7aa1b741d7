"""How a subscription stood from moment to moment, from the facts about it. Pure.

A period's price counts by the month: a year's by twelve, a quarter's by three, a week's by the
average month of 1461/48 days; each subscription's is rounded to a whole minor unit, halves up,
before anything is summed, so every sum is the sum of its rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from access.rules import Span, merged
from payments.models import IncomeStep

State, Kind = IncomeStep.Stand, IncomeStep.Kind
MONTHS = {"week": Fraction(48 * 7, 1461), "month": Fraction(1)}
MONTHS |= {"quarter": Fraction(3), "year": Fraction(12)}
ABOUT = timedelta(hours=1)
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""The end of a hold that has none yet."""
A_DAY = timedelta(days=1)
"""So long before it was asked for, a change may have been reckoned: its page stood open."""


@dataclass(frozen=True)
class Charged:
    """A whole period, or the rest of one, that was paid for."""

    since: datetime
    amount: int | None
    """Of the whole period, after its coupon; None for the rest of one."""
    is_change: bool = False
    """Whether a change of plan brought it."""


@dataclass(frozen=True)
class Changed:
    """A change of plan that came to effect."""

    price: int
    """Keys of prices."""
    was: int
    interval: str
    interval_was: str
    amount: int
    """For a whole period, before any coupon."""
    amount_was: int
    is_up: bool
    """Whether it was paid for at once."""
    asked_at: datetime
    due_at: datetime
    applied_at: datetime


@dataclass(frozen=True)
class Facts:
    """All that says how one subscription stood."""

    started_at: datetime
    price: int
    interval: str
    amount: int
    charged: Sequence[Charged]
    changed: Sequence[Changed] = ()
    rests: Sequence[Span] = ()
    holds: Sequence[Span] = ()
    ended_at: datetime | None = None
    takes_amount: bool = False
    """Whether its coupon takes off an amount, and not a part."""
    was_here: Callable[[datetime], bool] = lambda _joined_at: False
    """Whether the same customer had paid for the same product before a moment."""


@dataclass(frozen=True)
class Step:
    """One step: see ``IncomeStep``."""

    kind: str
    state: str
    price: int
    since: datetime
    until: datetime | None
    monthly: int
    before: int
    worth: int
    joined_at: datetime | None


@dataclass(frozen=True)
class Plan:
    """What is paid from a moment on."""

    since: datetime
    price: int
    interval: str
    agreed: int
    """For a period, before any coupon."""
    net: int
    """After it."""

    @property
    def monthly(self) -> int:
        """What it brings by the month."""
        return by_month(self.net, self.interval)


def by_month(amount: int, interval: str) -> int:
    """Return what a period's price comes to by the month, in whole minor units, halves up."""
    return int(amount / MONTHS[interval] + Fraction(1, 2))


def steps_of(facts: Facts) -> list[Step]:
    """Return how it stood, from its beginning on, without a gap; the last step has no end."""
    plans = _plans(facts)
    joined_at = plans[0].since if plans else None
    if joined_at is not None and facts.ended_at is not None and facts.ended_at <= joined_at:
        joined_at, plans = None, []
    begins = min(filter(None, (facts.started_at, joined_at)))
    if facts.ended_at is not None:
        begins = min(begins, facts.ended_at - timedelta(microseconds=1))
    found: list[Step] = []
    for moment in _moments(facts, plans, begins):
        state = _state(facts, joined_at, moment)
        plan = _plan_at(plans, moment) or _first_plan(facts, moment)
        step = _step(facts, found[-1] if found else None, state, plan, moment, joined_at, plans)
        if step is not None:
            if found:
                found[-1] = _ended(found[-1], moment)
            found.append(step)
    return found


def runs_of(spans: Iterable[Span], ended_at: datetime | None) -> list[Span]:
    """Return paid time that was not over yet when it ended, cut there."""
    runs = merged(spans)
    if ended_at is None:
        return runs
    return [Span(run.start, min(run.end, ended_at)) for run in runs if run.start < ended_at]


def _moments(facts: Facts, plans: Sequence[Plan], begins: datetime) -> list[datetime]:
    ends = facts.ended_at
    edges = {begins, *(plan.since for plan in plans)}
    for span in (*facts.rests, *facts.holds):
        edges |= {span.start, span.end}
    found = {edge for edge in edges if begins <= edge and (ends is None or edge < ends)}
    return sorted((found | ({ends} if ends is not None else set())) - {NEVER})


def _state(facts: Facts, joined_at: datetime | None, moment: datetime) -> IncomeStep.Stand:
    if facts.ended_at is not None and facts.ended_at <= moment:
        return State.OVER
    if joined_at is None or moment < joined_at:
        return State.BEFORE
    if any(span.start <= moment < span.end for span in facts.holds):
        return State.HELD
    if any(span.start <= moment < span.end for span in facts.rests):
        return State.RESTING
    return State.PAYING


def _step(
    facts: Facts,
    last: Step | None,
    state: IncomeStep.Stand,
    plan: Plan,
    moment: datetime,
    joined_at: datetime | None,
    plans: Sequence[Plan],
) -> Step | None:
    """Return the step that begins at a moment; None where nothing about it changes."""
    joined = joined_at if joined_at is not None and joined_at <= moment else None
    worth = plan.monthly if joined is not None else 0
    monthly = worth if state == State.PAYING else 0
    is_same = last is not None and (last.state, last.worth, last.price) == (
        *(state, worth, plan.price),
    )
    if is_same or (last is not None and last.state == state == State.OVER):
        return None
    kind = _kind(facts, last, state, moment, joined, plans)
    before = last.monthly if last is not None else 0
    return Step(kind, state, plan.price, moment, None, monthly, before, worth, joined)


def _kind(
    facts: Facts,
    last: Step | None,
    state: IncomeStep.Stand,
    moment: datetime,
    joined_at: datetime | None,
    plans: Sequence[Plan],
) -> IncomeStep.Kind:
    was = last.state if last is not None else State.BEFORE
    if state == State.OVER:
        return Kind.UNTAKEN if joined_at is None else Kind.LEFT
    if state == State.BEFORE:
        return Kind.BEGAN
    if was == State.BEFORE:
        return Kind.AGAIN if facts.was_here(moment) else Kind.NEW
    if state == was:
        return _plan_kind(plans, moment)
    if state == State.HELD:
        return Kind.HOLD
    if was == State.HELD:
        return Kind.RECOVERED
    return Kind.RESTS if state == State.RESTING else Kind.RETURNS


def _plan_kind(plans: Sequence[Plan], moment: datetime) -> IncomeStep.Kind:
    """Return whether another plan made the difference, or only a coupon."""
    earlier = [plan for plan in plans if plan.since < moment]
    plan, was = _plan_at(plans, moment), earlier[-1]
    assert plan is not None  # noqa: S101 -- it has joined
    if (plan.price, plan.agreed) == (was.price, was.agreed):
        return Kind.COUPON
    return Kind.GREW if plan.monthly >= was.monthly else Kind.SHRANK


def _ended(step: Step, until: datetime) -> Step:
    return Step(**{**vars(step), "until": until})


def _plan_at(plans: Sequence[Plan], moment: datetime) -> Plan | None:
    past = [plan for plan in plans if plan.since <= moment]
    return past[-1] if past else None


def _plans(facts: Facts) -> list[Plan]:
    """Return what was paid, from the first period that was paid for on."""
    periods = sorted(
        (each for each in facts.charged if each.amount is not None), key=lambda each: each.since
    )
    if not periods:
        return []
    changes = _in_order(facts)
    start = periods[0].since
    plan = _first_plan(facts, start)
    found: list[Plan] = []
    moments = sorted({each.since for each in periods} | {at for at, _each in changes})
    for moment in moments:
        for at, change in changes:
            if at == moment:
                net = _carried(plan, change.amount, takes_amount=facts.takes_amount)
                plan = Plan(moment, change.price, change.interval, change.amount, net)
        for each in periods:
            if each.since == moment:
                net = each.amount or 0
                plan = Plan(moment, plan.price, plan.interval, plan.agreed, net)
        if start <= moment:
            found.append(plan)
    return found


def _in_order(facts: Facts) -> list[tuple[datetime, Changed]]:
    """Return the changes of plan, each with the moment from which on it holds."""
    return sorted(
        ((_holds_from(each, facts.charged), each) for each in facts.changed),
        key=lambda pair: (pair[0], pair[1].applied_at),
    )


def _first_plan(facts: Facts, since: datetime) -> Plan:
    """Return what was agreed before anything changed; nothing is paid for it yet."""
    changes = _in_order(facts)
    if not changes:
        return Plan(since, facts.price, facts.interval, facts.amount, 0)
    first = changes[0][1]
    return Plan(since, first.was, first.interval_was, first.amount_was, 0)


def _holds_from(change: Changed, charged: Sequence[Charged]) -> datetime:
    """Return from when on a change holds: from the beginning of the time it was charged for."""
    if change.is_up:
        lo, hi = change.asked_at - A_DAY, change.applied_at + ABOUT
        its = [each.since for each in charged if each.is_change and lo <= each.since <= hi]
        return max(its, default=change.applied_at)
    since = change.due_at - ABOUT
    its = [each.since for each in charged if each.amount is not None and since <= each.since]
    return min(its, default=change.due_at)


def _carried(plan: Plan, agreed: int, *, takes_amount: bool) -> int:
    """Return another price after the coupon that is in force, until its first charge tells."""
    if plan.net == plan.agreed or not plan.agreed:
        return agreed
    if takes_amount:
        return max(0, agreed - (plan.agreed - plan.net))
    return int(Fraction(agreed * plan.net, plan.agreed) + Fraction(1, 2))
