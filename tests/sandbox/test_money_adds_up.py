"""Whatever is done to a subscription, in any order: the charges are what its invoices say."""

from __future__ import annotations

import random

import pytest
import stripe

from tests.sandbox.making import ASKS, DECLINED, GOOD, invoices_of, join

DAY = 86_400
RHYTHMS = ({"interval": "week"}, {"interval": "month"}, {"interval": "year"})
BEHAVIORS = ("none", "always_invoice", "create_prorations")


class Storm:
    """Deeds by chance on one subscription; what is refused is no matter."""

    def __init__(self, client, sandbox, seed):
        self.client, self.sandbox, self.chance = client, sandbox, random.Random(seed)
        coupon = {"percent_off": 30, "duration": self.chance.choice(["once", "forever"])}
        self.coupon = client.v1.coupons.create(coupon).id
        product = client.v1.products.create({"name": "Club"}).id
        params = {"product": product, "currency": "ils"}
        self.prices = [
            client.v1.prices.create({**params, "unit_amount": amount, "recurring": rhythm}).id
            for amount in (100, 9000)
            for rhythm in RHYTHMS
        ]
        self.member = join(client, sandbox, discounts=[{"coupon": self.coupon}]).id

    def blow(self, steps):
        deeds = [self.wait, self.wait, self.wait, self.reprice, self.move, self.fail]
        deeds += [self.leave, self.rest, self.lead, self.pay, self.refuse, self.discount]
        for _ in range(steps):
            body = self.client.v1.subscriptions.retrieve(self.member)
            try:
                self.chance.choice(deeds)(body)
            except (stripe.InvalidRequestError, stripe.CardError):
                continue

    def change(self, params):
        self.client.v1.subscriptions.update(self.member, params)

    def wait(self, _):
        self.sandbox.advance(days=self.chance.choice([0, 1, 9, 40]), hours=2)

    def reprice(self, body):
        item = {"id": body["items"].data[0].id, "price": self.chance.choice(self.prices)}
        behaviors = ["allow_incomplete", "pending_if_incomplete", "error_if_incomplete"]
        self.change(
            {
                "items": [{**item, "quantity": self.chance.randint(0, 3)}],
                "proration_behavior": self.chance.choice(BEHAVIORS),
                "payment_behavior": self.chance.choice(behaviors),
            }
        )

    def move(self, _):
        later = self.sandbox.now() + self.chance.randint(1, 30) * DAY
        self.change({"trial_end": self.chance.choice([later, "now"])})

    def leave(self, _):
        self.change({"cancel_at_period_end": self.chance.random() < 0.3})

    def rest(self, body):
        if body.status == "paused":
            self.client.v1.subscriptions.resume(self.member)
        else:
            self.client.v1.subscriptions.pause(self.member)

    def lead(self, body):
        schedules = self.client.v1.subscription_schedules
        if body.schedule:
            schedules.release(body.schedule)
            return
        made = schedules.create({"from_subscription": self.member})
        lasts = {"interval": "month", "interval_count": self.chance.randint(1, 3)}
        phases = [
            {"items": [{"price": self.chance.choice(self.prices)}], "duration": lasts}
            for _ in range(2)
        ]
        phases[0]["start_date"] = made.phases[0].start_date
        schedules.update(made.id, {"phases": phases})

    def pay(self, body):
        card = self.chance.choice([GOOD, DECLINED, ASKS])
        invoice = self.sandbox.pay_invoice(body.latest_invoice, card)
        if invoice["status"] == "open" and card == ASKS:
            self.sandbox.authenticate(body.latest_invoice, confirm=self.chance.random() < 0.7)

    def fail(self, _):
        self.sandbox.fail_next_renewal(self.member, times=self.chance.randint(1, 3))

    def refuse(self, body):
        self.sandbox.refuse(
            body.default_payment_method, self.chance.choice(["", "insufficient_funds"])
        )

    def discount(self, _):
        self.change({"discounts": self.chance.choice(["", [{"coupon": self.coupon}]])})


@pytest.mark.parametrize("seed", range(6))
def test_the_charges_are_what_the_invoices_say(client, sandbox, seed):
    storm = Storm(client, sandbox, seed)
    storm.blow(18)
    found = invoices_of(client, storm.member)
    charged = [one.amount for one in client.v1.charges.list({"limit": 100}).data if one.paid]
    assert sum(one.amount_paid for one in found) == sum(charged)
    for one in found:
        lines = sum(line.amount for line in one.lines.data)
        off = sum(part.amount for part in one.total_discount_amounts)
        assert (one.subtotal, one.total) == (lines, lines - off)
    assert not sandbox.violations
