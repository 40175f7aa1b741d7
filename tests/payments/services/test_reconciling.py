"""What was lost on the way is found again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from access.models import Access
from core import clock
from payments import tasks
from payments.models import EventCursor, Order, Payment, Refund, StripeEvent
from payments.services import inbox, reconciling
from payments.services.refunding import refund
from tests.payments.buying import Shop

pytestmark = pytest.mark.django_db


def test_a_payment_whose_every_hint_was_lost_is_found_in_the_list_of_events(shop: Shop) -> None:
    shop.pay(shop.begin())
    tasks.reconcile()
    assert Order.objects.get().is_paid


def test_a_refund_whose_every_hint_was_lost_is_found_too(shop: Shop) -> None:
    shop.buy()
    shop.sandbox.refund(payment_intent=Payment.objects.get().payment_intent)
    tasks.reconcile()
    assert not Access.objects.standing().exists()


def test_a_dispute_whose_every_hint_was_lost_is_found_and_so_is_its_end(shop: Shop) -> None:
    shop.buy()
    made = shop.sandbox.dispute(Payment.objects.get().charge)
    tasks.reconcile()
    assert Access.objects.get().suspended_at is not None
    shop.sandbox.decide_dispute(made["id"], won=True)
    tasks.reconcile()
    assert Access.objects.live(clock.now()).exists()


def test_the_list_is_read_on_from_where_it_was_with_an_overlap(shop: Shop) -> None:
    shop.buy()
    reconciling.read_events(clock.now())
    kept = StripeEvent.objects.count()
    assert kept > 0
    reconciling.read_events(clock.now())
    assert StripeEvent.objects.count() == kept
    assert EventCursor.objects.get().read_to <= clock.now()


def test_a_cursor_does_not_move_when_stripe_does_not_answer(shop: Shop) -> None:
    reconciling.read_events(clock.now())
    before = EventCursor.objects.get().read_to
    shop.sandbox.fault("error", path="/v1/events")
    reconciling.read_events(clock.now() + timedelta(hours=1))
    assert EventCursor.objects.get().read_to == before


def test_a_hint_that_fails_is_tried_again_and_shows_its_error(shop: Shop) -> None:
    shop.pay(shop.begin())
    shop.sandbox.fault("error", path="/v1/checkout/sessions/")
    inbox.take_in(shop.hints("checkout.session.completed"), clock.now())
    inbox.work(clock.now())
    event = StripeEvent.objects.get()
    assert (event.state, event.attempts) == ("pending", 1)
    assert event.error
    inbox.work(clock.now() + timedelta(minutes=2))
    event.refresh_from_db()
    assert event.state == "done"
    assert Order.objects.get().is_paid


def test_a_hint_that_fails_for_good_is_kept_as_failed(shop: Shop) -> None:
    shop.pay(shop.begin())
    shop.sandbox.fault("error", path="/v1/checkout/sessions/", times=99)
    inbox.take_in(shop.hints("checkout.session.completed"), clock.now())
    moment = clock.now()
    for _try in range(20):
        moment += timedelta(hours=7)
        inbox.work(moment)
    assert StripeEvent.objects.get().state == StripeEvent.State.FAILED


def test_a_hint_in_another_workers_hands_is_left_alone(shop: Shop) -> None:
    shop.pay(shop.begin())
    now = clock.now()
    inbox.take_in(shop.hints("checkout.session.completed"), now)
    event = StripeEvent.objects.get()
    StripeEvent.objects.update(next_attempt_at=now + timedelta(seconds=30))
    assert inbox.work_on(event, now) is False
    assert not Order.objects.get().is_paid


def test_a_refund_that_stays_pending_is_asked_about(shop: Shop) -> None:
    order = shop.buy()
    refund(order, by="alice", now=clock.now())
    Refund.objects.update(state=Refund.State.PENDING)
    reconciling.reconcile_store(clock.now() + timedelta(minutes=11))
    assert Refund.objects.get().state == Refund.State.SUCCEEDED


def test_only_stores_where_something_waits_are_woken(shop: Shop) -> None:
    now = clock.now()
    assert reconciling.stores_with_due(now) == []
    shop.begin()
    assert reconciling.stores_with_due(now + timedelta(minutes=11)) == [shop.store.pk]


def test_without_a_key_stripe_is_not_asked(shop: Shop, settings: Any) -> None:
    settings.STRIPE_API_KEY = ""
    reconciling.read_events(clock.now())
    assert not EventCursor.objects.exists()


def test_the_sweeps_are_registered() -> None:
    from stores.slots import sweeps

    assert sweeps.get("payments.reconcile").task == tasks.reconcile.name
    assert sweeps.get("payments.inbox").task == tasks.work_inbox.name


def test_when_stripe_is_silent_the_other_hints_wait_for_the_next_time(shop: Shop) -> None:
    shop.pay(shop.begin())
    now = clock.now()
    inbox.take_in(shop.hints("checkout.session.completed", "payment_intent.succeeded"), now)
    shop.sandbox.fault("drop", path="/v1/checkout/sessions", times=9)
    assert inbox.work(now) == 1
    assert sorted(StripeEvent.objects.values_list("attempts", flat=True)) == [0, 1]


def test_hints_settled_long_ago_are_let_go(shop: Shop) -> None:
    shop.buy()
    shop.hear()
    assert StripeEvent.objects.exists()
    inbox.forget_old(clock.now() + timedelta(days=89))
    assert StripeEvent.objects.exists()
    inbox.forget_old(clock.now() + timedelta(days=91))
    assert not StripeEvent.objects.exists()
