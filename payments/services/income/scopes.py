"""Which months a page of income is about, on the calendar of the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from core import clock, money
from payments.models import Subscription
from products.models import Product
from stores.scope import current_store

SPANS = (6, 12, 24)
USUAL = 12
LONGEST_KEY = 18


@dataclass(frozen=True)
class Scope:
    """Whole months of a store up to now, one currency, and perhaps one product."""

    months: tuple[date, ...]
    """The first day of each, the oldest first; the last one is not over."""
    currency: str
    now: datetime
    product: int | None = None

    @property
    def edges(self) -> list[datetime]:
        """The moments between the months: the beginning of each, and now."""
        zone = current_store().zone
        return [*(clock.start_of_day(month, zone) for month in self.months), self.now]

    def window(self, month: date | None = None) -> tuple[datetime, datetime]:
        """Return a month's beginning and its end, or now; without one, those of all months."""
        edges = self.edges
        if month is None:
            return edges[0], edges[-1]
        number = self.months.index(month)
        return edges[number], edges[number + 1]

    @property
    def narrowed(self) -> dict[str, object]:
        """What steps are narrowed by."""
        return {"currency": self.currency} | ({"product": self.product} if self.product else {})


def asked(parameters: Mapping[str, str], now: datetime) -> Scope:
    """Return what a query string asks for; what makes no sense is the usual."""
    store = current_store()
    said = parameters.get("months", "")
    count = next((span for span in SPANS if str(span) == said), USUAL)
    currency = parameters.get("currency", "")
    product = number_of(parameters.get("product", ""))
    if product is not None and not Product.objects.filter(pk=product).exists():
        product = None
    this = clock.local_day(now, store.zone).replace(day=1)
    months = tuple(clock.add_months(this, -back) for back in range(count - 1, -1, -1))
    known = currency if currency in money.CURRENCIES else store.currency
    return Scope(months, known, now, product)


def month_of(text: str, scope: Scope) -> date | None:
    """Return the month a key names, where it is one of the scope's."""
    return next((month for month in scope.months if f"{month:%Y-%m}" == text), None)


def number_of(text: str) -> int | None:
    """Return a row's number, where the text is one."""
    is_one = text.isascii() and text.isdecimal() and len(text) < LONGEST_KEY
    return int(text) if is_one else None


def currencies() -> list[str]:
    """Return the currencies in which something is paid again and again, the store's own first."""
    own = current_store().currency
    used = Subscription.objects.order_by().values_list("currency", flat=True).distinct()
    return [own, *sorted(set(used) - {own})]
