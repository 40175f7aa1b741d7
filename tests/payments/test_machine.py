"""Whatever happens at the till, in any order, lost, doubled or killed: it ends the same.

Hypothesis plays buyers, a bank, a creator, a careless network and a power cut against a small model
that knows only what each order should have come to.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from access.models import Access
from accounts.models import Customer
from core import clock
from payments.contract import Basket, Buyer, GiftWish
from payments.errors import CannotGive, PaymentError
from payments.models import Coupon, Difference, Dispute, Gift, Order, Payment, Refund
from payments.services import inbox, reconciling, steps
from payments.services.cancelling import effect, noticing
from payments.services.gifts.claiming import claim
from payments.services.nightly import walking
from payments.services.nightly.recording import record
from payments.services.ordering import order_for
from payments.services.providers import provider_of
from payments.services.refunding import refund, refundable
from payments.services.stripe_api import event_facts
from products.models import Product
from products.services.bundles import include
from sandbox.testing import LiveSandbox
from stores.models import Store
from stores.scope import store_scope
from tests.conftest import make_product, make_store, make_user
from tests.payments.buying import make_book

NUMBERS = count(1)
HOURS = 8
CRASHES = tuple(step for step in steps.STEPS if not step.startswith(("event", "document")))


class PowerCut(BaseException):
    """The process is gone in the middle of a step."""


@dataclass
class Expected:
    """What the model knows of one order."""

    promises: set[int]
    is_gift: bool = False
    is_paid: bool = False
    is_closed: bool = False
    is_at_bank: bool = False
    has_receiver: bool = False
    disputes: list[str] = field(default_factory=list)


class Till(RuleBasedStateMachine):
    """One store, its orders, and what the model expects of them."""

    sandbox: ClassVar[LiveSandbox]

    def __init__(self) -> None:
        super().__init__()
        number = next(NUMBERS)
        self.store: Store = make_store(f"till{number}", make_user(f"owner{number}@example.com"))
        self.begun = len(self.sandbox.events())
        self.expected: dict[int, Expected] = {}
        self.people = count(1)
        with store_scope(self.store):
            self.things = self._stock()
            self.prices = {name: thing.prices.get() for name, thing in self.things.items()}

    def _stock(self) -> dict[str, Product]:
        one, two = make_book(title="One"), make_book(title="Two", amount=1900)
        both = make_product("bundle", title="Both", amount=6000)
        include(both, one)
        include(both, two)
        Coupon.objects.create(code="TENTH", percent=10)
        return {"one": one, "two": two, "both": both}

    # -- what can happen

    @rule(
        what=st.sampled_from(["one", "two", "both"]),
        is_gift=st.booleans(),
        coupon=st.sampled_from(["", "TENTH"]),
        crash=st.sampled_from(["", *CRASHES]),
    )
    def somebody_orders(self, what: str, is_gift: bool, coupon: str, crash: str) -> None:  # noqa: FBT001 -- hypothesis calls it by name
        number = next(self.people)
        email = f"buyer{number}@example.com"
        price = self.prices[what]
        gift = GiftWish("Buyer", "Nina") if is_gift else None
        with self._acting(crash):
            placed = order_for(
                Basket(price, coupon=coupon, gift=gift),
                buyer=Buyer(email, f"Buyer {number}", "en"),
                attempt=f"attempt-{number}",
                mine=(),
                now=clock.now(),
            )
            provider_of(placed.order).open_checkout(placed.order, clock.now())
        with store_scope(self.store):
            order = Order.objects.filter(email=email).first()
        if order is not None:
            inside = {self.things[what].pk}
            if what == "both":
                inside |= {self.things["one"].pk, self.things["two"].pk}
            self.expected[order.pk] = Expected(inside, is_gift)

    @precondition(lambda self: self._waiting())
    @rule(data=st.data(), crash=st.sampled_from(["", *CRASHES]), comes_back=st.booleans())
    def it_is_paid(self, data: Any, crash: str, comes_back: bool) -> None:  # noqa: FBT001 -- as above
        order = data.draw(st.sampled_from(self._waiting()))
        self.sandbox.pay(order.stripe_session_id)
        self.expected[order.pk].is_paid = True
        if comes_back:
            with self._acting(crash):
                provider_of(order).sync(order, clock.now())

    @precondition(lambda self: self._waiting())
    @rule(data=st.data())
    def a_payment_page_runs_out(self, data: Any) -> None:
        order = data.draw(st.sampled_from(self._waiting()))
        self.sandbox.expire(order.stripe_session_id)

    @precondition(lambda self: self._opened())
    @rule(data=st.data(), is_whole=st.booleans(), crash=st.sampled_from(["", *CRASHES]))
    def the_creator_gives_money_back(self, data: Any, is_whole: bool, crash: str) -> None:  # noqa: FBT001 -- as above
        order = data.draw(st.sampled_from(self._opened()))
        with store_scope(self.store):
            left = refundable(order)
        amount = None if is_whole else data.draw(st.integers(1, max(1, left + 100)))
        with self._acting(crash):
            refund(order, by="Alice", now=clock.now(), amount=amount)

    @precondition(lambda self: self._opened())
    @rule(data=st.data(), part=st.sampled_from([1, 2]))
    def money_goes_back_at_stripe(self, data: Any, part: int) -> None:
        order = data.draw(st.sampled_from(self._opened()))
        with store_scope(self.store):
            payment = Payment.objects.get(order=order)
        with suppress(AssertionError, Exception):  # more than is left is refused there
            self.sandbox.refund(
                payment_intent=payment.payment_intent, amount=max(1, payment.amount // part)
            )

    @precondition(lambda self: self._opened())
    @rule(data=st.data())
    def the_buyer_cancels(self, data: Any) -> None:
        order = data.draw(st.sampled_from(self._opened()))
        with self._acting(""):
            if noticing.is_cancellable(order):
                said = noticing.Said(language="en", email=order.email)
                noticing.cancel(order, proof="browser", said=said, now=clock.now())

    @precondition(lambda self: self._opened())
    @rule(data=st.data())
    def the_bank_asks(self, data: Any) -> None:
        order = data.draw(st.sampled_from(self._opened()))
        with store_scope(self.store):
            payment = Payment.objects.get(order=order)
        with suppress(AssertionError, Exception):  # one that was asked about already
            dispute = self.sandbox.dispute(payment.payment_intent)
            self.expected[order.pk].disputes.append(dispute["id"])

    @precondition(lambda self: any(each.disputes for each in self.expected.values()))
    @rule(data=st.data(), won=st.booleans())
    def the_bank_decides(self, data: Any, won: bool) -> None:  # noqa: FBT001 -- as above
        asked = [each for each in self.expected.values() if each.disputes]
        dispute = data.draw(st.sampled_from(asked)).disputes.pop()
        self.sandbox.decide_dispute(dispute, won=won)

    @precondition(lambda self: self._gifts())
    @rule(data=st.data())
    def a_gift_is_claimed(self, data: Any) -> None:
        gift = data.draw(st.sampled_from(self._gifts()))
        with self._acting(""), suppress(CannotGive):
            user = make_user(f"receiver{self.store.pk}-{next(self.people)}@example.com")
            claim(gift, Customer.objects.create(user=user), now=clock.now())

    @rule(seed=st.integers(0, 10**6), crash=st.sampled_from(["", *CRASHES]))
    def some_hints_arrive(self, seed: int, crash: str) -> None:
        dice = random.Random(seed)
        hints = self._hints()
        some = dice.sample(hints, k=dice.randint(0, len(hints)))
        doubled = some + dice.sample(some, k=len(some) // 2)
        dice.shuffle(doubled)
        with self._acting(crash):
            inbox.take_in(doubled, clock.now())
            inbox.work(clock.now())

    @rule(crash=st.sampled_from(["", *CRASHES]))
    def the_reconciler_comes_by(self, crash: str) -> None:
        with self._acting(crash):
            reconciling.reconcile_store(clock.now() + timedelta(minutes=12))

    # -- how it ends

    def teardown(self) -> None:
        """Let everything arrive, and compare with the model, with Stripe and with ourselves."""
        steps.watch(None)
        now = clock.now()
        for hour in range(HOURS):
            then = now + timedelta(hours=hour)
            inbox.take_in(self._hints(), then)
            inbox.work(then)
            with store_scope(self.store):
                effect.send_money(then)
                reconciling.reconcile_store(then)
        with store_scope(self.store):
            found = [(each.kind, each.subject, each.ours, each.theirs) for each in self._check(now)]
            assert found == []
            for pk, expected in self.expected.items():
                self._compare(Order.objects.get(pk=pk), expected)

    def _check(self, now: datetime) -> list[Difference]:
        """Look at this store and at Stripe; the stores of earlier examples were looked at."""
        found: list[Difference] = []
        for part in walking.every_part(now):
            if part.store_id not in {None, self.store.pk}:
                continue
            cursor = "first"
            while cursor:
                findings, cursor = walking.look(part, before=None)
                found += record(findings, now)
                part.cursor = cursor
        return found

    def _compare(self, order: Order, expected: Expected) -> None:
        assert order.is_paid == expected.is_paid
        payments = Payment.objects.filter(order=order)
        assert payments.count() == int(expected.is_paid)
        if not expected.is_paid:
            assert not self._given(order).exists()
            return
        payment = payments.get()
        back = sum(
            each.amount
            for each in Refund.objects.filter(payment=payment, state__in=("pending", "succeeded"))
        )
        assert back == payment.refunded_amount <= payment.amount
        line = order.lines.get()
        is_open = line.closed_at is None and line.held_at is None
        lost = Dispute.objects.filter(payment=payment, status="lost")
        if back >= payment.amount or lost.exists():
            assert line.closed_at is not None
        given = self._given(order)
        live = [each.product_id for each in given if each.is_live(clock.now())]
        claimed = not expected.is_gift or Gift.objects.get(line=line).claimed_at is not None
        assert sorted(live) == (sorted(expected.promises) if is_open and claimed else [])

    def _given(self, order: Order) -> Any:
        lines = [str(pk) for pk in order.lines.values_list("pk", flat=True)]
        gifts = Gift.objects.filter(line__order=order).values_list("public_id", flat=True)
        first = Access.objects.filter(source_id__in=[*lines, *gifts]).exclude(source_kind="bundle")
        return first | Access.objects.filter(parent__in=first.values("pk"))

    # -- tools

    @contextmanager
    def _acting(self, crash: str) -> Iterator[None]:
        """Act in the store; with a ``crash``, the power goes when that step is reached."""
        steps.watch(_cut_at(crash) if crash else None)
        try:
            with store_scope(self.store), suppress(PaymentError, PowerCut):
                yield
        finally:
            steps.watch(None)

    def _orders(self, **wanted: Any) -> list[Order]:
        with store_scope(self.store):
            return list(Order.objects.filter(pk__in=self.expected, **wanted).order_by("pk"))

    def _waiting(self) -> list[Order]:
        orders = self._orders(status="pending", stripe_session_id__isnull=False)
        return [order for order in orders if self._is_open_there(order)]

    def _is_open_there(self, order: Order) -> bool:
        return not any(
            event["data"]["object"].get("id") == order.stripe_session_id
            for event in self.sandbox.events(
                "checkout.session.completed", "checkout.session.expired"
            )
        )

    def _opened(self) -> list[Order]:
        return self._orders(status__in=("paid", "partly_refunded"))

    def _gifts(self) -> list[Gift]:
        with store_scope(self.store):
            return list(Gift.objects.waiting().order_by("pk"))

    def _hints(self) -> list[Any]:
        return [event_facts(event) for event in self.sandbox.events()[self.begun :]]


def _cut_at(crash: str) -> Callable[[str], None]:
    def watch(step: str) -> None:
        if step == crash:
            raise PowerCut(step)

    return watch


@pytest.mark.django_db
@pytest.mark.timeout(3600)
def test_whatever_happens_at_the_till_it_ends_the_same(
    sandbox: LiveSandbox, pytestconfig: pytest.Config
) -> None:
    is_long = bool(pytestconfig.getoption("--long"))
    Till.sandbox = sandbox
    run_state_machine_as_test(  # type: ignore[no-untyped-call]  # hypothesis' own
        Till,
        settings=settings(
            max_examples=150 if is_long else 6,
            stateful_step_count=40 if is_long else 14,
            deadline=None,
            derandomize=not is_long,
            phases=[Phase.generate, Phase.shrink] if is_long else [Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
