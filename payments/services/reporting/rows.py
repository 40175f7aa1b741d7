"""The rows that a figure opens, each with what it adds to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, QuerySet, Sum

from accounts.models import Customer
from payments.models import Order
from payments.services.reporting import figures, sets
from payments.services.reporting.sets import LINE_TOTAL, PEOPLE, SIGNED, Scope

LONGEST_KEY = 18
MONEY = (
    *("sales", "product", "price", "country", "source", "way", "customer"),
    *("gifts", "free", "refunds", "disputes", "vat"),
)
KINDS = (*MONEY, *PEOPLE, "people")
WITH_NUMBER = ("product", "price", "customer", "people")
"""What needs the number of a row to be asked for."""


@dataclass(frozen=True)
class Counted:
    """One row: what it is, whose, when, and how much it adds."""

    order: Order | None
    customer: Customer | None
    at: Any
    what: str
    amount: int


@dataclass(frozen=True)
class Found:
    """The rows of one figure, and what they add up to."""

    what: str
    rows: QuerySet[Any]
    count: int
    amount: int

    @property
    def is_people(self) -> bool:
        """Whether the figure counts people."""
        return self.what in PEOPLE or self.what == "people"

    def page(self, first: int, after: int) -> list[Counted]:
        """Return some of the rows."""
        return list(self._told(self.rows[first:after]))

    def all(self) -> Iterator[Counted]:
        """Return all of them."""
        return self._told(self.rows)

    def _told(self, rows: QuerySet[Any]) -> Iterator[Counted]:
        if self.what in PEOPLE:
            return _buyers(rows)
        return map(TELL[self.what], rows)


def find(what: str, key: str, scope: Scope, now: datetime) -> Found | None:
    """Return the rows of a figure; nothing where there is no such figure."""
    if what not in KINDS or (what in WITH_NUMBER and not _is_number(key)):
        return None
    if what in PEOPLE:
        people = PEOPLE[what](scope).order_by("-spent", "customer")
        return Found(what, people, people.count(), 0)
    if what == "people":
        held = figures.holders(key, now).select_related("user").order_by("pk")
        return Found(what, held, held.count(), 0)
    rows = _rows(what, key, scope)
    summed = rows.aggregate(n=Count("pk"), sum=Sum("adds", default=0))
    return Found(what, rows, summed["n"], summed["sum"])


def _is_number(key: str) -> bool:
    return key.isascii() and key.isdecimal() and len(key) < LONGEST_KEY


def _rows(what: str, key: str, scope: Scope) -> QuerySet[Any]:
    """Return the rows of an amount, each with what it adds."""
    orders: dict[str, dict[str, str]] = {
        "sales": {},
        "country": {"buyer_country": key},
        "source": {"source": key},
        "way": {"provider": key},
        "customer": {"customer": key},
    }
    if what in orders:
        found = sets.sales(scope).filter(**orders[what]).annotate(adds=F("total"))
        return found.select_related("customer").order_by("-paid_at", "-pk")
    if what == "free":
        free = sets.taken_free(scope).annotate(adds=F("total"))
        return free.select_related("customer").order_by("-paid_at", "-pk")
    if what in {"product", "price", "gifts"}:
        lines = sets.gifts(scope) if what == "gifts" else sets.lines(scope).filter(**{what: key})
        counted = lines.annotate(adds=LINE_TOTAL).select_related("order__customer")
        return counted.order_by("-order__paid_at", "-pk")
    if what == "vat":
        papers = sets.vat(scope).annotate(adds=F("vat") * SIGNED).select_related("order__customer")
        return papers.order_by("-issued_on", "-pk")
    taken: QuerySet[Any] = (sets.refunds if what == "refunds" else sets.disputes)(scope)
    gone: QuerySet[Any] = taken.annotate(adds=F("amount")).order_by("-pk")
    return gone.select_related("payment__order__customer")


def _order(row: Any) -> Counted:
    return Counted(row, row.customer, row.paid_at, "", row.adds)


def _line(row: Any) -> Counted:
    return Counted(row.order, row.order.customer, row.order.paid_at, row.name, row.adds)


def _refund(row: Any) -> Counted:
    order = row.payment.order
    return Counted(order, order.customer, row.created_at, row.reason, row.adds)


def _dispute(row: Any) -> Counted:
    order = row.payment.order
    return Counted(order, order.customer, row.closed_at, "", row.adds)


def _paper(row: Any) -> Counted:
    return Counted(row.order, row.order.customer, row.issued_on, str(row), row.adds)


def _holder(row: Customer) -> Counted:
    return Counted(None, row, row.last_seen_at, "", 0)


def _buyers(rows: QuerySet[Any]) -> Iterator[Counted]:
    """Return buyers with their names, asked for at once."""
    found = list(rows)
    people = Customer.objects.select_related("user").in_bulk([row["customer"] for row in found])
    for row in found:
        yield Counted(None, people[row["customer"]], row["last"], "", row["spent"])


TELL: dict[str, Any] = {
    **dict.fromkeys(("sales", "country", "source", "way", "customer", "free"), _order),
    **dict.fromkeys(("product", "price", "gifts"), _line),
    "refunds": _refund,
    "disputes": _dispute,
    "vat": _paper,
    "people": _holder,
}
