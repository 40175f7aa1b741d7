"""Joining, and every month after: an order, a receipt, paid time, and nothing twice."""

from __future__ import annotations

import random

import pytest

from access import rules
from access.models import AccessEvent, PaidSpan
from core import clock
from mail.models import Message
from payments.models import Bill, Order, Payment, Subscription
from payments.services import inbox, slots
from tests.payments.buying import DECLINED, NEEDS_BANK, Shop
from tests.payments.subscriptions.member import Member

pytestmark = pytest.mark.django_db
State = Subscription.State


def test_who_joins_pays_the_first_month_and_is_in(member: Member) -> None:
    subscription = member.join()
    order = subscription.order
    assert (order.status, order.total, order.is_renewal) == (Order.Status.PAID, 5900, False)
    assert subscription.state(member.now) == State.ACTIVE
    assert (subscription.amount, subscription.currency) == (5900, "ILS")
    assert member.access.is_live(member.now)
    assert member.access.ends_at is None
    (span,) = PaidSpan.objects.all()
    assert 28 <= (span.ends_at - span.starts_at).days <= 31
    assert member.access.paid_through == span.ends_at == subscription.next_charge_at
    assert Payment.objects.get().order == order


def test_thirteen_months_are_thirteen_orders_and_receipts(member: Member) -> None:
    member.join()
    member.months(12)
    assert [order.total for order in member.orders] == [5900] * 13
    assert [order.is_renewal for order in member.orders] == [False] + [True] * 12
    assert Payment.objects.count() == Bill.objects.count() == PaidSpan.objects.count() == 13
    assert Message.objects.filter(kind="receipt").count() == 1
    assert Message.objects.filter(kind="renewed").count() == 12
    assert len({order.number for order in member.orders}) == 13
    access = member.access
    spans = [rules.Span(span.starts_at, span.ends_at) for span in access.paid_spans.all()]
    assert len(rules.merged(spans)) == 1
    assert rules.tenure(spans, [], "month", member.shop.store.zone, member.now) == 12


def test_all_of_it_again_in_any_order_changes_nothing(member: Member) -> None:
    member.join()
    member.months(2)

    def seen() -> list[object]:
        rows = (
            *Order.objects.order_by("id").values_list("id", "status", "total"),
            *Payment.objects.order_by("id").values_list("id", "amount"),
            *PaidSpan.objects.order_by("id").values_list("id", "starts_at", "ends_at"),
            *AccessEvent.objects.order_by("id").values_list("id", "what"),
            *Message.objects.order_by("id").values_list("id", "key"),
        )
        return list(rows)

    before = seen()
    hints = member.shop.hints() * 2
    random.Random(7).shuffle(hints)
    for hint in hints:
        if hint.object_type in inbox.SYNCS:
            inbox.SYNCS[hint.object_type]("", hint.object_id, member.now)
    assert seen() == before


def test_who_closed_the_tab_is_in_all_the_same(member: Member, shop: Shop) -> None:
    order = shop.begin()
    shop.pay(order)
    member.hear()
    assert member.access.is_live(member.now)
    assert member.subscription.order == order


def test_a_refused_card_begins_nothing(member: Member, shop: Shop) -> None:
    order = shop.begin()
    shop.pay(order, DECLINED)
    member.hear()
    assert not Subscription.objects.exists()
    order.refresh_from_db()
    assert order.status == Order.Status.PENDING


def test_the_bank_may_ask_first(member: Member, shop: Shop) -> None:
    order = shop.begin()
    assert shop.pay(order, NEEDS_BANK)["status"] != "complete"
    assert order.stripe_session_id
    shop.sandbox.authenticate(order.stripe_session_id)
    member.hear()
    assert member.access.is_live(member.now)


@pytest.mark.parametrize(("interval", "months"), [("month", 1), ("quarter", 3), ("year", 12)])
def test_each_rhythm_pays_for_its_own_length(
    member: Member, shop: Shop, interval: str, months: int
) -> None:
    shop.price.interval = interval
    shop.price.save()
    member.join()
    (span,) = PaidSpan.objects.all()
    assert clock.add_period(span.starts_at, "month", months, clock.ZoneInfo("UTC")) == span.ends_at


def test_the_first_days_are_free_once(member: Member, shop: Shop) -> None:
    shop.price.trial_days = 14
    shop.price.save()
    subscription = member.join()
    assert (subscription.order.total, subscription.state(member.now)) == (0, State.TRIAL)
    assert member.access.is_live(member.now)
    assert not PaidSpan.objects.exists()
    assert not Payment.objects.exists()
    member.later(days=14, hours=2)
    assert [order.total for order in member.orders] == [0, 5900]
    assert PaidSpan.objects.count() == 1


def test_an_amount_that_was_never_agreed_is_asked_about(member: Member, shop: Shop) -> None:
    member.join()
    Subscription.objects.update(amount=4900)
    member.later(months=1, hours=2)
    renewal = Order.objects.filter(subscription__isnull=False).get()
    assert renewal.status == Order.Status.REVIEW
    assert PaidSpan.objects.count() == 1
    Subscription.objects.update(amount=5900)


def test_the_account_has_one_row_for_all_later_charges(member: Member) -> None:
    subscription = member.join()
    member.months(2)
    with member.there():
        section = slots.orders_section(subscription.customer, member.now)
    assert [str(row.detail) for row in section.rows][1:] == ["2 later charges"]
    assert section.rows[1].url == f"/billing/{subscription.public_id}/"
