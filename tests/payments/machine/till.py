"""One store with its stock, a world to undo afterwards, and eyes on our rows and on Stripe's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from typing import Any, ClassVar

from django.core.cache import caches
from django.db import transaction
from hypothesis.stateful import RuleBasedStateMachine

from accounts.models import Customer
from payments.errors import PaymentError
from payments.models import Coupon, Extra, Gift, Order, OrderLine, Payment, Refund
from payments.services import steps
from products.models import Price, Product
from products.services.bundles import include
from sandbox import ids
from sandbox.testing import LiveSandbox
from stores.models import Business, Store
from stores.scope import store_scope
from tests.conftest import make_product, make_store, make_user
from tests.payments.buying import make_book
from tests.payments.machine.reference import Money, Purchase, Returned, Sold

PRICES = {"one": 4900, "two": 1900, "both": 6000}
PROMISES = {"one": ("one",), "two": ("two",), "both": ("both", "one", "two")}
PEOPLE = ("noa@example.com", "omer@example.com", "tal@example.com")
USES, COPIES = 3, 4
"""How often the coupon is good, and how many of "two" there are."""
FAULTS = ("drop before", "drop after", "error before", "error after", "rate_limit before")


class PowerCut(BaseException):
    """The process is gone in the middle of a step."""


class Till(RuleBasedStateMachine):
    """A store and what is known of its orders; the moves are added by who plays it."""

    sandbox: ClassVar[LiveSandbox]

    def __init__(self) -> None:
        super().__init__()
        self.sandbox.reset()
        ids.repeat_from(0)
        for cache in caches.all():
            cache.clear()
        self.saved = transaction.atomic()
        self.saved._from_testcase = True  # as around every test: no transaction of ours
        self.saved.__enter__()
        self.store: Store = make_store("till", make_user("owner@example.com"))
        self.purchases: dict[int, Purchase] = {}
        self.attempts = count(1)
        with store_scope(self.store):
            self.things = self._stock()
            self.prices = {name: thing.prices.get() for name, thing in self.things.items()}
            for email in PEOPLE:
                Customer.objects.create(user=make_user(email))

    def _stock(self) -> dict[str, Product]:
        one, two = make_book(title="one"), make_book(title="two", amount=PRICES["two"])
        both = make_product("bundle", title="both", amount=PRICES["both"])
        include(both, one)
        include(both, two)
        Price.objects.filter(product=two).update(quantity=COPIES)
        Extra.objects.create(beside=one, price=two.prices.get())
        Coupon.objects.create(code="TENTH", percent=10, most_uses=USES)
        Business.objects.create(legal_name="Alice", kind=Business.Kind.EXEMPT, country="IL")
        return {"one": one, "two": two, "both": both}

    def _ordered(self, order: Order, what: str, email: str, wishes: set[str]) -> Purchase:
        """Say what was ordered; the extra is only there while there are copies of it."""
        share = 90 if "coupon" in wishes else 100
        sold = [Sold(PROMISES[what], PRICES[what] * share // 100, "gift" in wishes)]
        is_offered = "bump" in wishes and what == "one"
        if is_offered and order.lines.filter(is_extra=True).exists():
            sold.append(Sold(PROMISES["two"], PRICES["two"] * share // 100))
        return Purchase(email, tuple(sold), has_coupon="coupon" in wishes)

    @contextmanager
    def _acting(self, trouble: str) -> Iterator[None]:
        """Act in the store; the power goes when a step is reached, or a call to Stripe fails."""
        steps.watch(cut_at(trouble) if trouble in steps.STEPS else None)
        if trouble in FAULTS:
            kind, when = trouble.split()
            self.sandbox.fault(kind, when=when)
        try:
            with store_scope(self.store), suppress(PaymentError, PowerCut):
                yield
        finally:
            steps.watch(None)
            self.sandbox.lever("faults", {"clear": True})

    def _orders(self, **wanted: Any) -> list[Order]:
        with store_scope(self.store):
            return list(Order.objects.filter(pk__in=self.purchases, **wanted).order_by("pk"))

    def _lines(self, order: Order) -> list[OrderLine]:
        with store_scope(self.store):
            return list(order.lines.order_by("is_extra", "pk"))

    def _waiting(self) -> list[Order]:
        """Orders whose payment page is open, and known to their buyer."""
        is_open = {each["id"] for each in self._there("checkout.session", status="open")}
        return [each for each in self._orders() if each.stripe_session_id in is_open]

    def _opened(self) -> list[Order]:
        return self._orders(paid_at__isnull=False)

    def _intent(self, order: Order) -> str:
        with store_scope(self.store):
            return str(Payment.objects.get(order=order).payment_intent)

    def _new_refunds(self, order: Order) -> list[tuple[str, int]]:
        with store_scope(self.store):
            rows = Refund.objects.filter(payment__order=order).exclude(by="")
            known = self.purchases[order.pk].asked
            found = rows.exclude(public_id__in=known).values_list("public_id", "amount")
            return list(found)

    def _gifts(self) -> list[Gift]:
        with store_scope(self.store):
            return list(Gift.objects.waiting().select_related("line").order_by("pk"))

    def _there(self, kind: str, **wanted: str) -> list[dict[str, Any]]:
        """Return Stripe's objects of a kind, as it has them."""
        rows = self.sandbox.sandbox.world.storage.select("type = ? ORDER BY seq", kind)
        found = [row.body for row in rows]
        return [e for e in found if all(e[key] == value for key, value in wanted.items())]

    def _undecided(self) -> list[str]:
        return [e["id"] for e in self._there("dispute") if "response" in e["status"]]

    def _failing(self) -> list[str]:
        """Refunds that may come back; of what a bank asked about too, a person decides."""
        asked = {each["payment_intent"] for each in self._there("dispute")}
        done = self._there("refund", status="succeeded")
        return [each["id"] for each in done if each["payment_intent"] not in asked]

    def _money(self, order: Order) -> Money:
        payment = Payment.objects.filter(order=order).first()
        if payment is None:
            return Money()
        mine = {"payment_intent": payment.payment_intent}
        refunds = [
            Returned(e["id"], e["metadata"].get("refund", ""), e["amount"], e["status"])
            for e in self._there("refund", **mine)
        ]
        return Money(refunds, [each["status"] for each in self._there("dispute", **mine)])


def cut_at(crash: str) -> Callable[[str], None]:
    def watch(step: str) -> None:
        if step == crash:
            raise PowerCut(step)

    return watch
