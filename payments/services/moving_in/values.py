"""What one line says of one person: cells as people write them, turned into values.

What cannot be understood becomes a trouble: a code, and what stood there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from core import money
from mail.rules import normal_address

T = TypeVar("T")
Trouble = tuple[str, str]
"""A code of payments.services.moving_in.words, and what stood in the cell."""
LONGEST_PHONE = 40
MOST_MONTHS = 600
CENTURY = 2000
LONGEST_SHORT_YEAR = 2
SIGNS = {"₪": "ILS", "$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", 'ש"ח': "ILS", "שח": "ILS"}
INTERVALS = {
    "week": "week weekly weeks 1week שבוע שבועי שבועית",
    "month": "month monthly months 1month חודש חודשי חודשית mo",
    "quarter": "quarter quarterly 3months רבעון רבעוני רבעונית",
    "year": "year yearly annual annually years 12months שנה שנתי שנתית yr",
}
EVERY = {word: key for key, words in INTERVALS.items() for word in words.split()}
YES = frozenset(
    "yes y true t 1 v x ✓ ✔ כן מאושר אמת subscribed opted-in accepted".split()  # noqa: SIM905 -- words
)
NO = frozenset("no n false f 0 - לא שקר unsubscribed none".split())  # noqa: SIM905 -- words
FOR_GOOD = frozenset(("for good", "forever", "lifetime", "never", "לתמיד", "ללא הגבלה", "לצמיתות"))
LANGUAGES = {"hebrew": "he", "עברית": "he", "iw": "he", "english": "en", "אנגלית": "en"}
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_OTHER = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})")
_HOUR = re.compile(r"[T ]\d{1,2}:\d{2}.*$")
_NUMBER = re.compile(r"\d[\d.,' ]*")


@dataclass
class Said:
    """One line as values; what nobody said is empty."""

    email: str = ""
    name: str = ""
    phone: str = ""
    product: str = ""
    since: date | None = None
    months: int | None = None
    amount: int | None = None
    """What they pay each time, in minor units of the store's currency."""
    interval: str = ""
    next_charge: date | None = None
    is_for_good: bool = False
    language: str = ""
    consent: bool = False
    consent_on: date | None = None
    consent_source: str = ""
    troubles: list[Trouble] = field(default_factory=list)


@dataclass(frozen=True)
class Reader:
    """How the cells of one file are read."""

    currency: str
    languages: tuple[str, ...]
    interval: str = "month"
    is_day_first: bool = True

    def said(self, cells: Mapping[str, str]) -> Said:
        """Return what a line says; each thing that cannot be understood is one trouble."""
        said = Said(
            name=cells.get("name", "")[:120],
            phone=cells.get("phone", "")[:LONGEST_PHONE],
            product=cells.get("product", ""),
            consent_source=cells.get("consent_source", ""),
        )

        def ask(key: str, read: Callable[[str], T], code: str, none: T) -> T:
            text = cells.get(key, "")
            if not text:
                return none
            try:
                return read(text)
            except (ValueError, money.MoneyError):
                said.troubles.append((code, text[:80]))
                return none

        said.email = ask("email", normal_address, "bad_email", "")
        if not said.email and not said.troubles:
            said.troubles.append(("no_email", ""))
        said.since = ask("since", self.day, "bad_since", None)
        said.months = ask("months", months, "bad_months", None)
        said.amount = ask("amount", lambda text: self.amount(text, cells), "bad_amount", None)
        said.amount = said.amount or None
        said.interval = ask("interval", every, "bad_interval", self.interval)
        said.is_for_good = cells.get("next_charge", "").lower() in FOR_GOOD
        if not said.is_for_good:
            said.next_charge = ask("next_charge", self.day, "bad_next_charge", None)
        said.language = self.language(cells.get("language", ""))
        said.consent = ask("consent", yes, "bad_consent", none=False)
        said.consent_on = ask("consent_on", self.day, "bad_consent_on", None)
        return said

    def day(self, text: str) -> date:
        """Return a day as it is written anywhere; ValueError when it is none."""
        plain = _HOUR.sub("", text.strip())
        if found := _ISO.fullmatch(plain):
            year, month, day = (int(each) for each in found.groups())
            return date(year, month, day)
        found = _OTHER.fullmatch(plain)
        if not found:
            raise ValueError(text)
        one, two, year = (int(each) for each in found.groups())
        if len(found[3]) <= LONGEST_SHORT_YEAR:
            year += CENTURY
        day, month = (one, two) if self.is_day_first else (two, one)
        return date(year, month, day)

    def amount(self, text: str, cells: Mapping[str, str]) -> int:
        """Return an amount in minor units; another currency than the store's is a ValueError."""
        named = cells.get("currency", "").strip().upper()
        for sign in (text.strip(), cells.get("currency", "").strip()):
            for each, code in SIGNS.items():
                if each in sign:
                    named = code
        words = re.sub(r"[^A-Za-z]", "", text).upper()
        if words in money.CURRENCIES:
            named = words
        if named and named != self.currency:
            raise ValueError(named)
        found = _NUMBER.search(text)
        if found is None or "-" in text[: found.start()] or "−" in text[: found.start()]:
            raise ValueError(text)
        amount = money.parse(_english(found[0].strip(" .,'")), self.currency, "en")
        if amount > money.MAX_AMOUNT or 0 < amount < money.smallest_charge(self.currency):
            raise ValueError(text)
        return amount

    def language(self, text: str) -> str:
        """Return one of the store's languages; the first where none of them is meant."""
        word = text.strip().lower()
        code = LANGUAGES.get(word, word[:2])
        return code if code in self.languages else self.languages[0]


def months(text: str) -> int:
    """Return a number of months; ValueError when it is none."""
    number = int(text.removesuffix(".0"))
    if not 0 <= number <= MOST_MONTHS:
        raise ValueError(text)
    return number


def every(text: str) -> str:
    """Return how often somebody pays, of the four we know."""
    word = re.sub(r"[\W_]|^every|^per", "", text.lower())
    with suppress(KeyError):
        return EVERY[word]
    raise ValueError(text)


def yes(text: str) -> bool:
    """Return whether it says yes; ValueError when it says neither yes nor no."""
    word = text.strip().lower()
    if word in YES:
        return True
    if word in NO:
        return False
    raise ValueError(text)


def month_first(days: list[str]) -> bool:
    """Return whether these days can only be read with the month first."""
    pairs = [found for text in days if (found := _OTHER.match(text.strip()))]
    seconds = any(int(found[2]) > 12 for found in pairs)  # noqa: PLR2004 -- months
    firsts = any(int(found[1]) > 12 for found in pairs)  # noqa: PLR2004 -- as above
    return seconds and not firsts


def _english(number: str) -> str:
    """Return a number with a point before its decimals and nothing between its thousands."""
    plain = number.replace(" ", "").replace("'", "")
    last = max(plain.rfind("."), plain.rfind(","))
    if last < 0:
        return plain
    mark, tail = plain[last], plain[last + 1 :]
    is_only = plain.count(mark) == 1 and not ({".", ","} - {mark}) & set(plain)
    if mark == "," and is_only and len(tail) == 3:  # noqa: PLR2004 -- thousands
        return plain.replace(",", "")
    if plain.count(mark) > 1:
        return plain.replace(mark, "")
    whole = re.sub(r"[.,]", "", plain[:last])
    return f"{whole}.{tail}"
