"""Whatever happens in a member's years, in any order, lost, doubled or killed: it ends the same.

Hypothesis plays members, their cards, a bank, a creator, a careless network and a power cut. In the
end it is all compared with ``machine.reference``, with Stripe, and with itself.
"""

from __future__ import annotations

import random
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule, run_state_machine_as_test

from access.models import Access
from access.services.granting import owe
from payments.models import Order, Payment, Subscription
from payments.services import inbox
from payments.services.refunding import refund
from payments.services.stripe_api import event_facts
from payments.services.subscriptions.changing import comes_now, downgrade, undo, upgrade
from payments.services.subscriptions.following import access_of
from payments.services.subscriptions.leaving import leave_at_end, leave_today, stay
from payments.services.subscriptions.resting import come_back, rest
from sandbox.testing import CARD, ControlFailed, LiveSandbox
from stores.scope import store_scope
from tests.payments.buying import DECLINED
from tests.payments.subscriptions.machine.giving import GivingYear
from tests.payments.subscriptions.machine.year import PEOPLE, PLANS, TROUBLE, Year

DEEDS = ("leave", "stay", "today", "rest", "return", "undo")


class Years(GivingYear):
    """What can happen, in any order."""

    @rule(
        plan=st.sampled_from(list(PLANS)),
        email=st.sampled_from(PEOPLE),
        card=st.sampled_from([CARD, CARD, CARD, DECLINED]),
        trouble=TROUBLE,
    )
    def somebody_joins(self, plan: str, email: str, card: str, trouble: str) -> None:
        self._buy(plan, email, card, trouble)

    @rule(email=st.sampled_from(PEOPLE))
    def somebody_joins_without_trouble(self, email: str) -> None:
        self._buy("month", email)

    @rule(days=st.sampled_from([1, 3, 8, 15, 31, 31, 45]), is_swept=st.booleans())
    def time_passes(self, days: int, is_swept: bool) -> None:  # noqa: FBT001 -- hypothesis calls it by name
        self._pass(days=days, hours=2)
        if is_swept:
            self._sweep()

    @rule()
    def a_month_passes(self) -> None:
        self._pass(months=1, hours=2)
        self._sweep()

    @precondition(lambda self: self._subscriptions(ended_at=None))
    @rule(data=st.data(), times=st.sampled_from([1, 2, 20]))
    def the_card_will_be_refused(self, data: Any, times: int) -> None:
        one = data.draw(st.sampled_from(self._subscriptions(ended_at=None)))
        self.sandbox.fail_next_renewal(one.stripe_id, code="insufficient_funds", times=times)

    @precondition(lambda self: self._unpaid())
    @rule(data=st.data())
    def an_open_charge_is_paid(self, data: Any) -> None:
        with suppress(ControlFailed):  # its subscription has ended meanwhile
            self.sandbox.pay_invoice(data.draw(st.sampled_from(self._unpaid())))

    @precondition(lambda self: self._subscriptions())
    @rule(data=st.data(), deed=st.sampled_from(DEEDS), trouble=TROUBLE)
    def its_owner_asks(self, data: Any, deed: str, trouble: str) -> None:
        one = data.draw(st.sampled_from(self._subscriptions()))
        with self._acting(trouble) as now:
            if deed == "leave":
                leave_at_end(one, now=now)
            elif deed == "stay":
                stay(one, now=now)
            elif deed == "today":
                leave_today(one, now=now)
            elif deed == "rest":
                rest(one, data.draw(st.integers(1, 3)), now=now)
            elif deed == "return":
                come_back(one, now=now)
            else:
                undo(one, now=now)

    @precondition(lambda self: self._subscriptions(ended_at=None))
    @rule(data=st.data(), plan=st.sampled_from(list(PLANS)), trouble=TROUBLE)
    def another_plan_is_chosen(self, data: Any, plan: str, trouble: str) -> None:
        one = data.draw(st.sampled_from(self._subscriptions(ended_at=None)))
        price = self.plans[plan]
        with self._acting(trouble) as now:
            change = upgrade if comes_now(one, price, now) else downgrade
            change(one, price, now=now)

    @precondition(lambda self: self._orders())
    @rule(data=st.data(), divisor=st.sampled_from([1, 1, 3]), trouble=TROUBLE)
    def the_creator_gives_money_back(self, data: Any, divisor: int, trouble: str) -> None:
        order = data.draw(st.sampled_from(self._orders()))
        amount = order.total // divisor if divisor > 1 else None
        with self._acting(trouble) as now:
            refund(order, by="Alice", now=now, amount=amount)

    @precondition(lambda self: self._charges())
    @rule(data=st.data())
    def money_goes_back_at_stripe(self, data: Any) -> None:
        with suppress(ControlFailed):  # nothing is left of it
            self.sandbox.refund(charge=data.draw(st.sampled_from(self._charges())))

    @precondition(lambda self: self._charges())
    @rule(data=st.data())
    def the_bank_asks(self, data: Any) -> None:
        with suppress(ControlFailed):  # it was asked about already, or has nothing left
            self.sandbox.dispute(data.draw(st.sampled_from(self._charges())))

    @precondition(lambda self: self._undecided())
    @rule(data=st.data(), won=st.booleans())
    def the_bank_decides(self, data: Any, won: bool) -> None:  # noqa: FBT001 -- as above
        self.sandbox.decide_dispute(data.draw(st.sampled_from(self._undecided())), won=won)

    @precondition(lambda self: self._subscriptions(ended_at=None, instalments=None))
    @rule(data=st.data(), unit=st.sampled_from(["period", "day"]))
    def something_is_owed(self, data: Any, unit: str) -> None:
        ones = self._subscriptions(ended_at=None, instalments=None)
        one = data.draw(st.sampled_from(ones))
        with self._acting() as now:
            access = access_of(one)
            if access is not None and access.is_live(now):
                owe(access, 1, unit, f"promise {next(self.attempts)}")

    @rule(seed=st.integers(0, 10**6), trouble=TROUBLE)
    def some_hints_arrive(self, seed: int, trouble: str) -> None:
        dice = random.Random(seed)
        hints = [event_facts(event) for event in self.sandbox.events()]
        some = dice.sample(hints, k=min(len(hints), dice.randint(0, 40)))
        doubled = some + dice.sample(some, k=len(some) // 2)
        dice.shuffle(doubled)
        with self._acting(trouble) as now:
            inbox.take_in(doubled, now)
            inbox.work(now)

    @rule()
    def the_sweeps_come_by(self) -> None:
        self._sweep()

    # -- what is never so, whenever it is looked at

    @invariant()
    def nothing_is_open_that_was_never_paid(self) -> None:
        with store_scope(self.store):
            assert not Order.objects.paid().filter(payments=None).exists()
            payments = Payment.objects.values_list("order__total", "amount", "refunded_amount")
            assert all(back <= amount == total for total, amount, back in payments)
            known = {str(pk) for pk in Subscription.objects.values_list("pk", flat=True)}
            given = Access.objects.filter(source_kind="subscription", parent=None)
            sources = list(given.values_list("source_id", flat=True))
            assert len(sources) == len(set(sources))
            assert set(sources) <= known


@pytest.mark.django_db
@pytest.mark.timeout(3600)
def test_whatever_happens_in_the_years_of_members_it_ends_the_same(
    sandbox: LiveSandbox, pytestconfig: pytest.Config
) -> None:
    is_long = bool(pytestconfig.getoption("--long"))
    Year.sandbox = sandbox
    run_state_machine_as_test(  # type: ignore[no-untyped-call]  # hypothesis' own
        Years,
        settings=settings(
            max_examples=150 if is_long else 8,
            stateful_step_count=40 if is_long else 20,
            deadline=None,
            derandomize=not is_long,
            phases=[Phase.generate, Phase.shrink] if is_long else [Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
