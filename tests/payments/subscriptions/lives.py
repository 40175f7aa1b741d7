"""Many members at once, each of a store of its own, and what each came to in the end."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.test import Client

from access.models import Access, AccessEvent, PaidSpan, SpanCut
from core import clock
from mail.models import Message
from payments.contract import EventFacts
from payments.models import (
    Bill,
    Document,
    IncomeStep,
    InstalmentPlan,
    Order,
    OutboundCall,
    PaidRun,
    Payment,
    Refund,
    StripeEvent,
    Subscription,
)
from payments.services import inbox, nightly
from payments.services.income.writing import write_income
from payments.services.instalments.standing import is_planned
from payments.services.stripe_api import event_facts
from products.models import Price
from sandbox.testing import LiveSandbox
from stores.models import Business
from stores.scope import store_scope
from tests.conftest import client_at, make_store, make_user
from tests.payments.buying import Shop
from tests.payments.subscriptions.member import Member
from tests.payments.victim import beat

DAY = timedelta(days=1)
SHEKEL = -2
"""Days that were not used are counted to the second: they are compared in whole shekels."""


@dataclass
class Lives:
    """Members who joined at about the same moment, and Stripe, whose clock is everybody's."""

    sandbox: LiveSandbox
    members: list[Member] = field(default_factory=list)
    heard: int = 0
    """So many events were told."""

    def begin(self, count: int, make: Callable[[], Price]) -> None:
        """Open so many stores, and let somebody join in each."""
        for number in range(count):
            store = make_store(f"life{number}", make_user(f"owner{number}@example.com"))
            with store_scope(store):
                Business.objects.create(legal_name="Alice", kind=Business.Kind.EXEMPT, country="IL")
                price = make()
            browser = Client(
                SERVER_NAME=client_at(store).defaults["SERVER_NAME"],
                REMOTE_ADDR=f"127.0.1.{number + 1}",
            )
            member = Member(Shop(self.sandbox, store, price, browser))
            with clock.standing_at(member.now):
                member.join()
            self.members.append(member)
        self.hear()
        self.beat()

    @property
    def now(self) -> datetime:
        """The moment by Stripe's clock."""
        return self.members[0].now

    def later(self, **how: int) -> None:
        """Let time pass, and hear of it at once."""
        self.sandbox.advance(**how)
        self.hear()

    def hear(self) -> None:
        """Take in what was told since, and work on it until nothing is left."""
        hints = self.untold()
        with clock.standing_at(self.now):
            inbox.take_in(hints, clock.now())
            while inbox.work(clock.now()):
                pass
        self.heard += len(hints)

    def untold(self) -> list[EventFacts]:
        """Return what was not heard of yet."""
        return [event_facts(each) for each in self.sandbox.events()[self.heard :]]

    def told_of(self, member: Member, kind: str) -> dict[str, Any]:
        """Return the last event of a kind that names a member's subscription."""
        name = member.subscription.stripe_id
        found = [each for each in self.sandbox.events(kind) if name in json.dumps(each)]
        return dict(found[-1])

    def beat(self) -> None:
        """Let every sweep come by once."""
        with clock.standing_at(self.now):
            beat()

    def come_to_rest(self) -> None:
        """Let the sweeps come by for half an hour, and then tell everything once more."""
        hints = self.untold()
        for _time in range(3):
            self.sandbox.forward(11 * 60)
            self.beat()
        mine = StripeEvent.objects.filter(stripe_id__in=[each.id for each in hints])
        mine.exclude(state=StripeEvent.State.IGNORED).update(
            state=StripeEvent.State.PENDING, next_attempt_at=self.now
        )
        self.hear()
        self.beat()

    def assert_all_agrees(self) -> None:
        """Nothing waits, and the night finds nothing."""
        assert not StripeEvent.objects.filter(state__in=("pending", "failed")).exists()
        for member in self.members:
            with store_scope(member.shop.store):
                assert not OutboundCall.objects.filter(state="waiting").exists()
                assert not Refund.objects.filter(state="requested").exists()
        found = nightly.check_everything(self.now)
        assert [(each.kind, each.subject, each.ours, each.theirs) for each in found] == []


def came_to(member: Member) -> dict[str, Any]:
    """Return what became of a member: everything but names, moments in days since the start."""
    subscription = member.subscription

    def days(moment: datetime | None) -> int | None:
        return None if moment is None else round((moment - subscription.started_at) / DAY)

    def rows(model: Any, *columns: str, **only: Any) -> list[tuple[Any, ...]]:
        found = model.objects.filter(**only).values_list(*columns)
        return sorted((tuple(map(plain, row)) for row in found), key=repr)

    def plain(value: Any) -> Any:
        return days(value) if isinstance(value, datetime) else value

    with store_scope(member.shop.store):
        _income_is_as_anew(subscription)
        kinds = Message.objects.filter(store=member.shop.store).values_list("kind", flat=True)
        calls = OutboundCall.objects.values_list("kind", "key", "state")
        return {
            "subscription": rows(
                Subscription,
                *("status", "amount", "next_charge_at", "ends_at", "ended_at"),
                *("unpaid_since", "held_at"),
            ),
            "plan": rows(InstalmentPlan, "state", "n_paid", "settled_at", "cut_at"),
            "orders": rows(Order, "number", "total", "status", "placed_at", "paid_at"),
            "payments": sorted(
                (amount, round(back, SHEKEL))
                for amount, back in Payment.objects.values_list("amount", "refunded_amount")
            ),
            "refunds": sorted(
                (round(amount, SHEKEL), state, reason)
                for amount, state, reason in Refund.objects.values_list("amount", "state", "reason")
            ),
            "bills": rows(
                Bill,
                *("order__number", "status", "amount", "starts_at", "ends_at"),
                *("failed_at", "paid_at", "told"),
            ),
            "spans": rows(PaidSpan, "starts_at", "ends_at"),
            "cuts": rows(SpanCut, "because", "starts_at", "ends_at"),
            "access": rows(Access, "ends_at", "suspended_at", "revoked_at", "paid_through"),
            "access events": rows(AccessEvent, "what", "at"),
            "income": rows(
                IncomeStep, "number", "kind", "since", "until", "before", "monthly", "worth"
            ),
            "runs": rows(PaidRun, "since", "until"),
            "documents": [
                (kind, number, round(total, SHEKEL))
                for kind, number, total in Document.objects.order_by("kind", "number").values_list(
                    "kind", "number", "total"
                )
            ],
            "mails": sorted(kinds),
            "calls": sorted((kind, key.partition("-")[0], state) for kind, key, state in calls),
        }


def _income_is_as_anew(subscription: Subscription) -> None:
    """Written once more from its rows, a subscription's income is the same.

    A sum in monthly charges is none.
    """
    if is_planned(subscription):
        return

    def written() -> list[Any]:
        return [
            *IncomeStep.objects.order_by("number").values_list("pk", "kind", "since", "monthly"),
            *PaidRun.objects.order_by("pk").values_list("pk", "since", "until"),
        ]

    before = written()
    with transaction.atomic():
        write_income(Subscription.objects.select_for_update(no_key=True).get(pk=subscription.pk))
    assert written() == before
