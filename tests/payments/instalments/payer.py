"""Somebody who pays in monthly charges, as the sandbox's clock goes on."""

from __future__ import annotations

from typing import Any

from core import clock
from payments.contract import SubscriptionFacts
from payments.models import Bill, InstalmentPlan
from payments.services import reconciling
from payments.services.dunning import sweeping
from payments.services.stripe_subscriptions import fetch_subscription
from products.models import Price
from sandbox.testing import CARD
from stores.scope import store_scope
from tests.conftest import make_price
from tests.payments.buying import make_book
from tests.payments.subscriptions.member import Member

State = InstalmentPlan.State


def make_spread(**price: Any) -> Price:
    """Return the price of a book that is paid in four charges, 400.00 in all."""
    product = make_book(amount=None, title="Starting Sourdough")
    values = {"kind": Price.Kind.INSTALMENTS, "amount": 40000, "charges": 4}
    return make_price(product, **(values | price))


class Payer(Member):
    """One buyer of a price in monthly charges, with the sandbox's clock as theirs."""

    @property
    def plan(self) -> InstalmentPlan:
        with store_scope(self.shop.store):
            found: InstalmentPlan = InstalmentPlan.objects.select_related(
                "subscription__product", "pay_off", "subscription__order"
            ).get()
            return found

    def begin(self, card: str = CARD, **over: Any) -> InstalmentPlan:
        """Buy, and let the reconciler set the guard."""
        self.join(card, **over)
        self.reconcile()
        return self.plan

    def reconcile(self) -> None:
        """Let the reconciler come, at the moment by Stripe's clock."""
        with self.there():
            reconciling.reconcile_store(clock.now())

    def sweep(self) -> None:
        """Let the sweep of what is unpaid come."""
        with self.there():
            sweeping.work_on(clock.now())

    def days(self, count: int) -> None:
        """Let so many days pass, heard of and swept on the way."""
        at_once = 1 if count < 10 else 6
        while count > 0:
            self.later(days=min(at_once, count))
            self.sweep()
            count -= at_once

    def refuse(self, times: int = 20) -> Bill:
        """Let the next month's charge be refused, and hear of it."""
        self.shop.sandbox.after_last_retry("past_due")
        self.shop.sandbox.fail_next_renewal(
            self.subscription.stripe_id, code="insufficient_funds", times=times
        )
        self.later(months=1, hours=2)
        self.sweep()
        with store_scope(self.shop.store):
            return Bill.objects.latest("id")

    def at_stripe(self) -> SubscriptionFacts:
        """Return the subscription as Stripe has it."""
        return fetch_subscription("", self.subscription.stripe_id)
