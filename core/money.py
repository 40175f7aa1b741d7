"""Money as integers in minor units with a currency, and how it is shown and typed."""

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from babel.core import Locale, UnknownLocaleError
from babel.numbers import (
    format_currency,
    get_currency_precision,
    get_currency_symbol,
    parse_decimal,
)
from django.utils.translation import get_language

CURRENCIES = ("ILS", "USD", "EUR", "GBP", "CAD", "AUD", "CHF", "JPY", "KWD")
"""What a store may choose; JPY has no decimals and KWD three, so neither is ever assumed."""

MAX_AMOUNT = 99_999_999
"""Stripe's largest charge in minor units (https://docs.stripe.com/currencies)."""

_SMALLEST = {"JPY": 50, "KWD": 200, "ILS": 200, "GBP": 30}
"""Below this card companies charge nothing (https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts)."""


def smallest_charge(currency: str) -> int:
    """Return the smallest amount, in minor units, that a card can be charged."""
    return _SMALLEST.get(currency, 50)


_NUMBER = re.compile(r"[0-9][0-9.,'\u00a0\u202f ]{0,30}")


RIGHT_MARK = "\u200f"
MINUS = "\u200e\u2212"
"""On a right-to-left page a minus stands at the left of its number: the mark holds it there."""


class MoneyError(ValueError):
    """What was typed is no amount of this currency."""


def decimals(currency: str) -> int:
    """Return how many decimals ``currency`` has (ISO 4217, from CLDR)."""
    return int(get_currency_precision(currency))


def to_major(amount: int, currency: str) -> Decimal:
    """Return minor units as a decimal number of the currency's unit."""
    return Decimal(amount).scaleb(-decimals(currency))


def from_major(number: Decimal, currency: str) -> int:
    """Return a decimal number as minor units; a fraction of a minor unit is a MoneyError."""
    try:
        minor = number.scaleb(decimals(currency))
        if not minor.is_finite() or minor != minor.to_integral_value():
            raise MoneyError(number)
    except InvalidOperation as error:
        raise MoneyError(number) from error
    return int(minor)


def parse(text: str, currency: str, language: str = "en") -> int:
    """Return the minor units of what a person typed ("1,299.90"), or raise MoneyError."""
    if not _NUMBER.fullmatch(text.strip()):
        raise MoneyError(text)
    try:
        number = parse_decimal(text.strip(), locale=_locale(language), strict=True)
    except (ValueError, UnicodeError) as error:
        raise MoneyError(text) from error
    return from_major(number, currency)


def display(amount: int, currency: str, language: str | None = None) -> str:
    """Return the amount as the reader's language writes it; whole amounts without decimals."""
    return _display(amount, currency, language or get_language() or "en")


@lru_cache(maxsize=4096)
def _display(amount: int, currency: str, language: str) -> str:
    number = to_major(amount, currency)
    whole = number == number.to_integral_value()
    pattern = None
    locale = _locale(language)
    if whole:
        pattern = locale.currency_formats["standard"].pattern.replace(".00", "")
    is_mirrored = number < 0 and locale.text_direction == "rtl"
    text = format_currency(
        abs(number) if is_mirrored else number,
        currency,
        format=pattern,
        locale=locale,
        currency_digits=not whole,
    )
    return f"{RIGHT_MARK}{MINUS}{text.lstrip(RIGHT_MARK)}" if is_mirrored else str(text)


def symbol(currency: str, language: str | None = None) -> str:
    """Return a currency as the reader's language writes it beside a number: "₪"; its code where
    there is no sign for it.
    """
    return str(get_currency_symbol(currency, _locale(language or get_language() or "en")))


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return Locale.parse("en")
