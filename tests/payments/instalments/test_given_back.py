"""Money of monthly charges that goes back: one of them, all of them, or by a bank."""

from __future__ import annotations

import pytest

from core import clock
from mail.models import Message
from payments.models import InstalmentPlan, Order, Payment
from payments.services.instalments import deciding
from payments.services.refunding import refund
from tests.payments.instalments.payer import Payer, State

pytestmark = pytest.mark.django_db


def give_back(payer: Payer, order: Order) -> None:
    with payer.there():
        refund(order, by="Alice", now=clock.now())
    payer.hear()


def decide(payer: Payer, name: str) -> InstalmentPlan:
    with payer.there():
        getattr(deciding, name)(payer.plan, by="Alice", now=clock.now())
    payer.hear()
    return payer.plan


def test_one_of_them_leaves_all_open_and_it_goes_on(payer: Payer) -> None:
    payer.begin()
    payer.months(1)
    give_back(payer, payer.orders[1])
    plan = payer.plan
    assert (plan.n_paid, plan.state) == (2, State.PAYING)
    assert payer.access.is_live(payer.now)
    payer.months(3)
    assert payer.plan.state == State.PAID
    assert len(payer.orders) == 4


def test_all_of_them_close_it_and_no_more_is_charged(payer: Payer) -> None:
    payer.begin()
    payer.months(1)
    plan = decide(payer, "give_all_back")
    assert plan.state == State.RETURNED
    assert payer.access.revoked_at is not None
    assert {order.status for order in payer.orders} == {"refunded"}
    payer.later(hours=2)
    payer.reconcile()
    assert payer.at_stripe().status == "canceled"
    payer.months(2)
    assert len(payer.orders) == 2
    assert payer.plan.state == State.RETURNED


def test_a_refund_that_fails_gives_it_back(payer: Payer) -> None:
    payer.begin()
    give_back(payer, payer.orders[0])
    assert payer.plan.state == State.RETURNED
    returned = Payment.objects.get().refunds.get()
    payer.shop.sandbox.settle_refund(str(returned.stripe_id), fail=True)
    payer.hear()
    assert payer.plan.state == State.PAYING
    assert payer.access.is_live(payer.now)
    payer.later(hours=2)
    payer.reconcile()
    assert payer.at_stripe().status == "active"
    assert payer.plan.scheduled_at is not None


def test_a_dispute_holds_it_and_a_lost_one_takes_it(payer: Payer) -> None:
    payer.begin()
    payer.months(1)
    payment = Payment.objects.order_by("id").last()
    assert payment is not None
    dispute = payer.shop.sandbox.dispute(payment.charge)
    payer.hear()
    assert not payer.access.is_live(payer.now)
    assert payer.plan.state == State.PAYING
    payer.shop.sandbox.lose(dispute["id"])
    payer.hear()
    assert payer.plan.state == State.RETURNED
    assert payer.access.revoked_at is not None


def test_a_dispute_that_is_won_opens_it_again(payer: Payer) -> None:
    payer.begin()
    dispute = payer.shop.sandbox.dispute(Payment.objects.get().charge)
    payer.hear()
    assert not payer.access.is_live(payer.now)
    payer.shop.sandbox.win(dispute["id"])
    payer.hear()
    assert payer.access.is_live(payer.now)
    assert payer.plan.state == State.PAYING


def test_the_rest_let_go_stays_open(payer: Payer) -> None:
    payer.begin()
    plan = decide(payer, "let_go")
    assert (plan.state, plan.left, plan.decided_by) == (State.LET_GO, 0, "Alice")
    assert payer.at_stripe().status == "canceled"
    assert payer.access.is_live(payer.now)
    assert payer.access.ends_at is None
    assert Message.objects.filter(kind="instalments_let_go").count() == 1


def test_stopped_it_closes_and_what_was_paid_stays(payer: Payer) -> None:
    payer.begin()
    plan = decide(payer, "stop")
    assert plan.state == State.ENDED
    assert payer.at_stripe().status == "canceled"
    assert not payer.access.is_live(payer.now)
    assert payer.orders[0].status == "paid"
    assert Message.objects.filter(kind="instalments_stopped").count() == 1
    assert not Message.objects.filter(kind="instalments_ended").exists()
