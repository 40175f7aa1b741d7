"""A club with its plans, a book in charges, a gift of months, and a world to undo afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import count
from typing import Any, ClassVar

from django.core.cache import caches
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from accounts.models import Customer
from core import clock
from payments.contract import Basket, Buyer, GiftWish
from payments.errors import PaymentError
from payments.models import Order, Subscription
from payments.services import inbox, reconciling, steps
from payments.services.cancelling import effect
from payments.services.documents.working import issue_due
from payments.services.dunning import sweeping
from payments.services.gifts.delivering import work_on_gifts
from payments.services.ordering import order_for
from payments.services.providers import provider_of
from payments.services.subscriptions import following_up
from products.errors import NotSellable
from products.models import Price
from sandbox import ids
from sandbox.testing import CARD, LiveSandbox
from stores.models import Business, Store
from stores.scope import store_scope
from tests.conftest import make_price, make_store, make_user
from tests.payments.instalments.payer import make_spread
from tests.payments.machine.till import FAULTS, PowerCut, cut_at
from tests.payments.subscriptions.member import make_club

PEOPLE = ("noa@example.com", "omer@example.com")
PLANS = {
    "month": {"amount": 5900, "interval": "month"},
    "gold": {"amount": 9900, "interval": "month"},
    "year": {"amount": 59000, "interval": "year"},
}
TROUBLE = st.sampled_from(["", "", "", "", *steps.STEPS, *FAULTS])
GIFT = {
    "kind": "one_time",
    "amount": 15000,
    "is_gift": True,
    "length": "periods",
    "length_count": 3,
    "length_unit": "month",
}

BEGINS = datetime(2027, 1, 29, 21, 30, tzinfo=UTC)
"""Short months and both changes of the clock lie ahead."""


class Year(RuleBasedStateMachine):
    """A store and those who pay it every month; the moves are added by who plays it.

    All of ours happens at the moment of Stripe's clock, which stands but for the moves: the same
    moves play the same year, whatever day it is outside and however slow the machine.
    """

    sandbox: ClassVar[LiveSandbox]

    def __init__(self) -> None:
        super().__init__()
        self.sandbox.reset()
        self.sandbox.after_last_retry("past_due")
        ids.repeat_from(0)
        self.sandbox.stop_clock()
        self.sandbox.set_clock(BEGINS)
        for cache in caches.all():
            cache.clear()
        self.saved = transaction.atomic()
        self.saved._from_testcase = True  # as around every test: no transaction of ours
        self.saved.__enter__()
        self.attempts = count(1)
        with clock.standing_at(self.now):
            self.store: Store = make_store("year", make_user("owner@example.com"))
            with store_scope(self.store):
                self.plans = self._stock()
                for email in PEOPLE:
                    Customer.objects.create(user=make_user(email))
        self._sweep()  # events are read on from here

    def _stock(self) -> dict[str, Price]:
        monthly = make_club(**PLANS["month"])
        plans = {"month": monthly, "spread": make_spread()}
        for name in ("gold", "year"):
            plans[name] = make_price(monthly.product, kind="subscription", **PLANS[name])
        plans["gift"] = make_price(monthly.product, **GIFT)
        Business.objects.create(legal_name="Alice", kind=Business.Kind.EXEMPT, country="IL")
        return plans

    @property
    def now(self) -> datetime:
        """The moment by Stripe's clock, rounded up."""
        return datetime.fromtimestamp(self.sandbox.now() + 1, tz=UTC)

    @contextmanager
    def _acting(self, trouble: str = "") -> Iterator[datetime]:
        """Act in the store; the power goes when a step is reached, or a call to Stripe fails."""
        steps.watch(cut_at(trouble) if trouble in steps.STEPS else None)
        if trouble in FAULTS:
            kind, when = trouble.split()
            self.sandbox.fault(kind, when=when)
        moment = self.now
        try:
            with (
                clock.standing_at(moment),
                store_scope(self.store),
                suppress(PaymentError, PowerCut),
            ):
                yield moment
        finally:
            steps.watch(None)
            self.sandbox.lever("faults", {"clear": True})

    def _buy(
        self,
        plan: str,
        email: str,
        card: str = CARD,
        trouble: str = "",
        gift: GiftWish | None = None,
    ) -> None:
        attempt = f"attempt-{next(self.attempts)}"
        with self._acting() as now, suppress(NotSellable):
            placed = order_for(
                Basket(self.plans[plan], gift=gift),
                buyer=Buyer(email, "Buyer", "en"),
                attempt=attempt,
                mine=(),
                now=now,
            )
            provider_of(placed.order).open_checkout(placed.order, now)
        with store_scope(self.store):
            order = Order.objects.filter(attempt=attempt).exclude(stripe_session_id="").first()
        if order is None:
            return
        self.sandbox.pay(order.stripe_session_id, card)
        with self._acting(trouble) as now:
            provider_of(order).sync(order, now)

    def _subscriptions(self, **wanted: Any) -> list[Subscription]:
        with store_scope(self.store):
            rows = Subscription.objects.filter(**wanted).select_related("order", "product")
            return list(rows.order_by("pk"))

    def _orders(self) -> list[Order]:
        with store_scope(self.store):
            return list(Order.objects.filter(paid_at__isnull=False).order_by("pk"))

    def _there(self, kind: str, **wanted: str) -> list[dict[str, Any]]:
        """Return Stripe's objects of a kind, as it has them."""
        rows = self.sandbox.sandbox.world.storage.select("type = ? ORDER BY seq", kind)
        found = [row.body for row in rows]
        return [e for e in found if all(e[key] == value for key, value in wanted.items())]

    def _unpaid(self) -> list[str]:
        return [each["id"] for each in self._there("invoice", status="open")]

    def _charges(self) -> list[str]:
        return [each["id"] for each in self._there("charge", status="succeeded")]

    def _undecided(self) -> list[str]:
        return [each["id"] for each in self._there("dispute") if "response" in each["status"]]

    def _sweep(self) -> None:
        """Do what beat does, whatever hint was lost."""
        with self._acting() as now:
            reconciling.read_events(now)
            inbox.work(now)
            reconciling.reconcile_store(now)
            sweeping.work_on(now)
            following_up.work_on_plans(now)
            effect.send_money(now)
            work_on_gifts(now)
            issue_due(now)

    def _pass(self, **how: int) -> None:
        self.sandbox.advance(**how)
