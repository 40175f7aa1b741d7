"""What should have become of somebody who pays every month: a model that knows nothing of the shop.

It is told what Stripe says of the subscription and its money, and which rests were agreed on, and
says in other words than the shop's own what is paid for and whether it is open (payments.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

DAYS_TO_FIX = timedelta(days=7)
DAYS_ON_HOLD = timedelta(days=30)


@dataclass(frozen=True)
class Between:
    """From one moment to another, the second not included."""

    begins: datetime
    ends: datetime

    def __contains__(self, moment: datetime) -> bool:
        return self.begins <= moment < self.ends


@dataclass(frozen=True)
class Charged:
    """One invoice: what was paid for it, what went back, and the whole period it is for."""

    id: str
    status: str
    written_at: datetime
    paid: int = 0
    gone: int = 0
    period: Between | None = None
    is_tried: bool = False
    is_for_a_change: bool = False
    is_lost: bool = False
    """A bank took it back for good."""
    is_held: bool = False
    """A bank has it for now."""

    @property
    def counts(self) -> bool:
        """Whether its money stayed."""
        return self.status == "paid" and self.paid > self.gone and not self.is_lost

    @property
    def is_owed(self) -> bool:
        """Whether a card was refused for it that should still pay it."""
        is_open = self.status in {"open", "uncollectible"}
        return is_open and self.is_tried and not self.is_for_a_change


@dataclass
class Returning:
    """One subscription as Stripe has it, and the rests that were agreed on."""

    charges: Sequence[Charged]
    ends_at: datetime | None = None
    ended_at: datetime | None = None
    rests: Sequence[Between] = field(default_factory=list)


def paid_periods(of: Returning) -> dict[str, Between]:
    """Return which time is paid for, by the invoice that paid it."""
    return {each.id: each.period for each in of.charges if each.period is not None and each.counts}


def is_open(of: Returning, now: datetime) -> bool:
    """Whether it is open at ``now``; somebody who never paid has nothing."""
    if not any(each.status == "paid" for each in of.charges):
        return False
    return not any(_closed_by(of, now))


def _closed_by(of: Returning, now: datetime) -> Iterable[bool]:
    yield any(moment is not None and moment <= now for moment in (of.ends_at, of.ended_at))
    yield any(now in rest for rest in of.rests)
    for each in of.charges:
        yield each.is_held
        yield each.is_owed and each.written_at + DAYS_TO_FIX <= now
        went_back = each.status == "paid" and each.paid > 0 and not each.counts
        yield went_back and each.period is not None and now in each.period


def should_have_ended(of: Returning, now: datetime) -> bool:
    """Whether it was unpaid for so long that its place is not kept."""
    late = DAYS_TO_FIX + DAYS_ON_HOLD
    return any(each.is_owed and each.written_at + late <= now for each in of.charges)


def charged_twice(of: Returning) -> list[str]:
    """Return the invoices whose period overlaps another's that was paid and kept before."""
    periods = sorted(paid_periods(of).items(), key=lambda one: one[1].begins)
    found, until = [], None
    for name, period in periods:
        if until is not None and period.begins < until:
            found.append(name)
        until = max(period.ends, until) if until is not None else period.ends
    return found
