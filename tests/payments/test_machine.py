"""Whatever happens at the till, in any order, lost, doubled or killed: it ends the same.

Hypothesis plays buyers, a bank, a creator, a careless network and a power cut. In the end it is all
compared with ``machine.reference``, with Stripe, and with itself; what no hint told of is found by
the reconciler alone.
"""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule, run_state_machine_as_test

from access.models import Access
from accounts.models import Customer
from core import clock
from payments.contract import Basket, Buyer, GiftWish
from payments.models import CouponRedemption, Order, Payment, Refund
from payments.services import inbox, reconciling, steps
from payments.services.cancelling import noticing
from payments.services.documents.working import issue_due
from payments.services.gifts.claiming import claim
from payments.services.ordering import order_for
from payments.services.providers import provider_of
from payments.services.refunding import refund
from payments.services.stripe_api import event_facts
from products.errors import NotSellable
from products.models import Hold
from sandbox.testing import CARD, ControlFailed, LiveSandbox
from stores.scope import store_scope
from tests.payments.buying import DECLINED
from tests.payments.machine.ending import EndingTill
from tests.payments.machine.reference import Asked
from tests.payments.machine.till import COPIES, FAULTS, PEOPLE, PROMISES, USES, Till

TROUBLE = st.sampled_from(["", "", "", *steps.STEPS, *FAULTS])


class Day(EndingTill):
    """What can happen, in any order."""

    @rule(
        what=st.sampled_from(["one", "one", "two", "both"]),
        email=st.sampled_from(PEOPLE),
        wishes=st.sets(st.sampled_from(["gift", "coupon", "bump", "twice"])),
        trouble=TROUBLE,
    )
    def somebody_orders(self, what: str, email: str, wishes: set[str], trouble: str) -> None:
        attempt = f"attempt-{next(self.attempts)}"
        basket = Basket(
            self.prices[what],
            coupon="TENTH" if "coupon" in wishes else "",
            gift=GiftWish("Buyer", "Nina") if "gift" in wishes else None,
            extras=(self.prices["two"].public_id,) if "bump" in wishes else (),
        )
        for each in (trouble, "")[: 1 + ("twice" in wishes)]:
            with self._acting(each), suppress(NotSellable):
                buyer = Buyer(email, "Buyer", "en")
                now = clock.now()
                placed = order_for(basket, buyer=buyer, attempt=attempt, mine=(), now=now)
                provider_of(placed.order).open_checkout(placed.order, now)
        with store_scope(self.store):
            order = Order.objects.filter(attempt=attempt).first()
            if order is not None:
                self.purchases[order.pk] = self._ordered(order, what, email, wishes)

    @precondition(lambda self: self._waiting())
    @rule(data=st.data(), card=st.sampled_from([CARD, CARD, CARD, DECLINED]))
    def a_card_is_tried(self, data: Any, card: str) -> None:
        order = data.draw(st.sampled_from(self._waiting()))
        self.sandbox.pay(order.stripe_session_id, card)
        self.purchases[order.pk].is_paid = card == CARD

    @rule(
        what=st.sampled_from(["one", "two", "both"]),
        email=st.sampled_from(PEOPLE),
        wishes=st.sets(st.sampled_from(["gift", "coupon", "bump"])),
    )
    def somebody_buys_without_trouble(self, what: str, email: str, wishes: set[str]) -> None:
        self.somebody_orders(what, email, wishes, "")
        for order in self._waiting()[-1:]:
            self.sandbox.pay(order.stripe_session_id)
            self.purchases[order.pk].is_paid = True
            with self._acting(""):
                provider_of(order).sync(order, clock.now())

    @precondition(lambda self: self.purchases)
    @rule(data=st.data(), trouble=TROUBLE)
    def somebody_comes_back(self, data: Any, trouble: str) -> None:
        order = data.draw(st.sampled_from(self._orders()))
        with self._acting(trouble):
            provider_of(order).sync(order, clock.now())

    @precondition(lambda self: self._waiting())
    @rule(data=st.data())
    def a_payment_page_runs_out(self, data: Any) -> None:
        order = data.draw(st.sampled_from(self._waiting()))
        self.sandbox.expire(order.stripe_session_id)

    @precondition(lambda self: self._opened())
    @rule(data=st.data(), how=st.sampled_from(["all", "line", "part"]), trouble=TROUBLE)
    def the_creator_gives_money_back(self, data: Any, how: str, trouble: str) -> None:
        order = data.draw(st.sampled_from(self._opened()))
        purchase = self.purchases[order.pk]
        at = data.draw(st.integers(0, len(purchase.sold) - 1)) if how == "line" else None
        part = data.draw(st.integers(1, purchase.price + 100)) if how == "part" else None
        lines = [self._lines(order)[at]] if at is not None else None
        with self._acting(trouble):
            refund(order, by="Alice", now=clock.now(), amount=part, lines=lines)
        for reference, amount in self._new_refunds(order):
            assert part in {None, amount}
            assert amount <= (purchase.price if at is None else purchase.sold[at].price)
            purchase.asked[reference] = Asked(amount, at)

    @precondition(lambda self: self._opened())
    @rule(data=st.data(), divisor=st.sampled_from([1, 2, 5]))
    def money_goes_back_at_stripe(self, data: Any, divisor: int) -> None:
        order = data.draw(st.sampled_from(self._opened()))
        purchase, amount = self.purchases[order.pk], self.purchases[order.pk].price // divisor
        with suppress(ControlFailed):  # more than is left is refused there
            made = self.sandbox.refund(payment_intent=self._intent(order), amount=amount)
            purchase.made_there.append(made["id"])

    @precondition(lambda self: self._failing())
    @rule(data=st.data())
    def money_that_went_back_comes_again(self, data: Any) -> None:
        self.sandbox.settle_refund(data.draw(st.sampled_from(self._failing())), fail=True)

    @precondition(lambda self: self._opened())
    @rule(data=st.data(), trouble=TROUBLE)
    def the_buyer_cancels(self, data: Any, trouble: str) -> None:
        order = data.draw(st.sampled_from(self._opened()))
        said = noticing.Said(language="en", email=order.email)
        with self._acting(trouble):
            if noticing.is_cancellable(order):
                noticing.cancel(order, proof="browser", said=said, now=clock.now())
                noticing.cancel(order, proof="browser", said=said, now=clock.now())
                self.purchases[order.pk].is_cancelled = True

    @precondition(lambda self: self._opened())
    @rule(data=st.data(), is_inquiry=st.booleans())
    def the_bank_asks(self, data: Any, is_inquiry: bool) -> None:  # noqa: FBT001 -- hypothesis calls it by name
        order = data.draw(st.sampled_from(self._opened()))
        with suppress(ControlFailed):  # one that was asked about already, or has nothing left
            self.sandbox.dispute(self._intent(order), is_inquiry=is_inquiry)

    @precondition(lambda self: self._undecided())
    @rule(data=st.data(), won=st.booleans())
    def the_bank_decides(self, data: Any, won: bool) -> None:  # noqa: FBT001 -- as above
        self.sandbox.decide_dispute(data.draw(st.sampled_from(self._undecided())), won=won)

    @precondition(lambda self: self._gifts())
    @rule(data=st.data(), email=st.sampled_from(PEOPLE))
    def a_gift_is_claimed(self, data: Any, email: str) -> None:
        gift = data.draw(st.sampled_from(self._gifts()))
        with self._acting(""):
            who = Customer.objects.get(user__email=email)
            claim(gift, who, now=clock.now())
            self.purchases[gift.line.order_id].receiver = email
            claim(gift, who, now=clock.now())  # the link is opened once more

    @rule(seed=st.integers(0, 10**6), trouble=TROUBLE)
    def some_hints_arrive(self, seed: int, trouble: str) -> None:
        dice = random.Random(seed)
        hints = [event_facts(event) for event in self.sandbox.events()]
        some = dice.sample(hints, k=dice.randint(0, len(hints)))
        doubled = some + dice.sample(some, k=len(some) // 2)
        dice.shuffle(doubled)
        with self._acting(trouble):
            inbox.take_in(doubled, clock.now())
            inbox.work(clock.now())

    @rule(trouble=TROUBLE)
    def the_sweeps_come_by(self, trouble: str) -> None:
        now = clock.now() + timedelta(minutes=12)
        with self._acting(trouble):
            reconciling.reconcile_store(now)
            issue_due(now)

    # -- what is never so, whenever it is looked at

    @invariant()
    def nothing_is_open_that_was_not_paid(self) -> None:
        with store_scope(self.store):
            paid = set(Order.objects.paid().values_list("pk", flat=True))
            assert paid <= {pk for pk, each in self.purchases.items() if each.is_paid}
            payments = Payment.objects.values_list("order__total", "amount", "refunded_amount")
            assert all(back <= amount == total for total, amount, back in payments)
            live = Access.objects.live(clock.now()).count()
        may_be = sum(len(e.sold) * len(PROMISES["both"]) for e in self.purchases.values())
        assert live <= may_be

    @invariant()
    def no_more_is_sold_than_there_is(self) -> None:
        now = clock.now()
        with store_scope(self.store):
            assert CouponRedemption.objects.counting(now).count() <= USES
            # A return that failed gives the copy back to its buyer, sold again or not.
            again = Refund.objects.filter(state="failed").count()
            copies = Hold.objects.filter(price=self.prices["two"]).counting(now).count()
            assert copies <= COPIES + again


@pytest.mark.django_db
@pytest.mark.timeout(3600)
def test_whatever_happens_at_the_till_it_ends_the_same(
    sandbox: LiveSandbox, pytestconfig: pytest.Config
) -> None:
    is_long = bool(pytestconfig.getoption("--long"))
    Till.sandbox = sandbox
    run_state_machine_as_test(  # type: ignore[no-untyped-call]  # hypothesis' own
        Day,
        settings=settings(
            max_examples=150 if is_long else 8,
            stateful_step_count=40 if is_long else 20,
            deadline=None,
            derandomize=not is_long,
            phases=[Phase.generate, Phase.shrink] if is_long else [Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
