"""How often something is paid, in words: by the period, or in so many charges."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from core import money
from products.models import Price
from products.rules import charges_of

PER_INTERVAL: dict[str, Callable[[str], str]] = {
    "week": lambda amount: _("%(amount)s a week") % {"amount": amount},
    "month": lambda amount: _("%(amount)s a month") % {"amount": amount},
    "quarter": lambda amount: _("%(amount)s a quarter") % {"amount": amount},
    "year": lambda amount: _("%(amount)s a year") % {"amount": amount},
}


def a_period(price: Price, amount: str | None = None) -> str:
    """Return what a price costs each time: "₪59 a month"; ``amount`` is another, in words."""
    return PER_INTERVAL[price.interval or "month"](amount or price.display())


def in_charges(total: int, count: int, currency: str) -> str:
    """Return what is paid in several charges: "4 × ₪100 (₪400 in all)"."""
    first, each = charges_of(total, count)
    words = {
        "count": count,
        "each": money.display(each, currency),
        "total": money.display(total, currency),
    }
    sentence = _("%(count)s × %(each)s (%(total)s in all)") % words
    if first == each:
        return sentence
    return _("%(sentence)s, the first %(first)s") % {
        "sentence": sentence,
        "first": money.display(first, currency),
    }
