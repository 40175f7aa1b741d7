"""Hints twice, late and in any order: the same four orders, the same state, the same mails."""

from __future__ import annotations

import random

import pytest

from core import clock
from mail.models import Message
from payments.services import inbox
from payments.services.sync import sync_invoice, sync_subscription
from tests.payments.instalments.payer import Payer, State

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("seed", range(3))
def test_all_that_happened_heard_at_once_in_any_order(payer: Payer, seed: int) -> None:
    payer.begin()
    payer.shop.sandbox.advance(months=6)
    hints = payer.shop.hints() * 2
    random.Random(seed).shuffle(hints)
    with clock.standing_at(payer.now):
        inbox.take_in(hints, clock.now())
        inbox.work(clock.now())
    plan = payer.plan
    assert (plan.n_paid, plan.state) == (4, State.PAID)
    assert payer.access.is_live(payer.now)
    assert payer.access.ends_at is None
    labels = {order.lines.get().label for order in payer.orders}
    assert labels == {f"payment {number} of 4" for number in (1, 2, 3, 4)}
    assert Message.objects.filter(kind="instalment").count() == 3
    assert not Message.objects.filter(kind="instalments_ended").exists()


def test_looked_at_again_nothing_changes(payer: Payer) -> None:
    payer.begin()
    payer.months(3)
    payer.reconcile()
    payer.hear()
    mails = Message.objects.count()
    subscription = payer.subscription
    with payer.there():
        for bill in subscription.bills.all():
            sync_invoice("", bill.stripe_id, clock.now())
        sync_subscription("", subscription.stripe_id, clock.now())
    assert Message.objects.count() == mails
    assert payer.plan.state == State.PAID
    assert len(payer.orders) == 4
    assert payer.access.is_live(payer.now)
