"""Prices in words: what is paid, what for, what is charged next, and the button's verb."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Sum
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from core import money
from products.models import Hold, Price, Product
from products.services.sales import SOLD_KINDS

Kind = Price.Kind
MOST_FRESH = timedelta(minutes=10)
FEW_FRESH = timedelta(minutes=1)


@dataclass(frozen=True)
class Offer:
    """One price as a visitor reads it."""

    amount: str
    was: str
    label: str
    note: str
    verb: str
    url: str
    is_free: bool


def offered(products: Iterable[Product], now: datetime) -> dict[int, list[Price]]:
    """Return, by product, the prices at which it can be bought now, in the creator's order.

    Costs one query where any price has a limited quantity, none where the prices are fetched.
    """
    prices = {
        product.pk: [price for price in product.prices.all() if is_offered(price, now)]
        for product in products
        if product.is_sellable
    }
    gone = _sold_out([price for some in prices.values() for price in some], now)
    return {
        product_id: [price for price in some if price.pk not in gone]
        for product_id, some in prices.items()
    }


def _sold_out(prices: Iterable[Price], now: datetime) -> set[int]:
    limited = {price.pk: price.quantity for price in prices if price.quantity is not None}
    if not limited:
        return set()
    rows = Hold.objects.filter(price__in=limited).counting(now).values_list("price")
    taken = dict(rows.annotate(taken=Sum("quantity")))
    return {pk for pk, quantity in limited.items() if taken.get(pk, 0) >= quantity}


def is_offered(price: Price, now: datetime) -> bool:
    """Whether a visitor is shown this price at ``now``."""
    return (
        price.is_active
        and price.kind in SOLD_KINDS
        and price.for_owners_of_id is None
        and (price.doors_open_at is None or price.doors_open_at <= now)
        and (price.doors_close_at is None or now < price.doors_close_at)
    )


def offer_of(price: Price) -> Offer:
    """Return the price in words of the current language."""
    return Offer(
        amount=amount_in_words(price),
        was=money.display(price.compare_at, price.currency) if price.compare_at else "",
        label=price.label,
        note=" ".join(filter(None, (charges_in_words(price), length_in_words(price)))),
        verb=_verb(price),
        url=reverse("payments:checkout", args=[price.public_id]),
        is_free=price.kind == Kind.FREE,
    )


def amount_in_words(price: Price) -> str:
    """Return the amount as it is paid: "₪59 a month", "4 × ₪100", "Free"."""
    amount = price.display()
    if price.kind == Kind.FREE:
        return pgettext("price", "Free")
    if price.kind == Kind.SUBSCRIPTION:
        return PER_INTERVAL[price.interval or "month"](amount)
    if price.kind == Kind.INSTALMENTS:
        return f"{price.charges or 1} × {amount}"
    if price.kind == Kind.PAY_WHAT_YOU_WANT:
        floor = money.display(price.floor, price.currency) if price.floor else ""
        return _("from %(amount)s") % {"amount": floor} if floor else _("What you want")
    return amount


def charges_in_words(price: Price) -> str:
    """Return what is charged and when, beyond the amount itself."""
    if price.kind == Kind.FREE:
        return _("Only a name and an email address are asked for.")
    if price.kind == Kind.INSTALMENTS:
        total = money.display(price.amount * (price.charges or 1), price.currency)
        return _("Monthly charges, %(total)s in all.") % {"total": total}
    if price.kind == Kind.SUBSCRIPTION and price.trial_days:
        return ngettext(
            "The first %(days)s day is free.", "The first %(days)s days are free.", price.trial_days
        ) % {"days": price.trial_days}
    if price.kind == Kind.SUBSCRIPTION:
        return _("Stop whenever you like.")
    return _("One payment.")


def length_in_words(price: Price) -> str:
    """Return how long what is bought stays open."""
    if price.length == Price.Length.PERIODS and price.length_count:
        return _periods_in_words(price.length_count, price.length_unit)
    if price.length == Price.Length.UNTIL and price.length_until:
        return _("Access until %(date)s.") % {"date": formats.date_format(price.length_until)}
    if price.length == Price.Length.FOR_GOOD and price.kind != Kind.SUBSCRIPTION:
        return _("Yours for good.")
    return ""


def _periods_in_words(count: int, unit: str) -> str:
    if unit == "week":
        sentence = ngettext("%(count)s week of access.", "%(count)s weeks of access.", count)
    else:
        sentence = ngettext("%(count)s month of access.", "%(count)s months of access.", count)
    return sentence % {"count": count}


def fresh_for(products: Sequence[Product], now: datetime) -> timedelta:
    """Return how long a page with these products stays true as far as time alone can change it."""
    prices = [price for product in products for price in product.prices.all()]
    moments = [product.opens_at for product in products]
    moments += [each for price in prices for each in (price.doors_open_at, price.doors_close_at)]
    longest = FEW_FRESH if any(price.quantity is not None for price in prices) else MOST_FRESH
    return min([longest, *(each - now for each in moments if each is not None and each > now)])


def _verb(price: Price) -> str:
    if price.kind == Kind.FREE:
        return _("Get it free")
    if price.kind == Kind.SUBSCRIPTION:
        return _("Join")
    return _("Buy")


PER_INTERVAL: dict[str, Callable[[str], str]] = {
    "week": lambda amount: _("%(amount)s a week") % {"amount": amount},
    "month": lambda amount: _("%(amount)s a month") % {"amount": amount},
    "quarter": lambda amount: _("%(amount)s a quarter") % {"amount": amount},
    "year": lambda amount: _("%(amount)s a year") % {"amount": amount},
}
