"""Countries by their ISO code: their names in a language, and which of them are in the EU."""

from functools import lru_cache

from babel.core import Locale
from django.utils.translation import get_language

NOT_COUNTRIES = frozenset(
    {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"}
)
"""CLDR's territories of two letters that ISO 3166 gives to nobody."""

EU = frozenset(
    {"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"}
    | {"IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"}
)
"""The member states (https://european-union.europa.eu/principles-countries-history/eu-countries_en)."""


def name_of(code: str, language: str | None = None) -> str:
    """Return the country's name in a language; the code itself when nobody knows it."""
    return dict(_names(language or get_language() or "en")).get(code, code)


def choices(language: str | None = None) -> list[tuple[str, str]]:
    """Return every country's code and name, by name."""
    return list(_names(language or get_language() or "en"))


@lru_cache(maxsize=8)
def _names(language: str) -> tuple[tuple[str, str], ...]:
    territories = Locale.parse(language.replace("-", "_")).territories
    found = [
        (code, name)
        for code, name in territories.items()
        if len(code) == 2 and code not in NOT_COUNTRIES  # noqa: PLR2004 -- ISO 3166's two letters
    ]
    return tuple(sorted(found, key=lambda pair: pair[1]))
