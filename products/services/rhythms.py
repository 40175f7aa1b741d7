"""How often something is paid, in words."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from products.models import Price

PER_INTERVAL: dict[str, Callable[[str], str]] = {
    "week": lambda amount: _("%(amount)s a week") % {"amount": amount},
    "month": lambda amount: _("%(amount)s a month") % {"amount": amount},
    "quarter": lambda amount: _("%(amount)s a quarter") % {"amount": amount},
    "year": lambda amount: _("%(amount)s a year") % {"amount": amount},
}


def a_period(price: Price, amount: str | None = None) -> str:
    """Return what a price costs each time: "₪59 a month"; ``amount`` is another, in words."""
    return PER_INTERVAL[price.interval or "month"](amount or price.display())
