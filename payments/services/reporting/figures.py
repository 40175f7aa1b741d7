"""The figures of a report. Amounts are in minor units of the scope's currency.

Every function asks a fixed number of questions, however many orders there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case, Count, F, QuerySet, Sum, When
from django.db.models.functions import TruncDate, TruncMonth

from access.models import Access
from accounts.models import Customer
from payments.models import Order
from payments.services.reporting import sets
from payments.services.reporting.sets import LINE_TOTAL, SIGNED, Scope
from products.models import Price
from stores.scope import current_store

MOST = 50
"""How many products, prices or countries a table names; the rest is one line."""
TOP = 10
DAYS_SHOWN = 92
"""Longer periods are shown by the month."""


@dataclass(frozen=True)
class Totals:
    """What came in and what of it stayed."""

    gross: int
    orders: int
    refunds: int
    disputes: int
    vat: int
    gifts: int
    free: int

    @property
    def net(self) -> int:
        """What stayed; what the card company keeps is not known here."""
        return self.gross - self.refunds - self.disputes


@dataclass(frozen=True)
class Share:
    """One line of a table: a product, a price, a country, a way to pay."""

    key: str
    name: str
    count: int
    amount: int


@dataclass(frozen=True)
class Span:
    """One day, or one month, of a chart."""

    first: date
    last: date
    count: int
    amount: int


@dataclass(frozen=True)
class Buyers:
    """How many people bought, and how many of them for the first time."""

    buyers: int
    new: int
    returning: int
    repeat: int


def totals(scope: Scope) -> Totals:
    """Return a period's sums."""
    sold = sets.sales(scope).aggregate(sum=Sum("total", default=0), n=Count("pk"))
    taxed = sets.vat(scope).aggregate(sum=Sum(F("vat") * SIGNED, default=0))
    given = sets.gifts(scope).aggregate(sum=Sum(LINE_TOTAL, default=0))
    return Totals(
        gross=sold["sum"],
        orders=sold["n"],
        refunds=sets.refunds(scope).aggregate(sum=Sum("amount", default=0))["sum"],
        disputes=sets.disputes(scope).aggregate(sum=Sum("amount", default=0))["sum"],
        vat=taxed["sum"],
        gifts=given["sum"],
        free=sets.taken_free(scope).count(),
    )


def by_day(scope: Scope) -> list[Span]:
    """Return each day of the period, or each month of a long one, on the store's calendar."""
    zone, is_long = current_store().zone, scope.period.days > DAYS_SHOWN
    cut: Any = (TruncMonth if is_long else TruncDate)("paid_at", tzinfo=zone)
    rows = (
        sets.sales(scope)
        .order_by()
        .annotate(span=cut)
        .values("span")
        .annotate(sum=Sum("total"), n=Count("pk"))
    )
    found = {_as_day(row["span"]): (row["n"], row["sum"]) for row in rows}
    return [
        Span(first, last, *found.get(first.replace(day=1) if is_long else first, (0, 0)))
        for first, last in _spans(scope, is_long=is_long)
    ]


def by_product(scope: Scope) -> list[Share]:
    """Return what each product brought, with its part of postage and tax."""
    rows = sets.lines(scope).order_by().values("product", "product__title")
    summed = rows.annotate(n=Sum("quantity"), sum=Sum(LINE_TOTAL)).order_by("-sum", "product")
    return [
        Share(str(row["product"]), row["product__title"], row["n"], row["sum"])
        for row in summed[:MOST]
    ]


def by_price(scope: Scope) -> list[Share]:
    """Return what each price brought."""
    rows = sets.lines(scope).order_by().values("price")
    summed = list(
        rows.annotate(n=Sum("quantity"), sum=Sum(LINE_TOTAL)).order_by("-sum", "price")[:MOST]
    )
    prices: dict[Any, Price] = Price.objects.select_related("product").in_bulk(
        [row["price"] for row in summed]
    )
    return [
        Share(str(row["price"]), _price_name(prices[row["price"]]), row["n"], row["sum"])
        for row in summed
    ]


def by_country(scope: Scope) -> list[Share]:
    """Return where buyers are, by the two letters of the country; empty where nobody knows."""
    return _of_orders(scope, "buyer_country")


def by_source(scope: Scope) -> list[Share]:
    """Return which links brought the buyers, by the word in them; empty for who just came."""
    return _of_orders(scope, "source")


def by_way(scope: Scope) -> list[Share]:
    """Return what came by card, and what another way."""
    return _of_orders(scope, "provider")


def _of_orders(scope: Scope, column: str) -> list[Share]:
    rows = sets.sales(scope).order_by().values(column).annotate(sum=Sum("total"), n=Count("pk"))
    return [
        Share(row[column], row[column], row["n"], row["sum"])
        for row in rows.order_by("-sum", column)[:MOST]
    ]


def count_buyers(scope: Scope) -> Buyers:
    """Return how many people bought: new and returning ones add up to all."""
    counted = sets.buyers(scope).aggregate(
        buyers=Count("customer"),
        new=Count(Case(When(first__gte=scope.since, then=1))),
        repeat=Count(Case(When(times__gt=1, then=1))),
    )
    returning = counted["buyers"] - counted["new"]
    return Buyers(counted["buyers"], counted["new"], returning, counted["repeat"])


def top_buyers(scope: Scope) -> list[tuple[Customer, Share]]:
    """Return who spent most in the period."""
    rows = list(sets.buyers(scope).order_by("-spent", "customer")[:TOP])
    bought = dict(
        sets.sales(scope)
        .filter(customer__in=[row["customer"] for row in rows])
        .order_by()
        .values_list("customer")
        .annotate(n=Count("pk"))
    )
    people: dict[Any, Customer] = Customer.objects.select_related("user").in_bulk(
        [row["customer"] for row in rows]
    )
    return [
        (
            people[row["customer"]],
            Share(str(row["customer"]), "", bought.get(row["customer"], 0), row["spent"]),
        )
        for row in rows
    ]


def holders(product: str, now: datetime) -> QuerySet[Customer]:
    """Return the people who have a product now."""
    held = Access.objects.live(now).filter(product=int(product))
    found: QuerySet[Customer] = Customer.objects.filter(pk__in=held.values("customer"))
    return found


def by_product_held(now: datetime) -> list[Share]:
    """Return how many people have each product now, bought or given."""
    live = Access.objects.live(now).order_by().values("product", "product__title")
    counted = live.annotate(n=Count("customer", distinct=True)).order_by("-n", "product")
    return [
        Share(str(row["product"]), row["product__title"], row["n"], 0) for row in counted[:MOST]
    ]


def currencies() -> list[str]:
    """Return the currencies in which something was sold, the store's own first."""
    own = current_store().currency
    used = Order.objects.sales().order_by().values_list("currency", flat=True).distinct()
    return [own, *sorted(set(used) - {own})]


def _price_name(price: Price) -> str:
    label = f" · {price.label}" if price.label else ""
    return f"{price.product.title}{label} · {price.display()}"


def _as_day(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _spans(scope: Scope, *, is_long: bool) -> list[tuple[date, date]]:
    first, last = scope.period.first, scope.period.last
    if not is_long:
        days = [first + timedelta(days=number) for number in range(scope.period.days)]
        return [(day, day) for day in days]
    found = []
    while first <= last:
        following = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
        found.append((first, min(last, following - timedelta(days=1))))
        first = following
    return found
