"""What is told of a subscription may come in any order, each twice: the same rows in the end."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from math import factorial
from typing import Any

import pytest

from access.models import Access, PaidSpan
from core import clock
from mail.models import Message
from payments.errors import NotOurs
from payments.models import Bill, Order, Payment, PlanChange, Refund, Subscription
from payments.services.subscriptions.changing import upgrade
from payments.services.subscriptions.leaving import leave_today
from payments.services.sync import (
    sync_dispute,
    sync_invoice,
    sync_payment_intent,
    sync_refund,
    sync_session,
    sync_subscription,
)
from tests.conftest import make_price
from tests.payments.every_order import keep_answers, undone, walk
from tests.payments.subscriptions.member import Member

pytestmark = [pytest.mark.django_db, pytest.mark.differs]
SYNCS: dict[str, Callable[..., Order]] = {
    "session": sync_session,
    "invoice": sync_invoice,
    "subscription": sync_subscription,
    "intent": sync_payment_intent,
    "refund": sync_refund,
    "dispute": sync_dispute,
}


@dataclass(frozen=True)
class Story:
    """What was told, each by kind and name, and the moment by Stripe's clock."""

    hints: tuple[tuple[str, str], ...]
    member: Member

    @cached_property
    def acts(self) -> dict[str, Callable[[], object]]:
        """What each hint makes us do; of what is not ours yet it is tried again later."""
        now = self.member.now
        return {f"{kind} {name}": self._act(kind, name, now) for kind, name in self.hints}

    def _act(self, kind: str, name: str, now: datetime) -> Callable[[], object]:
        def act() -> None:
            with clock.standing_at(now), suppress(NotOurs):
                SYNCS[kind]("", name, now)

        return act


def begun(member: Member) -> str:
    """Buy without coming back, so that nothing is known but the order; return the session."""
    order = member.shop.begin()
    member.shop.pay(order)
    return str(order.stripe_session_id)


def there(member: Member, kind: str) -> list[Any]:
    world = member.shop.sandbox.sandbox.world
    return [row.body for row in world.storage.select("type = ? ORDER BY seq", kind)]


def renewed(member: Member) -> Story:
    session = begun(member)
    member.shop.sandbox.advance(months=1, hours=2)
    first, second = (each["id"] for each in there(member, "invoice"))
    (subscription,) = there(member, "subscription")
    return Story(
        (
            ("session", session),
            ("invoice", first),
            ("invoice", second),
            ("subscription", subscription["id"]),
        ),
        member,
    )


def refused_and_paid(member: Member) -> Story:
    session = begun(member)
    (subscription,) = there(member, "subscription")
    sandbox = member.shop.sandbox
    sandbox.fail_next_renewal(subscription["id"], code="insufficient_funds", times=1)
    sandbox.advance(months=1, hours=2)
    sandbox.advance(days=9)
    second = there(member, "invoice")[1]["id"]
    charge = there(member, "charge")[-1]
    return Story(
        (
            ("session", session),
            ("invoice", second),
            ("intent", charge["payment_intent"]),
            ("subscription", subscription["id"]),
        ),
        member,
    )


def given_back(member: Member) -> Story:
    session = begun(member)
    sandbox = member.shop.sandbox
    sandbox.advance(months=1, hours=2)
    second = there(member, "invoice")[1]["id"]
    charge = there(member, "charge")[-1]
    refund = sandbox.refund(charge=charge["id"])
    return Story(
        (
            ("session", session),
            ("invoice", second),
            ("refund", refund["id"]),
            ("subscription", there(member, "subscription")[0]["id"]),
        ),
        member,
    )


def asked_about_by_the_bank(member: Member) -> Story:
    session = begun(member)
    sandbox = member.shop.sandbox
    sandbox.advance(months=1, hours=2)
    second = there(member, "invoice")[1]["id"]
    charge = there(member, "charge")[-1]
    dispute = sandbox.dispute(charge["id"])
    return Story(
        (
            ("session", session),
            ("invoice", second),
            ("dispute", dispute["id"]),
            ("intent", charge["payment_intent"]),
        ),
        member,
    )


def left_that_day(member: Member) -> Story:
    subscription = member.join()
    member.later(days=10)
    with member.there():
        leave_today(subscription, now=member.now)
    (refund,) = there(member, "refund")
    return Story(
        (
            ("session", str(subscription.order.stripe_session_id)),
            ("invoice", there(member, "invoice")[0]["id"]),
            ("refund", refund["id"]),
            ("subscription", subscription.stripe_id),
        ),
        member,
    )


def changed_to_a_dearer_plan(member: Member) -> Story:
    subscription = member.join()
    gold = make_price(subscription.product, kind="subscription", amount=9900, interval="month")
    member.later(days=10)
    with member.there():
        upgrade(subscription, gold, now=member.now)
    member.shop.sandbox.advance(months=1, hours=2)
    names = [each["id"] for each in there(member, "invoice")]
    return Story(
        (
            ("invoice", names[0]),
            ("invoice", names[1]),
            ("invoice", names[2]),
            ("subscription", subscription.stripe_id),
        ),
        member,
    )


STORIES = (
    renewed,
    refused_and_paid,
    given_back,
    asked_about_by_the_bank,
    left_that_day,
    changed_to_a_dearer_plan,
)


def picture() -> dict[str, object]:
    """What is true in the end, without moments that say when we heard of it."""
    return {
        "subscriptions": list(
            Subscription.objects.values_list(
                "status", "amount", "ends_at", "ended_at", "next_charge_at", "unpaid_since"
            )
        ),
        "bills": sorted(
            Bill.objects.values_list("stripe_id", "status", "amount", "order__total", "failed_at")
        ),
        "orders": sorted(Order.objects.values_list("total", "status")),
        "payments": sorted(Payment.objects.values_list("amount", "refunded_amount")),
        "refunds": sorted(Refund.objects.values_list("amount", "state", "asks_line")),
        "spans": sorted(PaidSpan.objects.values_list("source", "starts_at", "ends_at")),
        "access": [
            (row.price_id, row.suspended_at is not None, row.revoked_at is not None, row.ends_at)
            for row in Access.objects.all()
        ],
        "changes": [
            (row.price_id, row.applied_at is not None, row.dropped_at is not None)
            for row in PlanChange.objects.all()
        ],
        "mails": sorted(Message.objects.values_list("kind", flat=True)),
    }


def told_twice(
    member: Member, story: Callable[[Member], Story], monkeypatch: pytest.MonkeyPatch
) -> Story:
    """Live a story, then tell it in its own order, so that Stripe's answers are kept."""
    told = story(member)
    keep_answers(monkeypatch)
    with undone():
        for _time in range(3):
            for act in told.acts.values():
                act()
    return told


def expected(story: Story) -> dict[str, object]:
    """Tell it in its own order until nothing changes any more: how it should end."""
    with undone():
        for _time in range(3):
            for act in story.acts.values():
                act()
        return picture()


def settled(story: Story) -> None:
    """Tell what came too early once more, as the inbox does."""
    for act in story.acts.values():
        act()


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_some_orders_of_four_doubled_hints_end_the_same(
    member: Member, story: Callable[[Member], Story], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = told_twice(member, story, monkeypatch)
    wanted = expected(told)
    hints = tuple(told.acts) * 2
    dice = random.Random(story.__name__)
    for _order in range(8):
        order = dice.sample(hints, k=len(hints))
        with undone():
            for hint in order:
                told.acts[hint]()
            settled(told)
            assert picture() == wanted, order


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_every_order_of_four_doubled_hints_ends_the_same(
    member: Member, story: Callable[[Member], Story], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = told_twice(member, story, monkeypatch)
    wanted = expected(told)

    def look(order: tuple[str, ...]) -> None:
        settled(told)
        assert picture() == wanted, order

    hints = tuple(told.acts)
    every = factorial(2 * len(hints)) // 2 ** len(hints)
    assert walk(told.acts, hints * 2, (), look) == every == 2520


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_every_order_of_four_hints_told_once_ends_the_same(
    member: Member, story: Callable[[Member], Story], monkeypatch: pytest.MonkeyPatch
) -> None:
    told = told_twice(member, story, monkeypatch)
    wanted = expected(told)

    def look(order: tuple[str, ...]) -> None:
        settled(told)
        assert picture() == wanted, order

    assert walk(told.acts, tuple(told.acts), (), look) == factorial(4)
