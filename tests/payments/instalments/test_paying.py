"""Four charges and no more: the first opens it, and after the last it is theirs for good."""

from __future__ import annotations

import pytest

from mail.models import Message
from payments.models import OutboundCall
from products.models import Price
from tests.payments.instalments.payer import Payer, State

pytestmark = pytest.mark.django_db


def test_the_first_charge_opens_it(payer: Payer) -> None:
    plan = payer.begin()
    assert (plan.n_paid, plan.n_total, plan.state, plan.left) == (1, 4, State.PAYING, 30000)
    access = payer.access
    assert access.is_live(payer.now)
    assert access.ends_at is None
    [order] = payer.orders
    assert (order.total, order.lines.get().label) == (10000, "payment 1 of 4")


def test_stripe_ends_it_by_itself(payer: Payer) -> None:
    plan = payer.begin()
    assert plan.scheduled_at is not None
    facts = payer.at_stripe()
    assert facts.schedule == plan.schedule_id
    assert facts.cancel_at is not None
    assert payer.subscription.next_charge_at is not None


def test_each_later_charge_is_an_order_with_its_receipt(payer: Payer) -> None:
    payer.begin()
    payer.months(1)
    plan = payer.plan
    assert (plan.n_paid, plan.state, plan.left) == (2, State.PAYING, 20000)
    _first, second = payer.orders
    assert second.is_renewal
    assert second.total == 10000
    assert second.lines.get().label == "payment 2 of 4"
    mail = Message.objects.get(kind="instalment")
    assert (mail.context["paid"], mail.context["count"], mail.context["is_last"]) == (2, 4, False)
    assert mail.context["left"] == "₪200"
    assert not Message.objects.filter(kind="renewed").exists()


def test_with_the_last_it_ends_and_stays_open(payer: Payer) -> None:
    payer.begin()
    payer.months(3)
    plan = payer.plan
    assert (plan.n_paid, plan.state, plan.left) == (4, State.PAID, 0)
    call = OutboundCall.objects.get(key__startswith="settled-")
    assert call.state == "waiting"
    payer.reconcile()
    assert payer.at_stripe().status == "canceled"
    payer.hear()
    assert payer.subscription.ended_at is not None
    assert payer.access.is_live(payer.now)
    assert payer.access.ends_at is None
    assert Message.objects.filter(kind="instalment").latest("id").context["is_last"]
    assert not Message.objects.filter(kind__in=("left_today", "leaves_at_end", "somebody_left"))
    payer.months(3)
    assert payer.access.is_live(payer.now)
    assert len(payer.orders) == 4


def test_the_first_guard_alone_ends_it_too(payer: Payer) -> None:
    """Our second call never came through: the schedule ends it, and nothing is taken away."""
    payer.begin()
    payer.months(6)
    assert [order.total for order in payer.orders] == [10000] * 4
    assert payer.plan.state == State.PAID
    assert payer.subscription.ended_at is not None
    assert payer.access.is_live(payer.now)
    assert payer.access.ends_at is None


def test_the_second_guard_alone_ends_it_too(payer: Payer) -> None:
    """The schedule was never made: with the fourth payment our call ends it."""
    payer.join()
    OutboundCall.objects.filter(key__startswith="schedule-").update(state="refused")
    payer.months(3)
    assert payer.plan.scheduled_at is None
    payer.reconcile()
    payer.months(3)
    assert len(payer.orders) == 4
    assert payer.plan.state == State.PAID


def test_a_guard_that_was_refused_is_asked_for_until_it_is_confirmed(payer: Payer) -> None:
    payer.join()
    OutboundCall.objects.filter(key__startswith="schedule-").update(state="refused")
    payer.later(hours=1)
    payer.reconcile()
    payer.reconcile()
    assert payer.plan.scheduled_at is not None
    payer.months(5)
    assert len(payer.orders) == 4


def test_a_guard_that_comes_late_counts_from_the_first_charge(payer: Payer) -> None:
    payer.join()
    OutboundCall.objects.filter(key__startswith="schedule-").update(state="refused")
    payer.months(2)
    payer.reconcile()
    payer.reconcile()
    assert payer.plan.scheduled_at is not None
    payer.shop.sandbox.advance(months=5)
    payer.hear()
    assert not Message.objects.filter(kind="instalments_ended").exists()
    assert len(payer.orders) == 4


def test_what_the_division_leaves_is_on_the_first(payer: Payer, price: Price) -> None:
    Price.objects.filter(pk=price.pk).update(amount=10000, charges=3)
    plan = payer.begin()
    assert plan.total == 10000
    payer.months(4)
    assert [order.total for order in payer.orders] == [3334, 3333, 3333]


def test_twelve_weeks_stay_twelve_weeks(payer: Payer, price: Price) -> None:
    Price.objects.filter(pk=price.pk).update(length="periods", length_count=12, length_unit="week")
    payer.begin()
    ends_at = payer.access.ends_at
    assert ends_at is not None
    assert (ends_at - payer.access.starts_at).days in {83, 84, 85}
    payer.months(4)
    payer.reconcile()
    payer.hear()
    assert payer.access.ends_at == ends_at
