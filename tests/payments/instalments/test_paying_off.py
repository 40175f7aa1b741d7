"""All that is left in one press: charged once, and theirs for good."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from mail.models import Message
from payments.errors import CannotChange
from payments.models import Order, OutboundCall, Payment
from payments.services import stripe_api
from payments.services.instalments.paying_off import pay_off
from payments.services.subscriptions.leaving import leave_today
from products.models import Price
from tests.conftest import client_at
from tests.payments.instalments.payer import Payer, State

pytestmark = pytest.mark.django_db


@pytest.fixture
def mine(payer: Payer) -> Payer:
    """Who pays, with the first charge made."""
    payer.begin()
    return payer


def signed_in(payer: Payer) -> Client:
    """Return their browser; their sign-in is as old as the sandbox's clock."""
    return client_at(payer.shop.store, payer.subscription.customer.user)


def page(payer: Payer) -> str:
    with payer.there():
        answer = signed_in(payer).get(f"/billing/{payer.subscription.public_id}/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def press(payer: Payer, seen: str | None = None) -> None:
    found = re.search(r'name="seen" value="(\d+)"', page(payer))
    with payer.there():
        answer = signed_in(payer).post(
            f"/billing/{payer.subscription.public_id}/all-of-it/",
            {"seen": seen or (found.group(1) if found else "1")},
        )
    assert answer.status_code == 302


def test_the_page_says_how_far_and_what_is_left(payer: Payer, mine: Payer) -> None:
    payer.months(1)
    shown = page(payer)
    assert "2 of 4 paid" in shown
    assert "₪200" in shown
    assert "4 × ₪100 (₪400 in all)" in shown


def test_one_press_pays_all_and_ends_it(payer: Payer, mine: Payer) -> None:
    payer.months(1)
    press(payer)
    plan = payer.plan
    assert (plan.state, plan.n_paid, plan.left) == (State.PAID, 4, 0)
    assert plan.pay_off is not None
    assert plan.pay_off.total == 20000
    assert plan.pay_off.lines.get().label == "payments 3 to 4 of 4"
    assert payer.at_stripe().status == "canceled"
    payer.months(3)
    assert [order.total for order in payer.orders] == [10000, 10000, 20000]
    assert payer.access.is_live(payer.now)
    assert payer.access.ends_at is None
    assert "All 4 payments are made" in page(payer)


def test_pressed_twice_it_is_paid_once(payer: Payer, mine: Payer) -> None:
    press(payer)
    press(payer, seen="30000")
    assert [order.total for order in payer.orders] == [10000, 30000]
    assert OutboundCall.objects.filter(kind="charge").count() == 1


def test_another_sum_than_was_seen_charges_nothing(payer: Payer, mine: Payer) -> None:
    press(payer, seen="29999")
    assert payer.plan.pay_off is None


def test_a_lost_answer_is_asked_for_again_and_not_paid_twice(payer: Payer, mine: Payer) -> None:
    payer.shop.sandbox.fault("drop", path="/v1/payment_intents", method="POST", when="after")
    press(payer)
    assert payer.plan.state == State.PAYING
    press(payer, seen="30000")
    assert payer.plan.state == State.PAID
    assert [order.total for order in payer.orders] == [10000, 30000]


def test_where_the_bank_asks_its_page_is_paid(payer: Payer) -> None:
    payer.begin()
    payment = Payment.objects.get()
    intent = stripe_api.fetch_intent("", payment.payment_intent)
    payer.shop.sandbox.refuse(intent.payment_method, "authentication_required")
    press(payer)
    order = payer.plan.pay_off
    assert order is not None
    assert order.status == Order.Status.PENDING
    assert "The bank still asks for you" in page(payer)
    payer.shop.pay(order)
    with payer.there():
        signed_in(payer).get(f"/orders/{order.public_id}/return/")
    assert payer.plan.state == State.PAID
    payer.reconcile()
    assert payer.at_stripe().status == "canceled"


def test_shortly_before_a_charge_it_waits_for_that(payer: Payer, mine: Payer) -> None:
    payer.later(days=29, hours=23, months=0)
    payer.shop.sandbox.set_clock(int(payer.at_stripe().period_end.timestamp()) - 1800)
    assert "is on its way" in page(payer)
    press(payer, seen="30000")
    assert payer.plan.pay_off is None


def test_only_its_owner_can(payer: Payer, mine: Payer, browse: Callable[..., Client]) -> None:
    url = f"/billing/{payer.subscription.public_id}/all-of-it/"
    assert browse(payer.shop.store).post(url, {"seen": "30000"}).status_code == 302
    assert payer.plan.pay_off is None


def test_it_cannot_be_left_like_a_subscription(payer: Payer, mine: Payer) -> None:
    for deed in ("leave", "leave/today", "leave/end", "rest", "stay"):
        with payer.there():
            signed_in(payer).post(
                f"/billing/{payer.subscription.public_id}/{deed}/", {"months": "1"}
            )
    with payer.there(), pytest.raises(CannotChange):
        leave_today(payer.subscription, now=payer.now)
    assert payer.at_stripe().status == "active"
    assert payer.subscription.rests_until is None


def test_a_charge_that_comes_after_all_was_paid_is_looked_at(payer: Payer, mine: Payer) -> None:
    """Stripe's end was late, and the card was charged once more: nobody keeps that in silence."""
    payer.shop.sandbox.fault("error", path="/v1/subscriptions/", method="DELETE", times=9)
    press(payer)
    assert payer.at_stripe().status == "active"
    payer.months(1)
    plan = payer.plan
    assert (plan.state, plan.n_paid, plan.n_total) == (State.PAID, 4, 4)
    order = Order.objects.latest("id")
    assert order.status == Order.Status.REVIEW
    assert Message.objects.filter(kind="order_question").exists()


def test_with_what_the_division_left_the_sum_is_the_same(payer: Payer, price: Price) -> None:
    Price.objects.filter(pk=price.pk).update(amount=10000, charges=3)
    payer.begin()
    with payer.there():
        pay_off(payer.subscription, now=payer.now)
    assert [order.total for order in payer.orders] == [3334, 6666]
