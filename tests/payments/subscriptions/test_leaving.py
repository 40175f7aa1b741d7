"""Leaving at the end, today, and staying after all."""

from __future__ import annotations

from datetime import timedelta

import pytest

from access.services.paid_time import paid_time
from access.services.sentences import no_access
from payments.errors import CannotChange, TryLater
from payments.models import OutboundCall, Refund, Subscription
from payments.services import reconciling
from payments.services.subscriptions.leaving import leave_at_end, leave_today, stay, unused
from tests.payments.subscriptions.member import Member

pytestmark = pytest.mark.django_db
State = Subscription.State


def test_leaving_at_the_end_closes_then_and_charges_no_more(member: Member) -> None:
    subscription = member.join()
    paid_until = subscription.next_charge_at
    with member.there():
        leave_at_end(subscription, now=member.now)
    assert subscription.state(member.now) == State.LEAVING
    assert (subscription.ends_at, subscription.next_charge_at) == (paid_until, None)
    assert member.access.ends_at == paid_until
    assert member.access.is_live(member.now)
    member.later(months=1, hours=2)
    assert member.subscription.state(member.now) == State.ENDED
    assert not member.access.is_live(member.now)
    assert len(member.orders) == 1


def test_it_closes_on_its_day_though_nobody_told_us(member: Member) -> None:
    subscription = member.join()
    with member.there():
        leave_at_end(subscription, now=member.now)
    member.shop.sandbox.advance(months=1, hours=2)
    assert not member.access.is_live(member.now)


def test_who_changes_their_mind_stays(member: Member) -> None:
    subscription = member.join()
    with member.there():
        leave_at_end(subscription, now=member.now)
        stay(subscription, now=member.now)
    assert subscription.state(member.now) == State.ACTIVE
    assert member.access.ends_at is None
    member.months(1)
    assert len(member.orders) == 2


def test_the_days_that_went_back_are_no_tenure(member: Member) -> None:
    subscription = member.join()
    member.later(days=10)
    with member.there():
        leave_today(subscription, now=member.now)
    member.hear()
    with member.there():
        (run,) = paid_time([member.access], member.now)[member.access.pk]
    assert run.end == member.subscription.ended_at
    assert timedelta(days=10) <= run.end - run.start < timedelta(days=11)


def test_leaving_today_gives_back_the_days_not_used(member: Member) -> None:
    subscription = member.join()
    member.later(days=10)
    with member.there():
        expected = unused(subscription, member.now)
        assert 0 < expected < 5900
        (refund,) = leave_today(subscription, now=member.now)
    member.hear()
    refund.refresh_from_db()
    assert (refund.amount, refund.state) == (expected, Refund.State.SUCCEEDED)
    assert member.subscription.state(member.now) == State.ENDED
    assert not member.access.is_live(member.now)
    member.months(2)
    assert len(member.orders) == 1


def test_twice_is_said_and_changes_nothing(member: Member) -> None:
    subscription = member.join()
    with member.there():
        leave_at_end(subscription, now=member.now)
        with pytest.raises(CannotChange):
            leave_at_end(subscription, now=member.now)
        leave_today(subscription, now=member.now)
        with pytest.raises(CannotChange):
            leave_today(subscription, now=member.now)
    assert Refund.objects.count() == 1


def test_an_answer_that_was_lost_is_found_by_the_reconciler(member: Member) -> None:
    subscription = member.join()
    path = f"/v1/subscriptions/{subscription.stripe_id}"
    member.shop.sandbox.fault("drop", when="after", times=1, method="POST", path=path)
    with member.there():
        with pytest.raises(TryLater):
            leave_at_end(subscription, now=member.now)
        with pytest.raises(TryLater):
            stay(subscription, now=member.now)
        assert OutboundCall.objects.filter(kind="change", state="waiting").count() == 1
        reconciling.reconcile_store(member.now + timedelta(minutes=15))
    assert member.subscription.state(member.now) == State.LEAVING


def test_who_leaves_with_all_the_money_back_reads_that_it_ended(member: Member) -> None:
    subscription = member.join()
    with member.there():
        leave_today(subscription, now=member.now)
    member.hear()
    with member.there():
        access = member.access
        said = no_access([access], access.product, member.now)
    assert access.suspended_at is not None
    assert said.code == "ended"
