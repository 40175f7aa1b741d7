"""Codes as they are read and typed, safe ways on, limits, and an address made from a name."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from datetime import timedelta
from unicodedata import combining, decimal, normalize

from django.utils.http import url_has_allowed_host_and_scheme

from core.limits import Limit

CODE_LIFE = timedelta(minutes=15)
CODE_DIGITS = 6
TRIES = 5
MAILS_PER_SIGN_IN = 4
HAND_OVER_LIFE = timedelta(seconds=60)

_MINUTES_15, _DAY = 15 * 60, 24 * 3600
BY_ADDRESS = Limit("sign-in-address", 5, _MINUTES_15)
BY_ADDRESS_AND_DAY = Limit("sign-in-address-day", 30, _DAY)
"""Thirty sign-ins of five tries are one chance in 6,666 a day, and the owner sees thirty mails."""
BY_IP = Limit("sign-in-ip", 20, _MINUTES_15)
BY_STORE = Limit("sign-in-store", 2_000, _MINUTES_15)
BY_OPENER = Limit("open-store", 10, _DAY)
LABEL_CHECKS = Limit("label-checks", 120, 60)

NO_BREAK_SPACE = "\u00a0"
LONGEST_PATH = 500
LONGEST_LABEL = 40
_NOT_IN_LABEL = re.compile("[^a-z0-9]+")

LETTERS = str.maketrans(
    {
        "א": "a",
        "ב": "b",
        "ג": "g",
        "ד": "d",
        "ה": "h",
        "ו": "o",
        "ז": "z",
        "ח": "h",
        "ט": "t",
        "י": "i",
        "כ": "k",
        "ך": "k",
        "ל": "l",
        "מ": "m",
        "ם": "m",
        "נ": "n",
        "ן": "n",
        "ס": "s",
        "ע": "a",
        "פ": "p",
        "ף": "f",
        "צ": "ts",
        "ץ": "ts",
        "ק": "k",
        "ר": "r",
        "ש": "sh",
        "ת": "t",
    }
)
"""Hebrew as people write it in addresses, not as librarians do."""


def shown_code(code: str) -> str:
    """Return a code as it is read: two halves that stay in order in a right-to-left line too."""
    return code[:3] + NO_BREAK_SPACE + code[3:]


def isolated(text: str) -> str:
    """Return an address that keeps its own order inside a right-to-left sentence."""
    return f"\u2066{text}\u2069"


def typed_code(text: str) -> str:
    """Return the digits of what was typed or pasted, in whatever script and however parted."""
    return "".join(str(decimal(letter)) for letter in text if letter.isdecimal())


def safe_path(path: str) -> str:
    """Return ``path`` when it leads to a page of the same host, else an empty string."""
    is_path = path.startswith("/") and len(path) <= LONGEST_PATH and path.isprintable()
    if is_path and url_has_allowed_host_and_scheme(path, allowed_hosts=None):
        return path
    return ""


def client_address(meta: Mapping[str, str], *, behind_proxy: bool) -> str:
    """Return who asks, as limits count them: an IPv4 address, or the /64 of an IPv6 one.

    Behind our proxy the last entry of X-Forwarded-For is the one the proxy wrote itself.
    """
    text = meta.get("REMOTE_ADDR", "")
    if behind_proxy:
        text = meta.get("HTTP_X_FORWARDED_FOR", text).rpartition(",")[2].strip()
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return "unknown"
    if address.version == 6:  # noqa: PLR2004 -- the protocol's name
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def suggested_label(name: str) -> str:
    """Return the first part of a host made from a store's name; empty when nothing is left."""
    plain = normalize("NFKD", name.lower())
    latin = "".join(letter for letter in plain if not combining(letter)).translate(LETTERS)
    label = _NOT_IN_LABEL.sub("-", latin.replace("'", "")).strip("-")[:LONGEST_LABEL].strip("-")
    return label if len(label) > 2 else ""  # noqa: PLR2004 -- a host label of ours has three letters
