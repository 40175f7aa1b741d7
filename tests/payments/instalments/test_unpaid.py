"""A charge that failed: days to fix, a hold, recovery at once, and default without debt."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mail.models import Message
from payments.models import Bill
from payments.services.alarming import alarms
from payments.services.instalments.paying_off import pay_off
from tests.payments.instalments.payer import Payer, State

pytestmark = pytest.mark.django_db


def kinds() -> list[str]:
    return [*Message.objects.order_by("id").values_list("kind", flat=True)]


def test_all_stays_open_while_it_can_be_fixed(payer: Payer) -> None:
    payer.begin()
    bill = payer.refuse()
    assert bill.failed_at is not None
    assert payer.plan.state == State.PAYING
    assert payer.access.is_live(payer.now)
    assert payer.access.ends_at == bill.failed_at + timedelta(days=7)
    assert "unpaid" in kinds()


def test_it_closes_and_opens_at_once_when_it_is_paid(payer: Payer) -> None:
    payer.begin()
    bill = payer.refuse()
    payer.days(8)
    assert not payer.access.is_live(payer.now)
    assert payer.subscription.held_at is not None
    assert "unpaid_hold" in kinds()
    payer.shop.sandbox.pay_invoice(bill.stripe_id)
    payer.hear()
    assert payer.access.is_live(payer.now)
    assert payer.access.ends_at is None
    plan = payer.plan
    assert (plan.n_paid, plan.state) == (2, State.PAYING)


def test_after_the_hold_it_ends_and_what_was_paid_stays(payer: Payer) -> None:
    payer.begin()
    payer.refuse(times=99)
    payer.days(42)
    plan = payer.plan
    assert (plan.n_paid, plan.state) == (1, State.ENDED)
    assert not payer.access.is_live(payer.now)
    assert payer.access.revoked_at is None
    assert payer.at_stripe().status == "canceled"
    assert kinds().count("instalments_ended") == 1
    assert "unpaid_ended" in kinds()
    assert [order.status for order in payer.orders] == ["paid"]
    assert not Bill.objects.refused().exists()


def test_who_pays_the_rest_after_all_is_back(payer: Payer) -> None:
    payer.begin()
    payer.refuse(times=99)
    payer.days(42)
    with payer.there():
        pay_off(payer.subscription, now=payer.now, seen=30000)
    assert payer.plan.state == State.PAID
    assert payer.access.is_live(payer.now)
    assert payer.access.ends_at is None


def test_the_last_one_unpaid_is_not_given_up_with_the_schedule(payer: Payer) -> None:
    """Stripe ends by itself after four months; the place is kept for as long as ever."""
    payer.begin()
    payer.months(2)
    bill = payer.refuse(times=99)
    payer.days(32)
    assert payer.subscription.ended_at is not None
    assert payer.plan.state == State.PAYING
    assert Bill.objects.get(pk=bill.pk).status == "open"
    assert "bills-left" not in {alarm.key for alarm in alarms(payer.now)}
    payer.shop.sandbox.pay_invoice(bill.stripe_id)
    payer.hear()
    assert payer.plan.state == State.PAID
    assert payer.access.is_live(payer.now)


def test_the_last_one_unpaid_ends_after_the_hold(payer: Payer) -> None:
    payer.begin()
    payer.months(2)
    payer.refuse(times=99)
    payer.days(42)
    plan = payer.plan
    assert (plan.n_paid, plan.state) == (3, State.ENDED)
    assert not payer.access.is_live(payer.now)
    assert not Bill.objects.refused().exists()
    assert kinds().count("instalments_ended") == 1


def test_ended_by_stripe_while_unpaid_it_says_so_once(payer: Payer) -> None:
    payer.begin()
    payer.shop.sandbox.after_last_retry("canceled")
    payer.shop.sandbox.fail_next_renewal(
        payer.subscription.stripe_id, code="insufficient_funds", times=99
    )
    payer.later(months=1, hours=2)
    payer.days(48)
    assert payer.plan.state == State.ENDED
    assert kinds().count("instalments_ended") == 1
    assert not Bill.objects.refused().exists()
