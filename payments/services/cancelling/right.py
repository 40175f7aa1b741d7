"""May it be cancelled, until when, at what cost, and why: a pure judgement of dates and facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from core.clock import add_months, local_day, start_of_day
from payments.services.cancelling.law import Law

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

WHOLE = 10_000
"""All of it, in basis points."""


@dataclass(frozen=True)
class Terms:
    """What a store allows beyond the law. Less than the law changes nothing."""

    days: int = 0
    after_opening: bool = False
    charges_fee: bool = False
    fee_share: int = 0
    """The store's own fee in basis points; counts only where no law says what it may be."""


@dataclass(frozen=True)
class Facts:
    """One thing that was bought. ``amount`` is what was paid for it, in minor units."""

    amount: int
    currency: str
    bought_at: datetime
    document_sent_at: datetime | None = None
    """When the purchase was put in writing to the buyer; None when it never was."""
    first_opened_at: datetime | None = None
    is_waiting: bool = False
    """Whether it is a presale that has not opened yet."""
    opens_at: datetime | None = None
    """Its promised opening, which may have passed while it still waits."""
    consented: bool = False
    """Whether the buyer agreed that it opens at once and that the right ends with that."""
    is_protected: bool = False
    """Whether the law gives this buyer longer: who they are, and a conversation before the sale."""


class Because(StrEnum):
    """Why it may or may not be cancelled."""

    NOT_OPEN_YET = "not_open_yet"
    IN_TIME = "in_time"
    STORE_ALLOWS = "store_allows"
    LATE = "late"
    OPENED = "opened"
    NO_TERMS = "no_terms"


SENTENCES: dict[Because, _StrPromise] = {
    Because.NOT_OPEN_YET: _(
        "It has not opened yet: until then the money comes back, no questions."
    ),
    Because.IN_TIME: _("It is inside the days in which a purchase may be cancelled."),
    Because.STORE_ALLOWS: _("The shop allows it, beyond what the law asks."),
    Because.LATE: _("The days in which it may be cancelled are over."),
    Because.OPENED: _("It was opened, and what was opened cannot be returned by itself."),
    Because.NO_TERMS: _("The shop has no days to cancel. It can be asked."),
}


@dataclass(frozen=True)
class Right:
    """The answer. ``until`` is the first moment that is too late; None means no end is known."""

    may: bool
    because: Because
    until: datetime | None
    fee: int
    refund_due_by: datetime

    @property
    def sentence(self) -> _StrPromise:
        """Why, for both sides."""
        return SENTENCES[self.because]


def cancel_right(law: Law, terms: Terms, facts: Facts, now: datetime, zone: ZoneInfo) -> Right:
    """Return whether what was bought may be cancelled by a notice given at ``now``.

    Days are the store's: the last one ends at midnight there. Law and terms are judged apart and
    the better one for the buyer counts, so a store can only be more generous.
    """
    due = end_of_days(local_day(now, zone), law.refund_days, law, zone)
    if facts.is_waiting:
        return Right(
            may=True,
            because=Because.NOT_OPEN_YET,
            until=facts.opens_at if facts.opens_at and now < facts.opens_at else None,
            fee=0,
            refund_due_by=due,
        )
    by_law, until_law = _in_law(law, facts, now, zone)
    by_store, until_store = _in_terms(terms, facts, now, zone)
    may = by_law or by_store
    until = until_law or until_store
    if by_law and until_law and by_store:
        until = _later(until_law, until_store)
    elif by_store and not by_law:
        until = until_store
    because = Because.IN_TIME if by_law else Because.STORE_ALLOWS
    return Right(
        may=may,
        because=because if may else _why_not(law, terms, facts, now, zone),
        until=None if by_law and until_law is None else until,
        fee=fee_of(law, terms, facts) if may else 0,
        refund_due_by=due,
    )


def fee_of(law: Law, terms: Terms, facts: Facts) -> int:
    """Return what may be kept of the price, in minor units, rounded in the buyer's favour."""
    if not terms.charges_fee:
        return 0
    if not law.country:
        return facts.amount * min(terms.fee_share, WHOLE) // WHOLE
    return min(facts.amount * law.fee_share // WHOLE, most_fee(law, facts.currency) or 0)


def most_fee(law: Law, currency: str) -> int | None:
    """Return the most that may be kept of one deal; None where no law sets a most."""
    return law.fee_most.get(currency, 0) if law.country else None


def is_lost_by_opening(law: Law, facts: Facts) -> bool:
    """Whether the law's right ended when it was first opened."""
    if not law.opening_ends_it or facts.first_opened_at is None:
        return False
    return facts.consented or not law.opening_needs_consent


def law_ends(law: Law, facts: Facts, zone: ZoneInfo) -> datetime | None:
    """Return the first moment after the law's days; None while they have not begun to count."""
    begins = facts.bought_at
    if law.counts_from_document:
        if facts.document_sent_at is None:
            return None
        begins = max(begins, facts.document_sent_at)
    first = local_day(begins, zone)
    end = end_of_days(first, law.days, law, zone)
    if facts.is_protected and law.protected_months:
        long = start_of_day(add_months(first, law.protected_months) + timedelta(days=1), zone)
        end = max(end, long)
    if facts.document_sent_at is None and law.months_more_without_document:
        last = local_day(end, zone) - timedelta(days=1)
        longer = add_months(last, law.months_more_without_document) + timedelta(days=1)
        end = start_of_day(longer, zone)
    return end


def end_of_days(first: date, days: int, law: Law, zone: ZoneInfo) -> datetime:
    """Return the midnight that ends the last of ``days`` after ``first``, a day off moved on."""
    last = first + timedelta(days=days)
    while law.is_day_off(last):
        last += timedelta(days=1)
    return start_of_day(last + timedelta(days=1), zone)


def _in_law(law: Law, facts: Facts, now: datetime, zone: ZoneInfo) -> tuple[bool, datetime | None]:
    if not law.days:
        return False, None
    end = law_ends(law, facts, zone)
    is_early = end is None or now < end
    return is_early and not is_lost_by_opening(law, facts), end


def _in_terms(
    terms: Terms, facts: Facts, now: datetime, zone: ZoneInfo
) -> tuple[bool, datetime | None]:
    if not terms.days:
        return False, None
    last = local_day(facts.bought_at, zone) + timedelta(days=terms.days)
    end = start_of_day(last + timedelta(days=1), zone)
    is_closed = facts.first_opened_at is None or terms.after_opening
    return now < end and is_closed, end


def _why_not(law: Law, terms: Terms, facts: Facts, now: datetime, zone: ZoneInfo) -> Because:
    if not law.days and not terms.days:
        return Because.NO_TERMS
    ends = [_in_terms(terms, facts, now, zone)[1]] if terms.days else []
    if law.days:
        ends.append(law_ends(law, facts, zone))
    is_early = any(end is None or now < end for end in ends)
    return Because.OPENED if is_early and facts.first_opened_at is not None else Because.LATE


def _later(one: datetime, other: datetime | None) -> datetime:
    return one if other is None else max(one, other)
