"""What a column of a file can be, and by which names it is known, in English and in Hebrew."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from stores.slots import Text


@dataclass(frozen=True)
class Field:
    """One thing a column can say of a person."""

    key: str
    label: Text
    names: tuple[str, ...]
    """What others call it, in small letters."""
    is_needed: bool = False


FIELDS = (
    Field(
        "email",
        pgettext_lazy("a column", "Email"),
        (
            "email",
            "e mail",
            "mail",
            "email address",
            "אימייל",
            "מייל",
            "דואל",
            "דוא ל",
            "כתובת מייל",
        ),
        is_needed=True,
    ),
    Field(
        "name",
        pgettext_lazy("a column", "Name"),
        ("name", "full name", "customer", "customer name", "member", "שם", "שם מלא", "שם הלקוח"),
    ),
    Field(
        "phone",
        pgettext_lazy("a column", "Phone"),
        ("phone", "phone number", "mobile", "cell", "telephone", "טלפון", "נייד", "מספר טלפון"),
    ),
    Field(
        "product",
        pgettext_lazy("a column", "Product"),
        ("product", "plan", "item", "course", "membership", "מוצר", "מסלול", "שם המוצר", "קורס"),
    ),
    Field(
        "since",
        pgettext_lazy("a column", "Since when"),
        (
            *("since", "start", "start date", "started", "joined", "join date", "created"),
            *("purchase date", "member since", "מאז", "ממתי", "תאריך הצטרפות", "הצטרפות"),
            *("תאריך התחלה", "תאריך רכישה"),
        ),
    ),
    Field(
        "months",
        pgettext_lazy("a column", "Months paid for"),
        (
            *("months paid for", "paid months", "months paid", "months", "tenure", "payments"),
            *("payments count", "חודשים ששולמו", "חודשים", "ותק", "ותק בחודשים", "תשלומים"),
        ),
    ),
    Field(
        "amount",
        pgettext_lazy("a column", "What they pay"),
        (
            *("what they pay", "price", "amount", "old price", "sum", "plan amount"),
            *("כמה משלמים", "מחיר", "סכום", "מחיר ישן"),
        ),
    ),
    Field(
        "currency",
        pgettext_lazy("a column", "Currency"),
        ("currency", "מטבע"),
    ),
    Field(
        "interval",
        pgettext_lazy("a column", "How often"),
        (
            *("how often", "interval", "rhythm", "billing period", "period", "frequency", "cycle"),
            *("באיזה קצב", "קצב", "תדירות", "מחזור חיוב", "תקופה"),
        ),
    ),
    Field(
        "next_charge",
        pgettext_lazy("a column", "Next charge"),
        (
            *("next charge", "next payment", "next billing date", "renewal date", "renews"),
            *("current period end", "paid until", "next charge date", "החיוב הבא", "חיוב הבא"),
            *("תאריך חיוב הבא", "תאריך חידוש", "שולם עד"),
        ),
    ),
    Field(
        "language",
        pgettext_lazy("a column", "Language"),
        ("language", "lang", "locale", "שפה"),
    ),
    Field(
        "consent",
        pgettext_lazy("a column", "Agreed to news"),
        (
            *("agreed to news", "consent", "marketing consent", "opt in", "newsletter"),
            *("subscribed", "accepts marketing", "הסכמה לדיוור", "הסכמה", "אישור דיוור", "דיוור"),
        ),
    ),
    Field(
        "consent_on",
        pgettext_lazy("a column", "When they agreed"),
        (
            *("when they agreed", "consent date", "opt in date", "optin time", "subscribed at"),
            *("מתי הסכימו", "תאריך הסכמה", "תאריך אישור דיוור"),
        ),
    ),
    Field(
        "consent_source",
        pgettext_lazy("a column", "Where they agreed"),
        (
            *("where they agreed", "consent source", "opt in source", "source"),
            *("איפה הסכימו", "מקור ההסכמה", "מקור"),
        ),
    ),
)
BY_KEY = {field.key: field for field in FIELDS}
_NO_LETTERS = re.compile(r"[\W_]+")


def guessed(head: Sequence[str]) -> dict[str, int]:
    """Return which column is what, by the names of the columns; each is one thing at most."""
    plain = [_plain(name) for name in head]
    found: dict[str, int] = {}
    for field in FIELDS:
        names = [field.key.replace("_", " "), _plain(str(field.label)), *map(_plain, field.names)]
        place = next((plain.index(name) for name in names if name in plain), None)
        if place is not None and place not in found.values():
            found[field.key] = place
    return found


def cells_by_field(cells: Sequence[str], columns: Mapping[str, int]) -> dict[str, str]:
    """Return what a line says of each thing; what it is too short for it leaves empty."""
    return {key: cells[place] if place < len(cells) else "" for key, place in columns.items()}


def _plain(name: str) -> str:
    return _NO_LETTERS.sub(" ", name.lower()).strip()
