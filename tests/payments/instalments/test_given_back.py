"""Money of monthly charges that goes back: one of them, all of them, or by a bank."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from access.models import Access
from core import clock
from mail.models import Message
from payments.models import CancelNotice, InstalmentPlan, Order, Payment, Refund
from payments.services.cancelling import effect, noticing
from payments.services.cancelling.continuing import finding
from payments.services.cancelling.noticing import Said
from payments.services.cancelling.showing import is_charged_on
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


def test_more_is_to_come_until_all_of_it_went_back(payer: Payer) -> None:
    payer.begin()
    with payer.there():
        assert is_charged_on(payer.orders[0])
    decide(payer, "give_all_back")
    with payer.there():
        assert not is_charged_on(payer.orders[0])


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


def cancelled(payer: Payer) -> CancelNotice:
    """The notice of somebody who changed their mind in the days the law gives."""
    payer.begin()
    with payer.there():
        said = Said(language="en")
        return noticing.cancel(payer.orders[0], proof="browser", said=said, now=payer.now)


def money_leaves(payer: Payer) -> None:
    """Let the time pass in which a notice can be undone, and the sweeps come."""
    payer.later(hours=2)
    with payer.there():
        effect.send_money(payer.now)
    payer.reconcile()


def test_cancelled_in_time_its_money_goes_back_and_no_more_is_charged(payer: Payer) -> None:
    notice = cancelled(payer)
    assert notice.state == "done"
    assert payer.plan.state == State.RETURNED
    assert not payer.access.is_live(payer.now)
    money_leaves(payer)
    payer.hear()
    assert payer.at_stripe().status == "canceled"
    payer.months(2)
    assert [(order.total, order.status) for order in payer.orders] == [(10000, "refunded")]


def test_cancelled_and_kept_after_all_it_is_open_and_charged_on(payer: Payer) -> None:
    notice = cancelled(payer)
    with payer.there():
        effect.keep_after_all(notice, by="Charlie", now=payer.now)
    assert payer.plan.state == State.PAYING
    assert payer.access.is_live(payer.now)
    money_leaves(payer)
    payer.months(1)
    assert payer.at_stripe().status == "active"
    assert [order.status for order in payer.orders] == ["paid", "paid"]


def test_a_notice_about_a_later_charge_is_about_all_of_them(
    payer: Payer, browse: Callable[..., Client]
) -> None:
    """Both that were made go back, and no more is charged."""
    payer.begin()
    payer.months(1)
    first, second = payer.orders
    hers = browse(payer.shop.store, first.customer.user)
    with payer.there():
        page = hers.get(f"/cancel/order/{second.public_id}/")
        assert page["Location"] == f"/cancel/order/{first.public_id}/"
        assert not finding.stoppable().exists()
        said = Said(language="en", number=str(second.number), email=first.email)
        notice = noticing.give_notice(said, now=payer.now)
        assert notice.order == first
        noticing.confirm(notice, first, proof="mailbox", now=payer.now)
        assert not finding.candidates(notice, second.number)
        assert noticing.candidates(notice) == []  # nothing of it is left to be cancelled
    assert payer.plan.state == State.RETURNED
    assert not payer.access.is_live(payer.now)
    money_leaves(payer)
    payer.hear()
    payer.months(1)
    assert [(order.total, order.status) for order in payer.orders] == [(10000, "refunded")] * 2
    assert payer.at_stripe().status == "canceled"


def test_what_the_shop_gives_back_by_a_notice_may_be_a_part_of_all_charges(payer: Payer) -> None:
    payer.begin()
    payer.months(1)
    with payer.there():
        said = Said(language="en")
        Access.objects.update(first_opened_at=payer.now)
        notice = noticing.cancel(payer.orders[0], proof="browser", said=said, now=payer.now)
        assert (notice.state, payer.access.is_live(payer.now)) == ("request", True)
        effect.accept(notice, by="Alice", now=payer.now, amount=15000)
    money_leaves(payer)
    with payer.there():
        parts = sorted(Refund.objects.values_list("amount", flat=True))
    assert parts == [5000, 10000]
    assert payer.plan.state == State.RETURNED
