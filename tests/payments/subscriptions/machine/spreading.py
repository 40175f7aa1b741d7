"""Somebody pays in charges: what may happen to that, and how it has to end."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from payments.models import InstalmentPlan, Order
from payments.services.instalments.deciding import give_all_back, let_go, stop
from payments.services.instalments.paying_off import pay_off
from payments.services.refunding import refund
from sandbox.testing import CARD
from stores.scope import store_scope
from tests.payments.buying import DECLINED
from tests.payments.subscriptions.machine.ending import EndingYear
from tests.payments.subscriptions.machine.reference import Spread, is_spread_open
from tests.payments.subscriptions.machine.year import PEOPLE, TROUBLE

DECISIONS = {"let go": let_go, "stop": stop, "give back": give_all_back}


class SpreadingYear(EndingYear):
    """A year in which things are paid in charges too."""

    @rule(
        email=st.sampled_from(PEOPLE),
        card=st.sampled_from([CARD, CARD, CARD, DECLINED]),
        trouble=TROUBLE,
    )
    def somebody_buys_in_charges(self, email: str, card: str, trouble: str) -> None:
        self._buy("spread", email, card, trouble)

    @precondition(lambda self: self._spreads())
    @rule(data=st.data(), trouble=TROUBLE)
    def the_rest_is_paid_at_once(self, data: Any, trouble: str) -> None:
        plan = data.draw(st.sampled_from(self._spreads()))
        with self._acting(trouble) as now:
            pay_off(plan.subscription, now=now)

    @precondition(lambda self: self._spreads())
    @rule(data=st.data(), decision=st.sampled_from(list(DECISIONS)), trouble=TROUBLE)
    def the_shop_decides(self, data: Any, decision: str, trouble: str) -> None:
        plan = data.draw(st.sampled_from(self._spreads()))
        with self._acting(trouble) as now:
            DECISIONS[decision](plan, by="Alice", now=now)

    def _spreads(self) -> list[InstalmentPlan]:
        with store_scope(self.store):
            rows = InstalmentPlan.objects.select_related(
                "subscription__order", "subscription__product", "pay_off"
            )
            return list(rows.order_by("pk"))

    # -- the end

    def _settle(self) -> None:
        """What came although all was paid is looked at by a person, who gives it back."""
        with self._acting() as now:
            for order in Order.objects.filter(
                status="review", subscription__instalments__isnull=False
            ):
                refund(order, by="Alice", now=now)

    def _compare(self, now: datetime) -> None:
        super()._compare(now)
        for plan in self._spreads():
            self._compare_spread(plan, self._spread(plan), now)

    def _compare_spread(self, plan: InstalmentPlan, of: Spread, now: datetime) -> None:
        subscription = plan.subscription
        self._compare_bills(subscription, self._returning(subscription))
        assert of.kept <= of.total
        assert bool(self._live(subscription, now)) == is_spread_open(of, now), (plan, now, of)
        if of.is_whole or of.is_let_go or of.is_stopped or of.is_returned:
            assert subscription.ended_at is not None
        if subscription.ended_at is not None and plan.state != plan.State.PAYING:
            assert not any(each.is_owed for each in of.charges)

    def _spread(self, plan: InstalmentPlan) -> Spread:
        there = self._returning(plan.subscription)
        rest = plan.pay_off
        intents = [
            each["id"]
            for each in self._there("payment_intent", status="succeeded")
            if rest is not None and each["metadata"].get("order") == rest.public_id
        ]
        return Spread(
            plan.n_total,
            plan.total,
            there.charges,
            self._once(intents[0]) if intents else None,
            there.ended_at,
            is_let_go=plan.let_go_at is not None,
            is_stopped=plan.stopped_at is not None,
        )
