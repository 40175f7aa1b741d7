"""A club with its plans, a world to undo afterwards, and eyes on our rows and on Stripe's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import count
from typing import Any, ClassVar

from django.core.cache import caches
from django.db import transaction
from hypothesis.stateful import RuleBasedStateMachine

from access.models import Access
from accounts.models import Customer
from core import clock
from payments.contract import Basket, Buyer
from payments.errors import CannotChange, CannotRefund, PaymentError
from payments.models import Order, OutboundCall, Subscription
from payments.services import inbox, reconciling, steps
from payments.services.cancelling import effect
from payments.services.documents.working import issue_due
from payments.services.dunning import sweeping
from payments.services.ordering import order_for
from payments.services.providers import provider_of
from payments.services.subscriptions import following_up
from products.errors import NotSellable
from products.models import Price
from sandbox.testing import CARD, LiveSandbox
from stores.models import Business, Store
from stores.scope import store_scope
from tests.conftest import make_price, make_store, make_user
from tests.payments.machine.till import FAULTS, PowerCut, cut_at
from tests.payments.subscriptions.machine.reference import Between, Charged, Returning
from tests.payments.subscriptions.member import make_club

PEOPLE = ("noa@example.com", "omer@example.com")
PLANS = {
    "month": {"amount": 5900, "interval": "month"},
    "gold": {"amount": 9900, "interval": "month"},
    "year": {"amount": 59000, "interval": "year"},
}
WITH_THE_BANK = frozenset({"needs_response", "under_review"})


class Year(RuleBasedStateMachine):
    """A store and those who pay it every month; the moves are added by who plays it.

    All of ours happens at the moment of Stripe's clock, which only the moves push on.
    """

    sandbox: ClassVar[LiveSandbox]

    def __init__(self) -> None:
        super().__init__()
        self.sandbox.reset()
        self.sandbox.after_last_retry("past_due")
        for cache in caches.all():
            cache.clear()
        self.saved = transaction.atomic()
        self.saved._from_testcase = True  # as around every test: no transaction of ours
        self.saved.__enter__()
        self.store: Store = make_store("year", make_user("owner@example.com"))
        self.attempts = count(1)
        with store_scope(self.store):
            self.plans = self._stock()
            for email in PEOPLE:
                Customer.objects.create(user=make_user(email))
        self._sweep()  # events are read on from here

    def _stock(self) -> dict[str, Price]:
        monthly = make_club(**PLANS["month"])
        plans = {"month": monthly}
        for name in ("gold", "year"):
            plans[name] = make_price(monthly.product, kind="subscription", **PLANS[name])
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
                suppress(PaymentError, PowerCut, CannotChange, CannotRefund),
            ):
                yield moment
        finally:
            steps.watch(None)
            self.sandbox.lever("faults", {"clear": True})

    def _join(self, plan: str, email: str, card: str = CARD, trouble: str = "") -> None:
        attempt = f"attempt-{next(self.attempts)}"
        with self._acting() as now, suppress(NotSellable):
            placed = order_for(
                Basket(self.plans[plan]),
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
            issue_due(now)

    # -- as Stripe has it

    def _returning(self, subscription: Subscription) -> Returning:
        body = self._body("subscription", subscription.stripe_id)
        mine = [
            each
            for each in self._there("invoice")
            if ((each["parent"] or {}).get("subscription_details") or {}).get("subscription")
            == subscription.stripe_id
        ]
        return Returning(
            [self._charged(each) for each in mine if each["status"] != "draft"],
            _moment(body["cancel_at"]),
            _moment(body["ended_at"]),
            self._rests(subscription),
        )

    def _body(self, kind: str, name: str) -> dict[str, Any]:
        return next(each for each in self._there(kind) if each["id"] == name)

    def _charged(self, invoice: dict[str, Any]) -> Charged:
        whole = [
            each["period"]
            for each in invoice["lines"]["data"]
            if each["amount"] > 0 and not each["parent"]["subscription_item_details"]["proration"]
        ]
        last = max(whole, key=lambda period: period["end"], default=None)
        intent = self._intent_of(invoice["id"])
        refunds = self._there("refund", payment_intent=intent) if intent else []
        disputes = self._there("dispute", payment_intent=intent) if intent else []
        states = {each["status"] for each in disputes}
        return Charged(
            invoice["id"],
            invoice["status"],
            _moment(invoice["created"]) or self.now,
            paid=invoice["amount_paid"],
            gone=sum(e["amount"] for e in refunds if e["status"] in {"pending", "succeeded"}),
            period=Between(_sure(last["start"]), _sure(last["end"])) if last else None,
            is_tried=bool(invoice["attempted"]),
            is_for_a_change=invoice["billing_reason"] == "subscription_update",
            is_lost="lost" in states,
            is_held=bool(WITH_THE_BANK & states),
        )

    def _intent_of(self, invoice: str) -> str:
        paid = [e for e in self._there("invoice_payment", invoice=invoice) if e["status"] == "paid"]
        return str(paid[0]["payment"]["payment_intent"]) if paid else ""

    def _rests(self, subscription: Subscription) -> list[Between]:
        """Return the rests Stripe agreed to, as cut short by who came back."""
        rests: list[Between] = []
        agreed = OutboundCall.objects.filter(subscription=subscription, state="answered")
        for call in agreed.order_by("pk"):
            ours = call.body.get("ours") or {}
            if call.key.startswith("rest-"):
                begins, ends = (ours[name] for name in ("rests_from", "rests_until"))
                rests.append(Between(*map(datetime.fromisoformat, (begins, ends))))
            elif "rests_until" in ours and rests:
                last = rests.pop()
                if ours["rests_until"]:
                    ends = datetime.fromisoformat(ours["rests_until"])
                    rests.append(Between(last.begins, ends))
        return rests

    def _live(self, subscription: Subscription, now: datetime) -> int:
        mine = Access.objects.from_source("subscription", str(subscription.pk))
        return int(mine.live(now).count())

    def _pass(self, **how: int) -> None:
        self.sandbox.advance(**how)


def _moment(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, tz=UTC)


def _sure(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, tz=UTC)
