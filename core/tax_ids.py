"""Tax numbers of sellers and business buyers, checked as their country writes them."""

from __future__ import annotations

import re
from typing import Any

from stdnum import get_cc_module
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import ValidationError
from stdnum.il import hp, idnr

from core.countries import EU

SHAPE = re.compile(r"[0-9A-Za-z][0-9A-Za-z ./-]{0,22}[0-9A-Za-z]")
"""What any country's number looks like at least."""


class TaxIdError(ValueError):
    """What was typed is no tax number of this country."""


def clean_person(number: str, country: str) -> str:
    """Return a dealer's or a business buyer's number as its country writes it, or raise TaxIdError.

    In Israel an identity number or a company's (nine digits with a check digit); in the EU a VAT
    number with its country's letters, which may be left out; elsewhere what python-stdnum knows.
    """
    if country == "IL":
        return _checked(idnr, number)
    if country in EU:
        return _eu(number, country)
    module = get_cc_module(country.lower(), "vat") if country else None
    return _checked(module, number) if module else clean_any(number)


def clean_company(number: str, country: str) -> str:
    """Return a company's number, or raise TaxIdError; in Israel those begin with a 5."""
    return _checked(hp, number) if country == "IL" else clean_person(number, country)


def clean_any(number: str) -> str:
    """Return a number nobody can check, if it looks like one at all; else raise TaxIdError."""
    number = number.strip()
    if not SHAPE.fullmatch(number) or not any(sign.isdigit() for sign in number):
        raise TaxIdError(number)
    return number


def _eu(number: str, country: str) -> str:
    letters = "EL" if country == "GR" else country
    typed = re.sub(r"[\s.\-/]", "", number).upper()
    if country == "GR" and typed.startswith("GR"):
        typed = typed[2:]
    if not typed.startswith(letters):
        typed = letters + typed
    return _checked(eu_vat, typed)


def _checked(module: Any, number: str) -> str:
    try:
        return str(module.validate(number))
    except ValidationError as error:
        raise TaxIdError(number) from error
