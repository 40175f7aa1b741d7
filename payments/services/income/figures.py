"""The figures of what returns. Amounts are in minor units of the scope's currency, by the month.

Every function asks a fixed number of questions, however many members there are.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import TruncMonth

from payments.models import IncomeStep
from payments.services.income import sets
from payments.services.income.scopes import Scope
from payments.services.income.sets import HERE, JOINED, Kind, State
from payments.services.reporting.figures import Share
from products.models import Price
from products.services.rhythms import a_period
from stores.scope import current_store

MOST = 50
A_MONTH = timedelta(days=1461) / 48
SHORT = timedelta(days=3)
"""A paid month counts as one though it has 28 days, and the average one 30.44."""
TENURES = (0, 1, 2, 3, 6, 12, 24)
"""From how many paid months on a line of the table counts."""
MOVES = (
    *(Kind.NEW, Kind.AGAIN, Kind.GREW, Kind.SHRANK, Kind.COUPON),
    *(Kind.RESTS, Kind.RETURNS, Kind.HOLD, Kind.RECOVERED, Kind.LEFT),
)
"""What can change the income, in the order in which it is told."""


@dataclass(frozen=True)
class Now:
    """How all stands now: how many, and what they bring by the month or would."""

    monthly: int
    paying: int
    resting: int
    resting_worth: int
    held: int
    held_worth: int
    trying: int


@dataclass(frozen=True)
class Month:
    """One month: what it began with, what changed, what it ended with."""

    month: date
    opening: int
    moved: Mapping[str, int]
    """By kind."""
    members_before: int
    counted: Mapping[str, int]
    """How often each kind of change happened."""
    resting: int
    held: int
    """How many stood so at its end."""

    @property
    def closing(self) -> int:
        """What is brought by the month at its end."""
        return self.opening + sum(self.moved.values())

    @property
    def joined(self) -> int:
        """How many began to pay, for the first time or again."""
        return sum(self.counted.get(kind, 0) for kind in JOINED)

    @property
    def left(self) -> int:
        """How many ended."""
        return self.counted.get(Kind.LEFT, 0)

    @property
    def members(self) -> int:
        """How many members there were at its end."""
        return self.members_before + self.joined - self.left


@dataclass(frozen=True)
class Flow:
    """The money of one month."""

    month: date
    came: int = 0
    refunds: int = 0
    disputes: int = 0
    recovered: int = 0

    @property
    def stays(self) -> int:
        """What came less what went back."""
        return self.came - self.refunds - self.disputes


@dataclass(frozen=True)
class Tenure:
    """How many have paid for so long: who is here, and who left."""

    number: int
    least: int
    most: int | None
    """In paid months, both ends in it."""
    here: int
    left: int


@dataclass(frozen=True)
class Cohort:
    """Who joined in one month, and how many of them were paying at the end of each since."""

    month: date
    size: int
    paying: Sequence[int] = field(default_factory=tuple)


@dataclass(frozen=True)
class Value:
    """What some members paid, what went back to them, and how many they are."""

    month: date | None
    members: int
    paid: int
    refunded: int
    lost: int

    @property
    def kept(self) -> int:
        """What of it stays."""
        return self.paid - self.refunded - self.lost

    @property
    def each(self) -> int:
        """What stays of one, on average, rounded down."""
        return self.kept // self.members if self.members else 0


def now(scope: Scope) -> Now:
    """Return how all stands now."""
    standing = sets.at(scope.now, scope, *HERE, State.BEFORE)

    def of(state: str) -> Q:
        return Q(state=state)

    found = standing.aggregate(
        monthly=Sum("monthly", default=0),
        paying=Count("pk", filter=of(State.PAYING)),
        resting=Count("pk", filter=of(State.RESTING)),
        resting_worth=Sum("worth", filter=of(State.RESTING), default=0),
        held=Count("pk", filter=of(State.HELD)),
        held_worth=Sum("worth", filter=of(State.HELD), default=0),
        trying=Count("pk", filter=of(State.BEFORE)),
    )
    return Now(**found)


def by_month(scope: Scope) -> list[Month]:
    """Return what each month began with, what changed in it and what it ended with."""
    edges = scope.edges
    first = sets.at(edges[0], scope).aggregate(sum=Sum("monthly", default=0), n=Count("pk"))
    ends = edges[1:]
    counted = {
        f"{state}{number}": Count("pk", filter=Q(state=state) & _covers(end))
        for number, end in enumerate(ends)
        for state in (State.RESTING, State.HELD)
    }
    stood = IncomeStep.objects.filter(since__lt=ends[-1], **scope.narrowed).aggregate(**counted)
    moved: dict[date, dict[str, tuple[int, int]]] = {}
    for row in (
        sets.moves(edges[0], edges[-1], scope)
        .order_by()
        .annotate(month=TruncMonth("since", tzinfo=current_store().zone))
        .values("month", "kind")
        .annotate(sum=Sum(F("monthly") - F("before")), n=Count("pk"))
    ):
        moved.setdefault(row["month"].date(), {})[row["kind"]] = (row["sum"], row["n"])
    found: list[Month] = []
    opening, members = first["sum"], first["n"]
    for number, month in enumerate(scope.months):
        its = moved.get(month, {})
        found.append(
            Month(
                month,
                opening,
                {kind: its[kind][0] for kind in its},
                members,
                {kind: its[kind][1] for kind in its},
                stood[f"{State.RESTING}{number}"],
                stood[f"{State.HELD}{number}"],
            )
        )
        opening, members = found[-1].closing, found[-1].members
    return found


def flows(scope: Scope) -> list[Flow]:
    """Return what each month brought in money, and what of it went back."""
    found: dict[date, dict[str, int]] = {month: {} for month in scope.months}
    since, until = scope.window()
    named: dict[str, Any] = {
        "came": sets.charges(since, until, scope),
        "refunds": sets.refunds(since, until, scope),
        "disputes": sets.disputes(since, until, scope),
        "recovered": sets.recovered(since, until, scope),
    }
    for name, rows in named.items():
        cut = TruncMonth("at", tzinfo=current_store().zone)
        summed = rows.order_by().annotate(month=cut).values("month").annotate(sum=Sum("adds"))
        for row in summed:
            found[row["month"].date()][name] = row["sum"]
    return [Flow(month, **sums) for month, sums in found.items()]


def by_product(scope: Scope) -> list[Share]:
    """Return what each product brings by the month now, and from how many."""
    rows = _paying(scope).values("product", "product__title")
    summed = rows.annotate(n=Count("pk"), sum=Sum("monthly")).order_by("-sum", "product")
    return [
        Share(str(row["product"]), row["product__title"], row["n"], row["sum"])
        for row in summed[:MOST]
    ]


def by_price(scope: Scope) -> list[Share]:
    """Return what each price brings by the month now, and from how many."""
    rows = _paying(scope).values("price")
    summed = list(rows.annotate(n=Count("pk"), sum=Sum("monthly")).order_by("-sum", "price")[:MOST])
    prices: dict[Any, Price] = Price.objects.select_related("product").in_bulk(
        [row["price"] for row in summed]
    )
    return [
        Share(str(row["price"]), _price_name(prices[row["price"]]), row["n"], row["sum"])
        for row in summed
    ]


def _price_name(price: Price) -> str:
    label = f" · {price.label}" if price.label else ""
    return f"{price.product.title}{label} · {a_period(price)}"


def tenures(scope: Scope) -> list[Tenure]:
    """Return how long members have paid for, in paid time: who is here and who left."""
    edges = [reach(months) for months in TENURES[1:]]
    members: Any = sets.paid_for(sets.cohort(None, scope), scope.now).order_by()
    found = Counter(
        (bisect_right(edges, time or timedelta()), has_left)
        for time, has_left in members.values_list("time", "has_left").iterator()
    )
    return [
        Tenure(
            number,
            least,
            TENURES[number + 1] - 1 if number + 1 < len(TENURES) else None,
            found[number, False],
            found[number, True],
        )
        for number, least in enumerate(TENURES)
    ]


def within(number: int) -> Q:
    """Return which members of ``paid_for`` a line of that table counts."""
    least = Q(time__gte=reach(TENURES[number])) if number else Q()
    if number + 1 == len(TENURES):
        return least
    most = Q(time__lt=reach(TENURES[number + 1]))
    return (least & most) if number else (most | Q(time=None))


def reach(months: int) -> timedelta:
    """Return how much paid time makes so many paid months."""
    return A_MONTH * months - SHORT


def cohorts(scope: Scope) -> list[Cohort]:
    """Return who joined in each month, and how many were paying at the end of each since then."""
    ends = scope.edges[1:]
    since, until = scope.window()
    zone = current_store().zone
    joined = IncomeStep.objects.filter(
        joined_at__gte=since, joined_at__lt=until, since__lt=until, **scope.narrowed
    )
    counted = {
        f"end{number}": Count("pk", filter=Q(state=State.PAYING) & _covers(end))
        for number, end in enumerate(ends)
    }
    size = Count("pk", filter=Q(kind__in=JOINED))
    rows = (
        joined.order_by()
        .annotate(month=TruncMonth("joined_at", tzinfo=zone))
        .values("month")
        .annotate(size=size, **counted)
    )
    found = {row["month"].date(): row for row in rows}
    return [
        Cohort(
            month,
            found[month]["size"],
            tuple(found[month][f"end{each}"] for each in range(number, len(ends))),
        )
        for number, month in enumerate(scope.months)
        if month in found
    ]


def values(scope: Scope) -> list[Value]:
    """Return what those who joined in each month paid until now, and what of it stays."""
    zone = current_store().zone
    rows: Any = (
        sets.worth(sets.cohort(None, scope), scope.now)
        .filter(since__gte=scope.edges[0])
        .order_by()
        .annotate(month=TruncMonth("since", tzinfo=zone))
        .values("month")
        .annotate(**_SUMS)
        .order_by("month")
    )
    return [_value(row["month"].date(), row) for row in rows]


def value(scope: Scope) -> Value:
    """Return what all members there ever were paid until now, and what of it stays."""
    return _value(None, sets.worth(sets.cohort(None, scope), scope.now).aggregate(**_SUMS))


def reasons(scope: Scope) -> list[Share]:
    """Return why those left who left in these months; an empty key where nobody said."""
    rows = sets.moves(*scope.window(), scope, Kind.LEFT).order_by()
    counted = rows.values("subscription__leaving_reason__kind").annotate(
        n=Count("pk"), sum=Sum(F("monthly") - F("before"))
    )
    found = [
        Share(row["subscription__leaving_reason__kind"] or "", "", row["n"], row["sum"])
        for row in counted
    ]
    return sorted(found, key=lambda each: (-each.count, each.key))


_SUMS = {
    "members": Count("pk"),
    "sum_paid": Sum("paid", default=0),
    "sum_refunded": Sum("refunded", default=0),
    "sum_lost": Sum("lost", default=0),
}


def _value(month: date | None, row: Mapping[str, Any]) -> Value:
    sums = (row["members"], row["sum_paid"], row["sum_refunded"], row["sum_lost"])
    return Value(month, *sums)


def _paying(scope: Scope) -> Any:
    return sets.at(scope.now, scope, State.PAYING).order_by()


def _covers(moment: datetime) -> Q:
    return Q(since__lt=moment) & (Q(until=None) | Q(until__gte=moment))
