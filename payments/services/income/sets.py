"""The rows behind every figure of what returns: a figure is what its set adds up to.

Each set is of one kind of row and each row has ``adds``, in minor units.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.models import (
    Case,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Least

from payments.models import (
    Bill,
    Dispute,
    IncomeStep,
    Order,
    OrderLine,
    PaidRun,
    Payment,
    Refund,
)
from payments.querysets import EFFECTIVE
from payments.services.income.scopes import Scope
from payments.services.reporting.sets import LINE_TOTAL

State, Kind = IncomeStep.Stand, IncomeStep.Kind
JOINED = (Kind.NEW, Kind.AGAIN)
HERE = (State.PAYING, State.RESTING, State.HELD)
"""Who is a member: whoever paid once, and did not end."""
FIRST = "payment__order__began_subscriptions__"
OF_LATER = Q(payment__order__subscription__isnull=False)
OF_FIRST = Q(payment__order__began_subscriptions__isnull=False)
OF_ITS_LINE = Q(line__began_subscription__isnull=False) | Q(line=None)
FIRST_TOTAL = (
    F(f"{FIRST}line__amount") * F(f"{FIRST}line__quantity")
    - F(f"{FIRST}line__discount")
    + F(f"{FIRST}line__shipping")
    + F(f"{FIRST}line__tax")
)
ITS_PART = Case(
    When(OF_LATER | Q(line__isnull=False), then=F("amount")),
    default=F("amount") * FIRST_TOTAL / F("payment__order__total"),
    output_field=IntegerField(),
)
"""What went back of a first order, and for nothing that was named, counts by its share in it."""


def at(moment: datetime, scope: Scope, *states: str) -> QuerySet[IncomeStep]:
    """How those stood who stood in one of these states just before a moment."""
    found: QuerySet[IncomeStep] = IncomeStep.objects.filter(
        Q(until=None) | Q(until__gte=moment),
        since__lt=moment,
        state__in=states or HERE,
        **scope.narrowed,
    )
    return found.annotate(adds=F("monthly"))


def moves(since: datetime, until: datetime, scope: Scope, *kinds: str) -> QuerySet[IncomeStep]:
    """What changed in some time, and by how much the income of a month did."""
    found: QuerySet[IncomeStep] = IncomeStep.objects.filter(
        since__gte=since, since__lt=until, **scope.narrowed
    )
    found = found.filter(kind__in=kinds) if kinds else found
    return found.annotate(adds=F("monthly") - F("before"))


def charges(since: datetime, until: datetime, scope: Scope) -> QuerySet[OrderLine]:
    """What was charged and paid, as the lines of its orders; what was taken beside it is not."""
    its_own = Q(order__subscription__isnull=False) | Q(began_subscription__isnull=False)
    found: QuerySet[OrderLine] = OrderLine.objects.filter(
        its_own,
        order__paid_at__gte=since,
        order__paid_at__lt=until,
        order__is_test=False,
        order__total__gt=0,
        order__currency=scope.currency,
    )
    found = found.filter(product=scope.product) if scope.product else found
    return found.annotate(adds=LINE_TOTAL, at=F("order__paid_at"))


def refunds(since: datetime, until: datetime, scope: Scope) -> QuerySet[Refund]:
    """What of it was given back, on the day that was begun."""
    found = Refund.objects.effective().filter(created_at__gte=since, created_at__lt=until)
    return _taken(found, scope, "created_at")


def disputes(since: datetime, until: datetime, scope: Scope) -> QuerySet[Dispute]:
    """What of it banks took back for good."""
    found = Dispute.objects.lost().filter(closed_at__gte=since, closed_at__lt=until)
    return _taken(found, scope, "closed_at")


def recovered(since: datetime, until: datetime, scope: Scope) -> QuerySet[Bill]:
    """Charges a card was refused for first, and that were paid after all in some time."""
    found: QuerySet[Bill] = Bill.objects.filter(
        failed_at__isnull=False,
        paid_at__gte=since,
        paid_at__lt=until,
        subscription__currency=scope.currency,
        subscription__order__is_test=False,
    )
    found = found.filter(subscription__product=scope.product) if scope.product else found
    return found.annotate(adds=F("amount"), at=F("paid_at"))


def cohort(month: date | None, scope: Scope) -> QuerySet[IncomeStep]:
    """Those who began to pay in a month of the scope; without one, all there ever were."""
    found: QuerySet[IncomeStep] = IncomeStep.objects.filter(kind__in=JOINED, **scope.narrowed)
    if month is None:
        return found.filter(since__lt=scope.now)
    since, until = scope.window(month)
    return found.filter(since__gte=since, since__lt=until)


def stayed(joined: date, end: date, scope: Scope) -> QuerySet[IncomeStep]:
    """Those who joined in one month and were paying at the end of another, or are now."""
    since, until = scope.window(joined)
    found = at(scope.window(end)[1], scope, State.PAYING)
    return found.filter(joined_at__gte=since, joined_at__lt=until)


def worth(members: QuerySet[IncomeStep], now: datetime) -> QuerySet[Any]:
    """Each member with what they paid, what went back to them, and what of it stays."""
    its = {"paid_at__lt": now, "paid_at__isnull": False, "subscription": OuterRef("subscription")}
    later = _sum_of(Order.objects.filter(**its), "subscription", Sum("total"))
    gone = {
        "refunds": Q(refunds__state__in=EFFECTIVE, refunds__created_at__lt=now),
        "disputes": Q(disputes__status="lost", disputes__closed_at__lt=now),
    }
    first = _line_total("subscription__line__")
    is_paid = Q(subscription__order__paid_at__lt=now)
    return members.annotate(
        paid=Case(When(is_paid, then=first), default=Value(0), output_field=IntegerField()) + later,
        refunded=_gone("refunds", gone["refunds"]),
        lost=_gone("disputes", gone["disputes"]),
        adds=F("paid") - F("refunded") - F("lost"),
    )


def paid_for(members: QuerySet[IncomeStep], now: datetime) -> QuerySet[Any]:
    """Each member with how long they have paid for by now, and whether they left."""
    passed = ExpressionWrapper(
        Least(F("until"), Value(now, output_field=DateTimeField())) - F("since"),
        output_field=DurationField(),
    )
    runs = PaidRun.objects.filter(subscription=OuterRef("subscription"), since__lt=now)
    time = runs.order_by().values("subscription").annotate(sum=Sum(passed)).values("sum")
    over = IncomeStep.objects.filter(
        subscription=OuterRef("subscription"), state=State.OVER, since__lt=now
    )
    return members.annotate(time=Subquery(time), has_left=Exists(over), adds=F("monthly"))


def _gone(way: str, counts: Q) -> Any:
    """Return what went back to a member: all of later charges, their share of the first order.

    Payments are where to start from: who asks for what went back first reads all of it, for each.
    """
    amount, line = f"{way}__amount", f"{way}__line"
    later = Payment.objects.filter(order__subscription=OuterRef("subscription"))
    first = Payment.objects.filter(order=OuterRef("subscription__order"))
    its_part = Case(
        When(**{f"{line}__isnull": False}, then=F(amount)),
        default=F(amount) * _line_total("subscription__line__", OuterRef) / F("order__total"),
        output_field=IntegerField(),
    )
    its_line = Q(**{line: OuterRef("subscription__line")}) | Q(**{line: None})
    return _sum_of(later, "order__subscription", Sum(amount, filter=counts)) + _sum_of(
        first, "order", Sum(its_part, filter=counts & its_line)
    )


def _sum_of(rows: Any, key: str, summed: Any) -> Any:
    each = rows.order_by().values(key).annotate(sum=summed).values("sum")
    return Coalesce(Subquery(each, output_field=IntegerField()), 0)


def _line_total(line: str, of: Any = F) -> Any:
    total = of(f"{line}amount") * of(f"{line}quantity") - of(f"{line}discount")
    return total + of(f"{line}shipping") + of(f"{line}tax")


def _taken(found: QuerySet[Any], scope: Scope, moment: str) -> QuerySet[Any]:
    its = OF_LATER | (OF_FIRST & OF_ITS_LINE)
    found = found.filter(its, payment__order__is_test=False, currency=scope.currency)
    if scope.product:
        of_it = Q(payment__order__subscription__product=scope.product)
        found = found.filter(of_it | Q(**{f"{FIRST}product": scope.product}))
    counted: QuerySet[Any] = found.annotate(adds=ITS_PART, at=F(moment))
    return counted
