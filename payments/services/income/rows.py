"""The rows that a figure of what returns opens, each with what it adds to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from payments.models import Order, Subscription
from payments.services.income import figures, sets
from payments.services.income.scopes import Scope, month_of, number_of
from payments.services.income.sets import HERE, Kind, State

MOVES = (*figures.MOVES, "moves", "joined")
TOGETHER: dict[str, tuple[str, ...]] = {"moves": (), "joined": sets.JOINED}
STANDS: dict[str, tuple[str, ...]] = {
    "monthly": (State.PAYING,),
    "paying": (State.PAYING,),
    "members": HERE,
    "resting": (State.RESTING,),
    "held": (State.HELD,),
    "trying": (State.BEFORE,),
}
WORTH = ("resting", "held")
"""What these bring nothing of now, and would."""
COUNTED = ("paying", "members", "trying", "here", "gone", "cohort")
"""Figures that count people and no money."""
MONEY: dict[str, Callable[[datetime, datetime, Scope], QuerySet[Any]]] = {
    "charges": sets.charges,
    "refunds": sets.refunds,
    "disputes": sets.disputes,
    "failed": sets.recovered,
}
SHARES = ("product", "price")
OTHERS = ("here", "gone", "cohort", "value", "reason")
KINDS = (*STANDS, *MOVES, *MONEY, *SHARES, *OTHERS)
UNSAID = "unsaid"
"""The key of those who left and did not say why."""


@dataclass(frozen=True)
class Counted:
    """One row: whose, of what, when, and how much it adds."""

    subscription: Subscription
    at: datetime
    kind: str
    amount: int
    order: Order | None = None


@dataclass(frozen=True)
class Found:
    """The rows of one figure, and what they add up to."""

    what: str
    month: date | None
    rows: QuerySet[Any]
    count: int
    amount: int

    @property
    def is_people(self) -> bool:
        """Whether the figure counts people and no money."""
        return self.what in COUNTED

    def page(self, first: int, after: int) -> list[Counted]:
        """Return some of the rows."""
        return list(self._told(self.rows[first:after]))

    def all(self) -> Iterator[Counted]:
        """Return all of them."""
        return self._told(self.rows)

    def _told(self, rows: QuerySet[Any]) -> Iterator[Counted]:
        return map(TELL.get(self.what, _step), rows)


def find(what: str, key: str, scope: Scope) -> Found | None:
    """Return the rows of a figure; nothing where there is no such figure."""
    month = month_of(key.partition(".")[0], scope)
    rows = _rows(what, key, month, scope) if what in KINDS else None
    if rows is None:
        return None
    summed = rows.aggregate(n=Count("pk"), sum=Sum("adds", default=0))
    return Found(what, month, rows, summed["n"], summed["sum"])


def _rows(what: str, key: str, month: date | None, scope: Scope) -> QuerySet[Any] | None:
    if what in STANDS:
        moment = scope.window(month)[1] if month is not None else scope.now
        found = sets.at(moment, scope, *STANDS[what])
        return _steps(found.annotate(adds=F("worth")) if what in WORTH else found)
    if what in MOVES:
        kinds = TOGETHER.get(what, (what,))
        return _steps(sets.moves(*scope.window(month), scope, *kinds))
    if what in MONEY:
        found = MONEY[what](*scope.window(month), scope).order_by("-at", "-pk")
        return found.select_related(*FETCHED[what]).prefetch_related(*BEFORE.get(what, ()))
    if what in SHARES:
        number = number_of(key)
        if number is None:
            return None
        return _steps(sets.at(scope.now, scope, State.PAYING).filter(**{what: number}))
    if what == "reason":
        said = Q(subscription__leaving_reason=None)
        if key != UNSAID:
            said = Q(subscription__leaving_reason__kind=key)
        return _steps(sets.moves(*scope.window(), scope, Kind.LEFT).filter(said))
    return _members(what, key, month, scope)


def _members(what: str, key: str, month: date | None, scope: Scope) -> QuerySet[Any] | None:
    number = number_of(key.partition(".")[2] or key)
    if what == "value":
        return _steps(sets.worth(sets.cohort(month, scope), scope.now))
    if what == "cohort" and month is not None:
        if not key.partition(".")[2]:
            return _steps(sets.cohort(month, scope).annotate(adds=F("monthly")))
        place = scope.months.index(month) + number if number is not None else len(scope.months)
        if place >= len(scope.months):
            return None
        return _steps(sets.stayed(month, scope.months[place], scope))
    if what in {"here", "gone"} and number is not None and number < len(figures.TENURES):
        members: Any = sets.paid_for(sets.cohort(None, scope), scope.now)
        return _steps(members.filter(figures.within(number), has_left=what == "gone"))
    return None


def _steps(rows: QuerySet[Any]) -> QuerySet[Any]:
    fetched = ("customer__user", "order", "product", "price")
    return rows.select_related(*(f"subscription__{each}" for each in fetched)).order_by(
        "-since", "-pk"
    )


_OF = ("product", "price", "customer__user", "order")
FETCHED: dict[str, tuple[str, ...]] = {
    "charges": (
        *(f"order__subscription__{each}" for each in _OF),
        *(f"began_subscription__{each}" for each in _OF),
    ),
    "failed": ("order", *(f"subscription__{each}" for each in _OF)),
}
FETCHED["refunds"] = FETCHED["disputes"] = tuple(
    f"payment__order__subscription__{each}" for each in _OF
)

_BEGAN = tuple(f"payment__order__began_subscriptions__{each}" for each in _OF)
BEFORE = {"refunds": _BEGAN, "disputes": _BEGAN}
"""What is asked for at once of first orders, for each page of rows."""


def _step(row: Any) -> Counted:
    return Counted(row.subscription, row.since, row.kind, row.adds)


def _line(row: Any) -> Counted:
    subscription = row.order.subscription or row.began_subscription
    return Counted(subscription, row.at, "", row.adds, row.order)


def _taken(row: Any) -> Counted:
    order = row.payment.order
    subscription = order.subscription or order.began_subscriptions.all()[0]
    return Counted(subscription, row.at, "", row.adds, order)


def _bill(row: Any) -> Counted:
    return Counted(row.subscription, row.at, "", row.adds, row.order)


TELL: dict[str, Callable[[Any], Counted]] = {
    "charges": _line,
    "refunds": _taken,
    "disputes": _taken,
    "failed": _bill,
}
