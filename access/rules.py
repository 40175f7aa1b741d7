"""When things open: pure functions of paid time and release rules, without the database.

Moments are aware UTC datetimes; days and dates begin at 00:00 in the store's zone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from core import clock

TICK = timedelta(microseconds=1)
BILLING_SLACK = timedelta(days=2)
"""Stripe counts months in UTC, a store on its own wall: the two may differ by this much."""


@dataclass(frozen=True, order=True)
class Span:
    """The time from ``start`` up to, not including, ``end``."""

    start: datetime
    end: datetime


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return the same time as spans that neither touch nor overlap, in order."""
    runs: list[Span] = []
    for span in sorted(span for span in spans if span.start < span.end):
        if runs and span.start <= runs[-1].end:
            runs[-1] = Span(runs[-1].start, max(runs[-1].end, span.end))
        else:
            runs.append(span)
    return runs


def without(spans: Iterable[Span], cuts: Iterable[Span]) -> list[Span]:
    """Return the spans' time less the cuts' time, merged."""
    left = merged(spans)
    for cut in merged(cuts):
        left = [
            piece
            for span in left
            for piece in (
                Span(span.start, min(span.end, cut.start)),
                Span(max(span.start, cut.end), span.end),
            )
            if piece.start < piece.end
        ]
    return left


def tenure(
    spans: Iterable[Span], cuts: Iterable[Span], rhythm: str, zone: ZoneInfo, now: datetime
) -> int:
    """Return how many whole periods of ``rhythm`` were paid for and have passed by ``now``.

    Each unbroken run of paid time is measured on the wall clock from its own beginning, so a
    month, a quarter and a year payer who began together are always at the same count. What a run
    leaves of a period is carried to the next run as a fraction, so a rest loses nothing. A run that
    ends within two days of a whole period was paid for whole periods (BILLING_SLACK).
    """
    if not rhythm:
        return 0
    total = Fraction(0)
    for run in without(spans, cuts):
        if run.start < now:
            total += _periods_of(run, rhythm, zone, now)
    return int(total)


def _periods_of(run: Span, rhythm: str, zone: ZoneInfo, now: datetime) -> Fraction:
    exact = _periods(run.start, min(run.end, now), rhythm, zone)
    if run.end <= now:
        rounded = int(_periods(run.start, run.end + BILLING_SLACK, rhythm, zone))
        return max(exact, Fraction(rounded))
    return exact


def _periods(start: datetime, end: datetime, rhythm: str, zone: ZoneInfo) -> Fraction:
    whole = int((end - start) / timedelta(days={"week": 7, "month": 31, "quarter": 92}[rhythm]))
    while clock.add_period(start, rhythm, whole + 1, zone) <= end:
        whole += 1
    begun = clock.add_period(start, rhythm, whole, zone)
    length = clock.add_period(start, rhythm, whole + 1, zone) - begun
    return whole + Fraction(max(end - begun, timedelta(0)) // TICK, length // TICK)


@dataclass(frozen=True)
class Rule:
    """When a part opens for somebody with access; the names are those of products.Part."""

    release: str
    days: int | None = None
    on: date | None = None
    tenure: int | None = None
    after_part_id: int | None = None
    stands_for: int | None = None
    """For how many days from ``on`` a part is its period's own (in_paid_time)."""


@dataclass(frozen=True)
class Standing:
    """What a rule needs to know of one access."""

    starts_at: datetime
    rhythm: str
    spans: Sequence[Span] = ()
    cuts: Sequence[Span] = ()
    finished_part_ids: frozenset[int] = frozenset()


@dataclass(frozen=True)
class NotYet:
    """A rule that is not met: when it will be, if time alone will do it."""

    release: str
    at: datetime | None = None
    missing: int = 0
    """Periods still to be paid for, for a rule of tenure."""
    reached: int = 0
    """Whole periods that were paid for and have passed, for the same."""
    rhythm: str = ""


def not_yet(rule: Rule, standing: Standing, zone: ZoneInfo, now: datetime) -> NotYet | None:
    """Return None when ``rule`` is met at ``now``, otherwise what is missing."""
    match rule.release:
        case "after_days":
            first = clock.local_day(standing.starts_at, zone)
            return _at(rule, clock.start_of_day(first + timedelta(days=rule.days or 0), zone), now)
        case "on_date" if rule.on is not None:
            return _at(rule, clock.start_of_day(rule.on, zone), now)
        case "at_tenure":
            return _by_tenure(rule, standing, zone, now)
        case "in_paid_time" if rule.on is not None:
            return _in_paid_time(rule, rule.on, standing, zone, now)
        case "after_part" if rule.after_part_id not in standing.finished_part_ids:
            return NotYet(rule.release)
    return None


def _by_tenure(rule: Rule, standing: Standing, zone: ZoneInfo, now: datetime) -> NotYet | None:
    reached = tenure(standing.spans, standing.cuts, standing.rhythm, zone, now)
    missing = (rule.tenure or 0) - reached
    if missing <= 0:
        return None
    return NotYet(rule.release, None, missing, reached, standing.rhythm)


def _in_paid_time(
    rule: Rule, on: date, standing: Standing, zone: ZoneInfo, now: datetime
) -> NotYet | None:
    own = own_period(on, rule.stands_for or 1, zone)
    if now < own.start:
        return NotYet(rule.release, at=own.start)
    return None if touches(standing, own) else NotYet(rule.release)


def own_period(on: date, days: int, zone: ZoneInfo) -> Span:
    """Return the days that belong to what came out on a date, by the store's calendar."""
    return Span(clock.start_of_day(on, zone), clock.start_of_day(on + timedelta(days=days), zone))


def touches(standing: Standing, own: Span) -> bool:
    """Whether any time in this period was paid for."""
    runs = without(standing.spans, standing.cuts)
    return any(run.start < own.end and own.start < run.end for run in runs)


def _at(rule: Rule, moment: datetime, now: datetime) -> NotYet | None:
    return NotYet(rule.release, at=moment) if now < moment else None
