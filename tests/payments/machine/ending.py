"""How a play ends: time passes, no hint is sure to arrive, and all is compared with all."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from django.db import transaction

from access.contract import Open, Viewer
from access.models import Access
from access.services.gate import may_open
from accounts.models import Customer
from core import clock
from payments.models import (
    CouponRedemption,
    Document,
    Order,
    OutboundCall,
    Payment,
    Refund,
    StripeEvent,
)
from payments.models.documents import FIRST_NUMBER
from payments.services import inbox, reconciling, steps
from payments.services.alarming import alarms
from payments.services.cancelling import effect
from payments.services.documents.working import issue_due
from payments.services.nightly import walking
from payments.services.nightly.recording import record
from products.models import Hold, Part
from stores.scope import store_scope
from tests.payments.machine.reference import (
    Money,
    Purchase,
    asks_for_a_line,
    entitled,
    kept_lines,
    open_lines,
    troubles,
)
from tests.payments.machine.till import Till

HOURS = 8


class EndingTill(Till):
    """A till that is looked at when the day is over."""

    def teardown(self) -> None:
        """Let time pass, and compare with the reference, with Stripe and with ourselves."""
        try:
            self._let_time_pass()
            with store_scope(self.store):
                self._compare()
        finally:
            transaction.set_rollback(True)
            self.saved.__exit__(None, None, None)

    def _let_time_pass(self) -> None:
        steps.watch(None)
        self.sandbox.lever("faults", {"clear": True})
        self.sandbox.forward(2 * 3600)
        self.end = clock.now()
        for _hour in range(HOURS):
            self.end += timedelta(hours=1)
            reconciling.read_events(self.end)
            inbox.work(self.end)
            with store_scope(self.store):
                effect.send_money(self.end)
                reconciling.reconcile_store(self.end)
                issue_due(self.end)

    def _compare(self) -> None:
        now = clock.now()
        assert self._check(now) == []
        assert alarms(self.end) == []
        assert not OutboundCall.objects.filter(state="waiting").exists()
        assert not StripeEvent.objects.filter(state__in=("pending", "failed")).exists()
        assert not Refund.objects.filter(state="requested").exists()
        assert not Order.objects.filter(status__in=("pending", "review")).exists()
        ended = []
        for order in self._orders():
            purchase, money = self.purchases[order.pk], self._money(order)
            ended.append((purchase, money))
            assert troubles(purchase, money) == []
            self._compare_order(order, purchase, money)
        self._compare_people(entitled(ended), self.end)
        self._compare_limits(ended)
        self._compare_documents()

    def _compare_order(self, order: Order, purchase: Purchase, money: Money) -> None:
        assert order.is_paid == purchase.is_paid
        assert [line.total for line in self._lines(order)] == [e.price for e in purchase.sold]
        payments = Payment.objects.filter(order=order).values_list("amount", "refunded_amount")
        assert list(payments) == ([(purchase.price, money.gone)] if purchase.is_paid else [])
        asks = Refund.objects.filter(payment__order=order, asks_line=True)
        asks = asks.filter(state__in=("pending", "succeeded"))
        assert asks.exists() == asks_for_a_line(purchase, money)
        if purchase.is_paid and not open_lines(purchase, money) and not money.is_held:
            assert all(line.closed_at for line in self._lines(order))

    def _compare_people(self, expected: Counter[tuple[str, str]], now: datetime) -> None:
        live = Access.objects.live(now).values_list("customer__user__email", "product__title")
        assert Counter(live) == expected
        parts = list(Part.objects.select_related("product"))
        for who in Customer.objects.select_related("user"):
            for part, answer in may_open(Viewer(customer=who), parts, now).items():
                is_theirs = (who.user.email, part.product.title) in expected
                assert isinstance(answer, Open) == is_theirs

    def _compare_limits(self, ended: list[tuple[Purchase, Money]]) -> None:
        """What was not paid gave its copy and its use of the coupon back; a return, its copy."""
        paid = [each for each in self.purchases.values() if each.is_paid]
        used = CouponRedemption.objects.filter(released_at=None)
        assert used.count() == sum(each.has_coupon for each in paid)
        copies = Hold.objects.filter(price=self.prices["two"], released_at=None)
        kept = [each for about in ended for each in kept_lines(*about)]
        assert copies.count() == sum(each.promises == ("two",) for each in kept)

    def _compare_documents(self) -> None:
        numbers: dict[str, list[int]] = {}
        for kind, number in Document.objects.order_by("number").values_list("kind", "number"):
            numbers.setdefault(kind, []).append(number)
        for each in numbers.values():
            assert each == list(range(FIRST_NUMBER, FIRST_NUMBER + len(each)))
        receipts = Document.objects.filter(kind="receipt", about=None)
        paid = {pk: each.price for pk, each in self.purchases.items() if each.is_paid}
        assert dict(receipts.values_list("order", "total")) == paid
        assert receipts.count() == len(paid)

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
