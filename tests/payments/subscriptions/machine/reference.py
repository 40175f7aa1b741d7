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


@dataclass
class Spread:
    """A sum in so many charges as Stripe has them, and what the shop decided of it."""

    count: int
    total: int
    charges: Sequence[Charged]
    rest: Charged | None = None
    """What was paid at once of it."""
    ended_at: datetime | None = None
    is_let_go: bool = False
    is_stopped: bool = False

    @property
    def paid(self) -> list[Charged]:
        """All the money that came."""
        came = [each for each in self.charges if each.status == "paid" and each.paid]
        return [*came, *([self.rest] if self.rest is not None else [])]

    @property
    def is_whole(self) -> bool:
        """Whether all of it was paid."""
        return self.rest is not None or len(self.paid) >= self.count

    @property
    def kept(self) -> int:
        """What stayed of the money."""
        return sum(each.paid - each.gone for each in self.paid)

    @property
    def is_returned(self) -> bool:
        """Whether all money went back, or a bank took some of it."""
        paid = self.paid
        return bool(paid) and (
            any(each.is_lost for each in paid) or not any(each.counts for each in paid)
        )


def is_spread_open(of: Spread, now: datetime) -> bool:
    """Whether what is paid in charges is open at ``now``."""
    if not of.paid or of.is_returned or any(each.is_held for each in of.paid):
        return False
    if of.is_whole or of.is_let_go:
        return True
    unpaid = [each.written_at for each in of.charges if each.is_owed]
    is_over = of.is_stopped or (of.ended_at is not None and not unpaid)
    return not is_over and all(now < moment + DAYS_TO_FIX for moment in unpaid)


@dataclass
class Given:
    """A gift that was opened: its money, and the time its receiver has."""

    money: Charged
    time: Between


def is_gift_open(of: Given, now: datetime) -> bool:
    """Whether a gift is open to who opened it."""
    return of.money.counts and not of.money.is_held and now in of.time
