"""What the law of a seller's country says of cancelling a distance sale: facts, each with its day.

A professional of the country looks at this page before a store relies on it; ``checked_on`` says
when somebody last did. A change of the law is a new entry with its first day, never an edit: a
notice remembers which entry it was judged by.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from core import countries
from core.holidays import jewish_holidays, western_holidays

SATURDAY, SUNDAY = 5, 6


@dataclass(frozen=True)
class Law:
    """One country's rules from a day on. Amounts are minor units, shares are basis points."""

    country: str
    from_day: date
    checked_on: date | None
    """When a professional of the country last confirmed it; None: nobody yet."""
    days: int
    """How many days after the purchase (or its document) it may be cancelled; the first is not
    counted, and a day off at the end moves the end to the next working day."""
    refund_days: int
    """Within how many days of the notice the money must be back."""
    counts_from_document: bool = False
    """Whether the days begin only with the document in writing, where it came later."""
    months_more_without_document: int = 0
    """How much longer it may be cancelled while the document never came."""
    protected_months: int = 0
    """How long some buyers may cancel when the sale included a conversation."""
    opening_ends_it: bool = False
    """Whether what can be copied cannot be returned once opened."""
    opening_needs_consent: bool = False
    """Whether opening ends it only after the buyer consented and said that they know."""
    fee_share: int = 0
    fee_most: Mapping[str, int] = field(default_factory=dict)
    """The most that may be kept, by currency; no fee in a currency that is not named."""
    is_day_off: Callable[[date], bool] = lambda _day: False

    @property
    def key(self) -> str:
        """What a notice remembers it by."""
        return f"{self.country} {self.from_day:%Y-%m-%d}"


def _israel_rests(day: date) -> bool:
    return day.weekday() == SATURDAY or day in jewish_holidays(day.year, in_israel=True)


def _europe_rests(day: date) -> bool:
    return day.weekday() in {SATURDAY, SUNDAY} or day in western_holidays(day.year)


ISRAEL = Law(
    country="IL",
    from_day=date(2016, 11, 1),
    checked_on=None,
    days=14,
    refund_days=14,
    counts_from_document=True,
    protected_months=4,
    opening_ends_it=True,
    fee_share=500,
    fee_most={"ILS": 10_000},
    is_day_off=_israel_rests,
)
"""Consumer Protection Law, 5741-1981 (https://he.wikisource.org/wiki/חוק_הגנת_הצרכן).

§14C(c): 14 days from the deal, or from the document of §14C(b) where that comes later.
§14C1: four months for a person with a disability, one of 65 years or more, or a new immigrant (five
years), when the sale included a conversation, one in writing too.
§14C(d)(5): not what can be recorded or copied once its packaging was opened; we read "opened" as
first opened here. §14C(d)(3) excepts "information" altogether, opened or not; we do not use it, so
a buyer who opened nothing always may cancel: more than the law asks.
§14E(b): the money is back within 14 days of the notice, less at most 5 % or ₪100, the lower. Where
it is cancelled because of a defect nothing is kept (§14E(a)): staff answer that as a request.
Interpretation Law, 5741-1981, §10: the first day does not count; a day of rest at the end does not.
§13D on continuing deals is in ``continuing.law``.
"""

EUROPE = Law(
    country="EU",
    from_day=date(2022, 5, 28),
    checked_on=None,
    days=14,
    refund_days=14,
    months_more_without_document=12,
    opening_ends_it=True,
    opening_needs_consent=True,
    is_day_off=_europe_rests,
)
"""Directive 2011/83/EU as amended by (EU) 2019/2161 (http://data.europa.eu/eli/dir/2011/83/oj).

Art. 9: 14 days from the conclusion of the contract. Art. 10: twelve months more while the buyer was
not told of the right. Art. 13: all is paid back within 14 days of the notice, without a fee.
Art. 16(m): no right once digital content is supplied, but only after express consent, the
acknowledgement that the right is lost, and a confirmation of both (the receipt's mail).
Art. 11a, by (EU) 2023/2673, since 19 June 2026: a function on the page, name and order, and an
acknowledgement with day and hour. Regulation (EEC) 1182/71, Art. 3: a Saturday, Sunday or holiday
at the end moves it to the next working day; of holidays the ones kept everywhere are known here.
"""

NO_LAW = Law(country="", from_day=date(2000, 1, 1), checked_on=None, days=0, refund_days=14)
"""A country whose rules nobody wrote down here: the store's own terms are all there is."""

LAWS: tuple[Law, ...] = (ISRAEL, EUROPE)


def law_of(country: str, day: date) -> Law:
    """Return the rules for a seller of ``country`` (ISO 3166) for a purchase made on ``day``."""
    area = "EU" if country in countries.EU else country
    known = [law for law in LAWS if law.country == area and law.from_day <= day]
    return max(known, key=lambda law: law.from_day, default=NO_LAW)
