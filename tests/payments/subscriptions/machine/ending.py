"""How a year ends: time passes, no hint is sure to arrive, and all is compared with all."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.db import transaction

from access.models import Access, Owed
from core import clock
from payments.models import (
    Bill,
    Document,
    Order,
    OutboundCall,
    Payment,
    Refund,
    StripeEvent,
    Subscription,
)
from payments.models.documents import FIRST_NUMBER
from payments.services.alarming import alarms
from payments.services.nightly import walking
from payments.services.nightly.recording import record
from stores.scope import store_scope
from tests.payments.subscriptions.machine.looking import LookingYear
from tests.payments.subscriptions.machine.reference import (
    Returning,
    charged_twice,
    is_open,
    paid_periods,
    should_have_ended,
)

HOURS = 8


class EndingYear(LookingYear):
    """A year that is looked at when it is over."""

    def teardown(self) -> None:
        """Let time pass, and compare with the reference, with Stripe and with ourselves."""
        try:
            for _hour in range(HOURS):
                self.sandbox.forward(3600)
                self._sweep()
                self._settle()
            moment = self.now
            with clock.standing_at(moment), store_scope(self.store):
                self._compare(moment)
        finally:
            transaction.set_rollback(True)
            self.saved.__exit__(None, None, None)

    def _settle(self) -> None:
        """Do what only a person does."""

    def _compare(self, now: datetime) -> None:
        found = self._check(now)
        assert not found, found
        stuck = [each.sentence for each in alarms(now)]
        assert not stuck, stuck
        assert not OutboundCall.objects.filter(state="waiting").exists()
        assert not StripeEvent.objects.filter(state__in=("pending", "failed")).exists()
        assert not Refund.objects.filter(state="requested").exists()
        assert not Order.objects.filter(status="review").exists()
        for subscription in Subscription.objects.filter(instalments=None).select_related("order"):
            of = self._returning(subscription)
            self._compare_one(subscription, of, now)
        self._compare_money()
        self._compare_documents()
        self._compare_owed(now)
        live = Access.objects.live(now).filter(parent=None)
        twice = Counter(live.values_list("source_kind", "source_id"))
        assert all(times == 1 for times in twice.values())

    def _compare_one(self, subscription: Subscription, of: Returning, now: datetime) -> None:
        self._compare_bills(subscription, of)
        spans = {
            span.source: (span.starts_at, span.ends_at)
            for access in Access.objects.from_source("subscription", str(subscription.pk))
            for span in access.paid_spans.all()
        }
        paid = {name: (period.begins, period.ends) for name, period in paid_periods(of).items()}
        assert spans == paid, (subscription, now, of)
        assert bool(self._live(subscription, now)) == is_open(of, now), (subscription, now, of)
        assert charged_twice(of) == []
        if should_have_ended(of, now):
            assert subscription.ended_at is not None
        if subscription.ended_at is not None:
            assert not any(each.is_owed for each in of.charges)

    def _compare_bills(self, subscription: Subscription, of: Returning) -> None:
        assert (subscription.ends_at, subscription.ended_at) == (of.ends_at, of.ended_at)
        bills = Bill.objects.filter(subscription=subscription)
        ours = {(e.stripe_id, e.status) for e in bills if e.status != "draft"}
        assert ours == {(each.id, each.status) for each in of.charges}

    def _compare_money(self) -> None:
        """Each charge of the card there is one payment here, and what went back agrees."""
        there = {
            each["payment_intent"]: (each["amount"], each["amount_refunded"])
            for each in self._there("charge")
            if each["status"] == "succeeded"
        }
        ours = {
            intent: (amount, back)
            for intent, amount, back in Payment.objects.values_list(
                "payment_intent", "amount", "refunded_amount"
            )
        }
        assert ours == there
        came = Order.objects.filter(payments__isnull=False)
        assert came.count() == len(ours)  # one for each order
        paid = Order.objects.filter(paid_at__isnull=False)
        assert set(came.exclude(status="cancelled").order_by()) <= set(paid) <= set(came)

    def _compare_documents(self) -> None:
        numbers: dict[str, list[int]] = {}
        for kind, number in Document.objects.order_by("number").values_list("kind", "number"):
            numbers.setdefault(kind, []).append(number)
        for each in numbers.values():
            assert each == list(range(FIRST_NUMBER, FIRST_NUMBER + len(each)))
        receipts = Document.objects.filter(kind="receipt", about=None)
        paid = Order.objects.filter(paid_at__isnull=False)
        assert dict(receipts.values_list("order", "total")) == dict(paid.values_list("pk", "total"))
        assert receipts.count() == paid.count()

    def _compare_owed(self, now: datetime) -> None:
        """What is owed was made good or went back, unless it waits for a rest or for money."""
        for row in Owed.objects.filter(settled_at=None).select_related("access"):
            access = row.access
            assert (
                not access.is_live(now)
                or access.ends_at is not None
                or (access.paused_until is not None)
            )

    def _check(self, now: datetime) -> list[tuple[str, str, str, str]]:
        """Compare everything with everything, as the night does."""
        found = []
        for part in walking.every_part(now):
            cursor = "first"
            while cursor:
                findings, cursor = walking.look(part, before=None)
                found += record(findings, now)
                part.cursor = cursor
        return [(each.kind, each.subject, each.ours, each.theirs) for each in found]
