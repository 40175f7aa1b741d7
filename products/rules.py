"""Presales, monthly charges and round prices: pure functions, without the database."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from core import money

WARNED_BEFORE = (0, 2, 7)
"""Days before an opening at which its creator is warned when it is not ready."""


def opened_since(
    opens_at: datetime | None,
    opened_at: datetime | None,
    late_at: datetime | None,
    *,
    is_ready: bool,
    now: datetime,
) -> datetime | None:
    """Return since when a presale is open at ``now``, or None while it is not.

    It opens by itself at its moment when it is ready then, whether or not a sweep came by. Found
    not ready it is late, and stays closed until a new day or a hand opens it.
    """
    if opened_at is not None:
        return opened_at if opened_at <= now else None
    if opens_at is None or now < opens_at or late_at is not None or not is_ready:
        return None
    return opens_at


def warning_due(opens_on: date, today: date, warned_days: int | None) -> int | None:
    """Return of how many days before the opening to warn now, or None when nothing is new.

    Of several that were missed only the last is told; on no day is one told twice.
    """
    ahead = (opens_on - today).days
    due = next((days for days in WARNED_BEFORE if ahead <= days), None)
    if ahead < 0 or due is None or (warned_days is not None and warned_days <= due):
        return None
    return due


def charges_of(total: int, count: int) -> tuple[int, int]:
    """Return the first charge of a sum that is paid in ``count``, and each later one.

    What the division leaves over is on the first; in minor units.
    """
    each = total // count
    return total - each * (count - 1), each


FIRST_MOST = 500
"""Up to how many shekels a first product is an easy yes."""
TOO_LOW = 15
"""Below how many shekels a price says that the thing is worth little."""
_SHEKELS = {
    "ILS": Decimal(1),
    "USD": Decimal("3.6"),
    "EUR": Decimal("4.0"),
    "GBP": Decimal("4.6"),
    "CAD": Decimal("2.6"),
    "AUD": Decimal("2.4"),
    "CHF": Decimal("4.2"),
    "JPY": Decimal("0.025"),
    "KWD": Decimal(12),
}
"""Roughly what one unit of a currency is in shekels: for advice only, never for a charge."""
_STEPS = (Decimal(1), Decimal(5), Decimal(10), Decimal(50), Decimal(100), Decimal(500))
_FINE = 12
"""A price is rounded to the widest step that still leaves this many of them in it."""


def like_shekels(shekels: int, currency: str) -> int:
    """Return, in minor units, a round price in ``currency`` about worth so many shekels."""
    if currency == "ILS":
        return money.from_major(Decimal(shekels), currency)
    exact = Decimal(shekels) / _SHEKELS.get(currency, Decimal(4))
    step = max((each for each in _STEPS if exact / each >= _FINE), default=_STEPS[0])
    rounded = max((exact / step).to_integral_value(), Decimal(1)) * step
    return money.from_major(rounded, currency)
