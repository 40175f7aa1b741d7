"""Amounts: how many decimals a currency has, what is too little, what Stripe keeps."""

from __future__ import annotations

from decimal import Decimal

from babel import Locale
from babel.numbers import format_currency

# https://docs.stripe.com/currencies: amounts are in the smallest unit that exists.
ZERO_DECIMALS = "bif clp djf gnf jpy kmf krw mga pyg rwf ugx vnd vuv xaf xof xpf"
THREE_DECIMALS = "bhd jod kwd omr tnd"
MINIMUM = {"usd": 50, "eur": 50, "gbp": 30, "cad": 50, "aud": 50, "jpy": 50}
MAXIMUM = 99_999_999
FEE_PER_MILLE = 29
FEE_FIXED = 30
DISPUTE_FEE = 1500


def decimals(currency: str) -> int:
    """Return how many digits follow the point."""
    if currency in ZERO_DECIMALS.split():
        return 0
    return 3 if currency in THREE_DECIMALS.split() else 2


def shown(amount: int, currency: str, language: str = "en") -> str:
    """Return the amount as people write it."""
    value = Decimal(amount).scaleb(-decimals(currency))
    places = "0" * decimals(currency)
    pattern = Locale.parse(language).currency_formats["standard"].pattern
    exact = pattern.replace("0.00", f"0.{places}".rstrip("."))
    text = format_currency(
        value, currency.upper(), format=exact, locale=language, currency_digits=False
    )
    return str(text)


def minimum(currency: str) -> int:
    """Return the smallest amount that can be charged."""
    return MINIMUM.get(currency, 1)


def fee(amount: int) -> int:
    """Return what the pretend Stripe keeps of a charge: 2.9 % and 30 minor units."""
    return (amount * FEE_PER_MILLE + 500) // 1000 + FEE_FIXED
