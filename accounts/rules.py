"""Codes as they are read and typed, safe ways on, limits, and addresses: of stores, of people."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from unicodedata import combining, decimal, normalize

from django.utils.http import url_has_allowed_host_and_scheme

from core.limits import Limit

CODE_LIFE = timedelta(minutes=15)
CODE_DIGITS = 6
TRIES = 5
MAILS_PER_SIGN_IN = 4
HAND_OVER_LIFE = timedelta(seconds=60)

_MINUTES_15, _DAY = 15 * 60, 24 * 3600
BY_ADDRESS = Limit("sign-in-address", 5, _MINUTES_15, guards_a_secret=True)
BY_ADDRESS_AND_DAY = Limit("sign-in-address-day", 30, _DAY, guards_a_secret=True)
"""Thirty sign-ins of five tries are one chance in 6,666 a day, and the owner sees thirty mails."""
BY_PERSON_AND_DAY = Limit("sign-in-person-day", 90, _DAY, guards_a_secret=True)
"""Over all stores: any one of them opens the person, so a hundred stores are no hundred chances.
More than a store's own thirty, so that nobody is kept out of all of them by asking at one."""
BY_IP = Limit("sign-in-ip", 20, _MINUTES_15)
BY_STORE = Limit("sign-in-store", 2_000, _MINUTES_15)
BY_OPENER = Limit("open-store", 10, _DAY)
BY_STEP = Limit("second-step", 5, _MINUTES_15, guards_a_secret=True)
BY_STEP_AND_DAY = Limit("second-step-day", 30, _DAY, guards_a_secret=True)
BY_PASSWORD_IP = Limit("password-ip", 20, _MINUTES_15, guards_a_secret=True)
BY_PASSWORD_ADDRESS = Limit("password-address", 8, _MINUTES_15, guards_a_secret=True)
BY_PASSWORD_ADDRESS_AND_DAY = Limit("password-address-day", 50, _DAY, guards_a_secret=True)
CHANGES_BY_PERSON = Limit("address-change", 4, _DAY)
CHANGES_TO_ADDRESS = Limit("address-change-to", 4, _DAY)
COPIES_BY_PERSON = Limit("personal-copy", 10, _DAY)
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


KNOWN_DOMAINS = (
    *("gmail.com", "hotmail.com", "yahoo.com", "outlook.com", "icloud.com", "walla.co.il"),
    *("outlook.co.il", "hotmail.co.il", "yahoo.co.il", "live.com", "walla.com", "bezeqint.net"),
    *("netvision.net.il", "013.net", "013.net.il", "012.net.il", "014.net.il", "015.net.il"),
    *("zahav.net.il", "inter.net.il", "barak.net.il", "smile.net.il", "actcom.co.il"),
    *("nana10.co.il", "nana.co.il", "mail.com", "email.com", "googlemail.com", "me.com"),
    *("mac.com", "msn.com", "aol.com", "ymail.com", "rocketmail.com", "proton.me", "pm.me"),
    *("protonmail.com", "protonmail.ch", "fastmail.com", "fastmail.fm", "hey.com", "zoho.com"),
    *("tutanota.com", "tuta.io", "mailo.com", "gmx.com", "gmx.net", "gmx.de", "gmx.at", "web.de"),
    *("t-online.de", "yandex.ru", "yandex.com", "mail.ru", "qq.com", "163.com", "126.com"),
    *("hotmail.co.uk", "hotmail.fr", "hotmail.de", "hotmail.it", "hotmail.es", "live.co.uk"),
    *("live.fr", "live.nl", "outlook.fr", "outlook.de", "outlook.es", "outlook.it", "yahoo.fr"),
    *("yahoo.co.uk", "yahoo.de", "yahoo.it", "yahoo.es", "yahoo.ca", "yahoo.com.br", "yahoo.in"),
    *("yahoo.com.au", "yahoo.co.in", "yahoo.co.jp", "orange.fr", "free.fr", "wanadoo.fr"),
    *("laposte.net", "libero.it", "btinternet.com", "sky.com", "comcast.net", "verizon.net"),
    *("att.net", "sbcglobal.net", "cox.net", "shaw.ca", "rogers.com", "bigpond.com"),
)
"""Where people have their mailboxes, the most usual first, Israel's among them."""

ONE_HOME = frozenset({"gmail", "icloud", "walla", "bezeqint", "netvision", "zahav", "013", "012"})
"""Names that mean one provider, whatever stands behind them."""

_ENDINGS = {
    "com": ("con", "cmo", "ocm", "vom", "xom", "cpm", "cim", "comm", "coom", "coml", "comn", "c0m"),
    "net": ("nte", "ent", "ner", "nett"),
    "org": ("ogr", "orgg", "rog"),
    "co.il": ("co.li", "co.ill", "co.ik", "co.lil", "co.ilk", "co.i", "coil", "co.iil"),
    "net.il": ("net.li", "net.ill"),
    "org.il": ("org.li", "org.ill"),
}
"""What addresses end with, and how that is mistyped."""


def suggested_address(email: str) -> str | None:
    """Return the address that was probably meant, or None when nothing looks mistyped.

    Only what stands behind the @ is looked at: a known provider with a letter or two wrong, an
    ending that does not exist (.con), or none at all. It is a question to ask, never a refusal.
    """
    local, at, typed = email.strip().lower().rpartition("@")
    domain = re.sub(r"\.{2,}", ".", typed.replace(",", ".")).strip(".")
    if not (local and at and domain) or typed in KNOWN_DOMAINS:
        return None
    meant = domain if domain in KNOWN_DOMAINS else _mended_domain(domain)
    return f"{local}@{meant}" if meant and meant != typed else None


@lru_cache(maxsize=1024)
def _mended_domain(domain: str) -> str | None:
    near = [(_distance(domain, known), known) for known in KNOWN_DOMAINS if _alike(domain, known)]
    if near:
        return min(near, key=lambda each: each[0])[1]
    for meant, endings in _ENDINGS.items():
        for ending in endings:
            if domain.endswith(f".{ending}"):
                return f"{domain.removesuffix(ending)}{meant}"
    return None


def _alike(domain: str, known: str) -> bool:
    """Whether one may be the other mistyped: short names must agree, for many are real."""
    name, _dot, ending = domain.partition(".")
    known_name = known.partition(".")[0]
    if name == known_name and (known_name in ONE_HOME or not ending):
        return True
    if domain == known.replace(".", ""):
        return True
    allowed = 0 if len(known_name) <= 4 else 1 if len(known_name) <= 6 else 2  # noqa: PLR2004 -- letters
    if abs(len(name) - len(known_name)) > allowed:
        return False  # so many letters at least are missing or too many
    wrong = _distance(name, known_name)
    return wrong <= allowed and (not ending or _distance(domain, known) <= 2)  # noqa: PLR2004 -- letters


def _distance(one: str, other: str) -> int:
    """Return how many letters are missing, wrong, too many or swapped with their neighbour.

    "Optimal string alignment": https://en.wikipedia.org/wiki/Damerau-Levenshtein_distance
    """
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        older, before, row = before, row, [i]
        for j, wanted in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]


_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "Chromebook"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)
_PROGRAMS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("FxiOS", "Firefox"),
    ("Firefox", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)


def device_of(agent: str) -> tuple[str, str]:
    """Return the browser and the machine a user agent names, each empty when it names none."""
    program = next((name for mark, name in _PROGRAMS if f"{mark}/" in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return program, system
