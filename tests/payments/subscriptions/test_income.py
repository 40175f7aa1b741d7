"""What returns, by the month, of members driven through the sandbox."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from core import clock
from payments.models import IncomeStep, PaidRun
from payments.services.dunning import sweeping
from payments.services.income import figures, rows
from payments.services.income.scopes import Scope, asked
from payments.services.subscriptions.changing import downgrade, upgrade
from payments.services.subscriptions.leaving import leave_at_end, leave_today
from payments.services.subscriptions.resting import rest
from stores.scope import store_scope
from tests.conftest import make_price
from tests.payments.subscriptions.member import Member
from tests.payments.subscriptions.test_unpaid import days, refuse

pytestmark = pytest.mark.django_db


def told() -> list[tuple[str, int, int]]:
    """What happened: what kind of thing, and the income by the month before and after."""
    steps = IncomeStep.objects.all()
    _whole(list(steps))
    return [(step.kind, step.before, step.monthly) for step in steps]


def _whole(steps: list[IncomeStep]) -> None:
    """Steps follow each other without a gap, and each begins with what the last one brought."""
    assert [step.number for step in steps] == list(range(len(steps)))
    for step, following in pairwise(steps):
        assert (step.until, step.monthly) == (following.since, following.before)
    assert steps[-1].until is None
    assert steps[0].before == 0


def scope(member: Member) -> Scope:
    """Of all that happened by now: what is written in this very second too."""
    return asked({}, member.now + timedelta(seconds=1))


def test_who_joins_stays_and_leaves(member: Member) -> None:
    subscription = member.join()
    member.months(2)
    assert told() == [("new", 0, 5900)]
    with member.there():
        leave_at_end(subscription, now=member.now)
    member.months(1)
    assert told() == [("new", 0, 5900), ("left", 5900, 0)]
    last = IncomeStep.objects.get(kind="left")
    assert last.since == member.subscription.ended_at


def test_a_rest_takes_the_income_and_gives_it_back(member: Member) -> None:
    subscription = member.join()
    with member.there():
        rest(subscription, 2, now=member.now)
    assert told() == [("new", 0, 5900), ("rests", 5900, 0), ("returns", 0, 5900)]
    assert figures.now(scope(member)).monthly == 5900
    member.later(months=1, hours=2)
    found = figures.now(scope(member))
    assert (found.monthly, found.resting, found.resting_worth) == (0, 1, 5900)
    member.later(months=2, days=1)
    assert figures.now(scope(member)).monthly == 5900
    assert told() == [("new", 0, 5900), ("rests", 5900, 0), ("returns", 0, 5900)]


def test_another_plan_counts_from_the_time_it_is_paid_for(member: Member) -> None:
    subscription = member.join()
    product = member.shop.price.product
    gold = make_price(product, kind="subscription", amount=9900, interval="month")
    yearly = make_price(product, kind="subscription", amount=59000, interval="year")
    member.later(days=10)
    with member.there():
        upgrade(subscription, gold, now=member.now)
    member.hear()
    assert told() == [("new", 0, 5900), ("grew", 5900, 9900)]
    member.months(1)
    with member.there():
        downgrade(member.subscription, yearly, now=member.now)
    assert len(told()) == 2
    member.months(1)
    assert told()[2:] == [("shrank", 9900, 4917)]
    assert figures.by_price(scope(member))[0].key == str(yearly.pk)


def test_a_year_upgraded_to_counts_whole_whatever_was_credited(member: Member) -> None:
    subscription = member.join()
    product = member.shop.price.product
    yearly = make_price(product, kind="subscription", amount=90000, interval="year")
    member.later(days=10)
    with member.there():
        upgrade(subscription, yearly, now=member.now)
    member.hear()
    assert told() == [("new", 0, 5900), ("grew", 5900, 7500)]


def test_what_is_not_paid_is_gone_with_the_hold_and_recovered_when_paid(member: Member) -> None:
    refuse(member, times=3)
    days(member, 5)
    assert told() == [("new", 0, 5900)]
    days(member, 10)
    kinds = [kind for kind, _before, _monthly in told()]
    assert kinds in (["new"], ["new", "hold", "recovered"])


def test_a_hold_that_is_not_paid_ends(member: Member) -> None:
    refuse(member)
    days(member, 8)
    assert told() == [("new", 0, 5900), ("hold", 5900, 0)]
    days(member, 36)
    assert told() == [("new", 0, 5900), ("hold", 5900, 0), ("left", 0, 0)]
    assert PaidRun.objects.count() == 1


def test_a_hold_is_not_recovered_by_its_end_though_stripe_ends_it_a_moment_later(
    member: Member,
) -> None:
    refuse(member)
    days(member, 8)
    member.later(days=31)
    with store_scope(member.shop.store), clock.standing_at(member.now - timedelta(seconds=9)):
        sweeping.work_on(clock.now())
    assert member.subscription.ended_at is not None
    assert told() == [("new", 0, 5900), ("hold", 5900, 0), ("left", 0, 0)]


def test_a_trial_counts_when_it_is_paid(member: Member) -> None:
    member.shop.price.trial_days = 14
    member.shop.price.save()
    member.join()
    assert told() == [("began", 0, 0)]
    assert figures.now(scope(member)).trying == 1
    member.later(days=14, hours=2)
    assert told() == [("began", 0, 0), ("new", 0, 5900)]


def test_who_leaves_today_takes_what_was_not_used(member: Member) -> None:
    subscription = member.join()
    member.later(days=10)
    with member.there():
        back = leave_today(subscription, now=member.now)
    member.hear()
    found = figures.value(scope(member))
    assert (found.paid, found.refunded) == (5900, sum(each.amount for each in back))
    run = PaidRun.objects.get()
    assert run.until == member.subscription.ended_at
    opened = rows.find("value", "", scope(member))
    assert opened is not None
    assert opened.amount == found.kept
