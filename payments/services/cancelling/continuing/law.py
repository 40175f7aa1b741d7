"""What the law of a seller's country says of ending a continuing deal: facts, each with its day.

A professional of the country looks at this page before a store relies on it; ``checked_on`` says
when somebody last did. A change of the law is a new entry with its first day, never an edit. What
a store gives beyond the law (leaving on any day, with the unused days back) is no part of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from core import countries
from payments.services.cancelling.law import EUROPE, ISRAEL


@dataclass(frozen=True)
class ContinuingLaw:
    """One country's rules from a day on. Charges stop with the notice in all of them."""

    country: str
    from_day: date
    checked_on: date | None
    """When a professional of the country last confirmed it; None: nobody yet."""
    ends_at_any_time: bool = False
    """Whether a notice ends the deal, and with it what is paid, before the paid period is over."""
    working_days: int = 0
    """Within how many working days it then takes effect; the day of the notice is not counted."""
    working_days_by_post: int = 0
    """The same for a notice sent by registered mail, counted from the day it was posted."""
    start_days: int = 0
    """How many days after the first day it may be withdrawn from, with effect at once."""
    refund_days: int = 14
    """Within how many days the money must be back."""
    is_day_off: Callable[[date], bool] = lambda _day: False

    @property
    def key(self) -> str:
        """What a notice remembers it by."""
        return f"{self.country} {self.from_day:%Y-%m-%d} c".strip()


ISRAEL_CONTINUING = ContinuingLaw(
    country="IL",
    from_day=date(2011, 1, 1),
    checked_on=None,
    ends_at_any_time=True,
    working_days=3,
    working_days_by_post=6,
    start_days=14,
    is_day_off=ISRAEL.is_day_off,
)
"""Consumer Protection Law, 5741-1981 (https://he.wikisource.org/wiki/חוק_הגנת_הצרכן).

§13D: a continuing deal may be ended by notice at any time. It takes effect within three working
days of the notice, within six of its posting by registered mail, unless the customer names a later
day; from then on nothing is charged, and here nothing is charged from the notice on. §13D(b): in
any way a notice may be given, by word too. Only the Sabbath and holidays count as days off: where
Friday is none either, the law leaves the dealer a day more, of which we make no use.
§14C(c)(2): a distance sale of a continuing service may be cancelled within 14 days, begun or not;
§14E: what was used of it is paid for. No fee is kept, though §14E(b) would allow one.
"""

EUROPE_CONTINUING = ContinuingLaw(
    country="EU",
    from_day=date(2022, 5, 28),
    checked_on=None,
    start_days=14,
    is_day_off=EUROPE.is_day_off,
)
"""Directive 2011/83/EU as amended (http://data.europa.eu/eli/dir/2011/83/oj).

Art. 9: 14 days to withdraw from the conclusion of the contract; Art. 14(3): what was used of a
service that began at the buyer's wish is paid in proportion. Art. 11a, by (EU) 2023/2673, since 19
June 2026: by a function on the page. After that members' own laws differ (Germany's §312k BGB wants
a button, and the end at the next possible day): charges stop, and it ends with what is paid.
"""

BRITAIN_CONTINUING = ContinuingLaw(
    country="GB",
    from_day=date(2014, 6, 13),
    checked_on=None,
    start_days=14,
    is_day_off=EUROPE.is_day_off,
)
"""Consumer Contracts (Information, Cancellation and Additional Charges) Regulations 2013.

https://www.legislation.gov.uk/uksi/2013/3134: reg. 29 and 30, 14 days; reg. 36, in proportion. The
subscription chapter of the Digital Markets, Competition and Consumers Act 2024 (a second time to
withdraw after a trial and at each long renewal) is not in force yet: a new entry when it is.
"""

AMERICA_CONTINUING = ContinuingLaw(country="US", from_day=date(2010, 12, 29), checked_on=None)
"""Restore Online Shoppers' Confidence Act, 15 U.S.C. §8403(3): simple mechanisms to stop recurring
charges. California, Bus. & Prof. Code §17600 ff., as amended since 1 July 2025: online, at will, by
the way it was bought, without a hindrance. The trade commission's rule of 2024 ("click to cancel",
16 CFR 425) was set aside in July 2025 and is not counted on. None asks for money back: charges
stop, and it ends with what is paid.
"""

NO_CONTINUING_LAW = ContinuingLaw(country="", from_day=date(2000, 1, 1), checked_on=None)
"""A country whose rules nobody wrote down here: charges stop, and it ends with what is paid."""

LAWS: tuple[ContinuingLaw, ...] = (
    ISRAEL_CONTINUING,
    EUROPE_CONTINUING,
    BRITAIN_CONTINUING,
    AMERICA_CONTINUING,
)


def continuing_law_of(country: str, day: date) -> ContinuingLaw:
    """Return the rules for a seller of ``country`` (ISO 3166) for a notice given on ``day``."""
    area = "EU" if country in countries.EU else country
    known = [law for law in LAWS if law.country == area and law.from_day <= day]
    return max(known, key=lambda law: law.from_day, default=NO_CONTINUING_LAW)
