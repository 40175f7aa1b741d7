"""The rows behind every figure: a figure is what its set adds up to, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Max, Min, Q, QuerySet, Sum, Value, When

from payments.models import Dispute, Document, Order, OrderLine, Refund
from payments.services.reporting.periods import Period
from stores.scope import current_store

LINE_TOTAL = F("amount") * F("quantity") - F("discount") + F("shipping") + F("tax")
"""What a line cost: ``OrderLine.total`` for the database."""
SIGNED = Case(When(kind="credit", then=Value(-1)), default=Value(1), output_field=IntegerField())


@dataclass(frozen=True)
class Scope:
    """What a report is about: some days, and one currency, as money of two never adds up."""

    period: Period
    currency: str

    @property
    def since(self) -> datetime:
        """The moment it begins."""
        return self.period.bounds(current_store().zone)[0]

    @property
    def until(self) -> datetime:
        """The moment after which it is over."""
        return self.period.bounds(current_store().zone)[1]


def sales(scope: Scope) -> QuerySet[Order]:
    """Orders that cost something and were paid in the period, by card or another way; no tests."""
    found: QuerySet[Order] = Order.objects.sales().filter(
        paid_at__gte=scope.since, paid_at__lt=scope.until, currency=scope.currency
    )
    return found


def lines(scope: Scope) -> QuerySet[OrderLine]:
    """What was in these orders."""
    found: QuerySet[OrderLine] = OrderLine.objects.filter(
        order__paid_at__gte=scope.since,
        order__paid_at__lt=scope.until,
        order__currency=scope.currency,
        order__is_test=False,
        order__total__gt=0,
    )
    return found


def refunds(scope: Scope) -> QuerySet[Refund]:
    """Money that was given back in the period, or is on its way."""
    found: QuerySet[Refund] = Refund.objects.effective().filter(
        created_at__gte=scope.since,
        created_at__lt=scope.until,
        currency=scope.currency,
        payment__order__is_test=False,
    )
    return found


def disputes(scope: Scope) -> QuerySet[Dispute]:
    """Money the bank took back for good in the period."""
    found: QuerySet[Dispute] = Dispute.objects.lost().filter(
        closed_at__gte=scope.since,
        closed_at__lt=scope.until,
        currency=scope.currency,
        payment__order__is_test=False,
    )
    return found


def vat(scope: Scope) -> QuerySet[Document]:
    """Documents of the period with VAT in them; what only asks for money is none."""
    found: QuerySet[Document] = Document.objects.filter(
        issued_on__gte=scope.period.first,
        issued_on__lte=scope.period.last,
        currency=scope.currency,
        vat__gt=0,
    ).exclude(kind=Document.Kind.PROFORMA)
    return found


def gifts(scope: Scope) -> QuerySet[OrderLine]:
    """What was bought for somebody else: a part of the sales."""
    return lines(scope).filter(gift__isnull=False)


def taken_free(scope: Scope) -> QuerySet[Order]:
    """Orders of the period that cost nothing."""
    found: QuerySet[Order] = Order.objects.paid().filter(
        total=0, paid_at__gte=scope.since, paid_at__lt=scope.until, currency=scope.currency
    )
    return found


def buyers(scope: Scope) -> QuerySet[Any]:
    """One row for each customer who bought in the period: first and last time, and how often.

    First and how often are told of all their sales until its end, in any currency.
    """
    until = Order.objects.sales().filter(paid_at__lt=scope.until, customer__isnull=False)
    found: QuerySet[Any] = (
        until.order_by()
        .values("customer")
        .annotate(
            first=Min("paid_at"),
            last=Max("paid_at", filter=Q(currency=scope.currency)),
            times=Count("pk"),
            spent=Sum(
                "total", filter=Q(paid_at__gte=scope.since, currency=scope.currency), default=0
            ),
        )
        .filter(last__gte=scope.since)
    )
    return found


def new_buyers(scope: Scope) -> QuerySet[Any]:
    """Those who bought for the first time."""
    return buyers(scope).filter(first__gte=scope.since)


def returning_buyers(scope: Scope) -> QuerySet[Any]:
    """Those who had bought before the period began."""
    return buyers(scope).filter(first__lt=scope.since)


def repeat_buyers(scope: Scope) -> QuerySet[Any]:
    """Those who have bought more than once by its end."""
    return buyers(scope).filter(times__gt=1)


PEOPLE: dict[str, Callable[[Scope], QuerySet[Any]]] = {
    "buyers": buyers,
    "new": new_buyers,
    "returning": returning_buyers,
    "repeat": repeat_buyers,
}
