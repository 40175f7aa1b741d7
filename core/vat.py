"""Value added tax: the standing rates by country and day, and exact sums in minor units.

Rates are in basis points (1800 is 18 %). A professional checks them; each says where it is from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

WHOLE = 10_000
LONG_AGO = date(2000, 1, 1)


@dataclass(frozen=True)
class Since:
    """A rate, and the first day on which it holds."""

    day: date
    basis_points: int


ISRAEL = (
    # VAT order, section 2 of the Value Added Tax Law 1975; 18 % by the order of December 2024
    Since(date(2015, 10, 1), 1700),
    Since(date(2025, 1, 1), 1800),
)
_FOR_LONG = {
    # European Commission, "VAT rates applied in the Member States", standard rates (looked at 2025)
    "AT": 2000, "BE": 2100, "BG": 2000, "CY": 1900, "CZ": 2100, "DE": 1900, "DK": 2500,
    "ES": 2100, "FR": 2000, "GR": 2400, "HR": 2500, "HU": 2700, "IE": 2300, "IT": 2200,
    "LT": 2100, "LU": 1700, "LV": 2100, "MT": 1800, "NL": 2100, "PL": 2300, "PT": 2300,
    "SE": 2500, "SI": 2200,
    # https://www.gov.uk/vat-rates
    "GB": 2000,
}  # fmt: skip
RATES: Mapping[str, tuple[Since, ...]] = {
    **{country: (Since(LONG_AGO, rate),) for country, rate in _FOR_LONG.items()},
    "IL": ISRAEL,
    # the same page of the Commission: those that moved lately
    "EE": (Since(date(2024, 1, 1), 2200), Since(date(2025, 7, 1), 2400)),
    "FI": (Since(date(2013, 1, 1), 2400), Since(date(2024, 9, 1), 2550)),
    "RO": (Since(date(2017, 1, 1), 1900), Since(date(2025, 8, 1), 2100)),
    "SK": (Since(date(2011, 1, 1), 2000), Since(date(2025, 1, 1), 2300)),
    # Swiss Federal Tax Administration, rates from 1 January 2024
    "CH": (Since(date(2018, 1, 1), 770), Since(date(2024, 1, 1), 810)),
}


def vat_rate(country: str, on: date) -> int:
    """Return the standing rate of a country on a day, in basis points; 0 where we know none."""
    rates = RATES.get(country, ())
    return next((rate.basis_points for rate in reversed(rates) if rate.day <= on), 0)


def vat_of(amount: int, basis_points: int, *, is_inclusive: bool) -> tuple[int, int, int]:
    """Return net, VAT and gross of an amount in minor units; half a unit of VAT rounds up.

    The three always add up, and an inclusive amount stays the gross it was.
    """
    if is_inclusive:
        vat = _rounded(amount * basis_points, WHOLE + basis_points)
        return amount - vat, vat, amount
    vat = _rounded(amount * basis_points, WHOLE)
    return amount, vat, amount + vat


def vat_of_part(part: int, *, before: int, vat_before: int, total: int, vat: int) -> int:
    """Return the VAT in a part of a total that is given back piece by piece.

    ``before`` and ``vat_before`` are what was given back already. Whatever the pieces, their VAT
    adds up to the whole's to the last unit.
    """
    due = _rounded(vat * (before + part), total) if total else 0
    return min(max(0, due - vat_before), part)


def percent(basis_points: int) -> str:
    """Return a rate as people write it: "18", "25.5"."""
    return f"{basis_points / 100:.2f}".rstrip("0").rstrip(".")


def _rounded(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)
