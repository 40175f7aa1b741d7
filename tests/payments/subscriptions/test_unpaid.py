"""A card that failed: days to fix it, a hold at its very moment, and an end without debt."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest

from access import rules
from access.models import AccessEvent, PaidSpan, SpanCut
from accounts.models import Customer
from accounts.services.leaving import erase_customer, facts_of
from core import clock
from mail.models import Message
from payments.models import Bill, Order, OutboundCall, Subscription
from payments.services import inbox, reconciling
from payments.services.dunning import sweeping
from payments.services.subscriptions.leaving import leave_today
from payments.services.subscriptions.terms import store_terms
from sandbox.testing import CARD
from tests.payments.buying import NEEDS_BANK
from tests.payments.subscriptions.member import Member
from tests.payments.test_forgotten import rows_naming

pytestmark = pytest.mark.django_db
State = Subscription.State
MANY = 20
"""So often the next charge is refused: more often than Stripe tries."""


def refuse(member: Member, *, times: int = MANY, after: str = "past_due") -> Bill:
    """Join, let the second month's charge fail, and hear of it."""
    subscription = member.join()
    member.shop.sandbox.after_last_retry(after)
    member.shop.sandbox.fail_next_renewal(
        subscription.stripe_id, code="insufficient_funds", times=times
    )
    member.later(months=1, hours=2)
    return Bill.objects.latest("id")


def sweep(member: Member) -> None:
    """Let the sweep come, at the moment by Stripe's clock."""
    with member.there():
        sweeping.work_on(clock.now())


def days(member: Member, count: int) -> None:
    """Let so many days pass, heard of and swept each day, or each sixth where they are many."""
    at_once = 1 if count < 10 else 6
    while count > 0:
        member.later(days=min(at_once, count))
        sweep(member)
        count -= at_once


def mails() -> list[str]:
    return [
        *Message.objects.filter(kind__startswith="unpaid")
        .order_by("id")
        .values_list("kind", flat=True)
    ]


def fix_by(bill: Bill) -> datetime:
    assert bill.failed_at is not None
    return bill.failed_at + timedelta(days=7)


def test_all_stays_open_while_it_can_be_fixed(member: Member) -> None:
    bill = refuse(member)
    sweep(member)
    subscription = member.subscription
    assert subscription.state(member.now) == State.TO_FIX
    assert subscription.unpaid_since == bill.failed_at
    assert member.access.is_live(member.now)
    assert member.access.ends_at == fix_by(bill)
    assert mails() == ["unpaid"]


def test_it_closes_at_its_moment_though_no_worker_ran(member: Member) -> None:
    bill = refuse(member)
    moment = fix_by(bill)
    assert member.access.is_live(moment - timedelta(seconds=1))
    assert not member.access.is_live(moment)
    assert member.subscription.held_at is None


def test_the_mails_come_on_their_days_and_once(member: Member) -> None:
    refuse(member)
    sweep(member)
    sweep(member)
    assert mails() == ["unpaid"]
    days(member, 5)
    assert mails() == ["unpaid", "unpaid_again"]
    days(member, 1)
    assert mails() == ["unpaid", "unpaid_again", "unpaid_last"]
    days(member, 1)
    assert mails()[3:] == ["unpaid_hold"]
    days(member, 9)
    assert len(mails()) == 4


def test_a_sweep_that_slept_sends_only_what_is_still_true(member: Member) -> None:
    refuse(member)
    member.later(days=4)
    sweep(member)
    assert mails() == ["unpaid_again"]


def test_the_words_are_those_of_a_friend(member: Member) -> None:
    bill = refuse(member)
    sweep(member)
    said = Message.objects.get(kind="unpaid")
    assert said.context["amount"] == "₪59"
    assert said.context["fix_url"].endswith(f"/fix/{bill.fix_key}/")
    assert bill.starts_at is not None
    assert said.context["period"] == f"{bill.starts_at.astimezone(member.shop.store.zone):%B}"
    last = fix_by(bill).astimezone(member.shop.store.zone)
    assert said.context["until"] == f"{last.day} {last:%B}"


def test_a_hold_begins_at_its_moment_whenever_the_sweep_comes(member: Member) -> None:
    bill = refuse(member)
    member.later(days=8)
    sweep(member)
    assert member.subscription.held_at == fix_by(bill)
    assert member.access.suspended_at == fix_by(bill)
    assert member.subscription.state(member.now) == State.ON_HOLD


def test_a_retry_that_is_paid_ends_it_with_thanks(member: Member) -> None:
    refuse(member, times=1)
    sweep(member)
    days(member, 4)
    assert member.subscription.state(member.now) == State.ACTIVE
    assert (member.access.ends_at, member.subscription.unpaid_since) == (None, None)
    assert mails() == ["unpaid", "unpaid_paid"]
    assert not SpanCut.objects.exists()
    assert len(member.orders) == 2


@pytest.mark.parametrize("after", [2, 8, 30])
@pytest.mark.parametrize("card", [CARD, NEEDS_BANK])
def test_paid_by_hand_at_any_moment_opens_at_once(member: Member, card: str, after: int) -> None:
    bill = refuse(member)
    days(member, after)
    member.shop.sandbox.pay_invoice(bill.stripe_id, card)
    if card == NEEDS_BANK:
        member.shop.sandbox.authenticate(bill.stripe_id)
    member.hear()
    assert member.subscription.state(member.now) == State.ACTIVE
    assert member.access.is_live(member.now)
    assert member.access.ends_at is None
    assert member.subscription.held_at is None
    assert mails()[-1] == "unpaid_paid"


def test_the_time_on_hold_is_no_tenure(member: Member) -> None:
    bill = refuse(member)
    days(member, 20)
    paid_at = member.now - timedelta(seconds=1)
    member.shop.sandbox.pay_invoice(bill.stripe_id, CARD)
    member.hear()
    (cut,) = SpanCut.objects.all()
    assert cut.starts_at == fix_by(bill)
    assert paid_at <= cut.ends_at <= paid_at + timedelta(minutes=1)


def test_money_we_hear_of_late_counts_from_when_it_came(member: Member) -> None:
    bill = refuse(member)
    member.later(days=6)
    member.shop.sandbox.pay_invoice(bill.stripe_id, CARD)
    member.shop.sandbox.advance(days=4)
    assert not member.access.is_live(member.now)
    sweep(member)
    assert member.subscription.held_at is None
    assert member.access.is_live(member.now)
    assert not SpanCut.objects.exists()
    assert mails() == []  # nobody had told them


def test_a_hold_ends_without_debt(member: Member) -> None:
    bill = refuse(member)
    days(member, 36)
    assert member.subscription.ended_at is None
    days(member, 2)
    subscription = member.subscription
    bill.refresh_from_db()
    assert subscription.state(member.now) == State.ENDED
    assert subscription.unpaid_since is None
    assert bill.status == "void"
    assert not member.access.is_live(member.now)
    assert mails()[-1] == "unpaid_ended"
    keys = [
        call.key.partition("-")[0]
        for call in OutboundCall.objects.filter(kind="change").order_by("id")
    ]
    assert keys[0] == "unpaid"
    assert set(keys) == {"unpaid", "void"}
    assert not Bill.objects.refused().exists()
    before = len(mails())
    days(member, 40)
    assert len(mails()) == before
    assert len(member.orders) == 1


def test_the_stores_own_numbers_count(member: Member) -> None:
    terms = store_terms()
    terms.days_to_fix, terms.days_on_hold = 2, 5
    terms.save()
    refuse(member)
    days(member, 2)
    assert member.subscription.state(member.now) == State.ON_HOLD
    assert mails() == ["unpaid", "unpaid_hold"]
    days(member, 5)
    assert member.subscription.state(member.now) == State.ENDED


def test_what_stripe_ends_after_its_last_retry_ends_the_same(member: Member) -> None:
    bill = refuse(member, after="canceled")
    days(member, 20)
    bill.refresh_from_db()
    assert member.subscription.state(member.now) == State.ENDED
    assert bill.status == "void"
    assert not member.access.is_live(member.now)
    assert mails()[-1] == "unpaid_ended"


def test_who_pays_in_the_last_minute_stays(member: Member) -> None:
    bill = refuse(member)
    days(member, 36)
    member.shop.sandbox.advance(hours=30)
    member.shop.sandbox.pay_invoice(bill.stripe_id, CARD)
    sweep(member)
    assert member.subscription.ended_at is None
    assert member.access.is_live(member.now)
    member.hear()


def test_who_leaves_while_it_is_unpaid_owes_nothing_and_hears_no_more(member: Member) -> None:
    bill = refuse(member)
    sweep(member)
    with member.there():
        leave_today(member.subscription, now=member.now)
    sweep(member)
    bill.refresh_from_db()
    assert bill.status == "void"
    assert mails() == ["unpaid"]


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_end_whose_answer_was_lost_comes_all_the_same(member: Member, when: str) -> None:
    bill = refuse(member)
    days(member, 36)
    member.later(days=1)
    path = f"/v1/invoices/{bill.stripe_id}/void"
    member.shop.sandbox.fault("drop", when=when, times=1, method="POST", path=path)
    sweep(member)
    sweep(member)
    assert Bill.objects.refused().exists()
    with member.there():
        reconciling.reconcile_store(member.now + timedelta(minutes=15))
    sweep(member)
    bill.refresh_from_db()
    assert bill.status == "void"
    assert mails().count("unpaid_ended") == 1


def seen() -> list[object]:
    """Everything that could differ by what came when."""
    return [
        *Order.objects.order_by("id").values_list("id", "status", "total"),
        *PaidSpan.objects.order_by("id").values_list("id", "starts_at", "ends_at"),
        *SpanCut.objects.order_by("id").values_list("id", "starts_at", "ends_at"),
        *AccessEvent.objects.order_by("id").values_list("id", "what"),
        *Message.objects.order_by("id").values_list("id", "key"),
        *Bill.objects.order_by("id").values_list("id", "status", "failed_at", "told"),
        *Subscription.objects.values_list("unpaid_since", "held_at", "ended_at"),
    ]


@pytest.mark.parametrize("end", ["paid", "ended", "open"])
def test_all_of_it_again_in_any_order_changes_nothing(member: Member, end: str) -> None:
    bill = refuse(member)
    days(member, 12)
    if end == "paid":
        member.shop.sandbox.pay_invoice(bill.stripe_id, CARD)
        member.hear()
    elif end == "ended":
        days(member, 30)
    before = seen()
    hints = member.shop.hints() * 2
    random.Random(5).shuffle(hints)
    for hint in hints:
        if hint.object_type in inbox.SYNCS:
            with clock.standing_at(member.now):
                inbox.SYNCS[hint.object_type]("", hint.object_id, member.now)
    sweep(member)
    assert seen() == before


def test_tenure_after_a_hold_counts_what_was_open(member: Member) -> None:
    bill = refuse(member)
    days(member, 10)
    member.shop.sandbox.pay_invoice(bill.stripe_id, CARD)
    member.hear()
    access = member.access
    spans = [rules.Span(each.starts_at, each.ends_at) for each in access.paid_spans.all()]
    cuts = [rules.Span(each.starts_at, each.ends_at) for each in access.span_cuts.all()]
    zone = member.shop.store.zone
    end = bill.ends_at
    assert end is not None
    assert rules.tenure(spans, [], "month", zone, end) == 2
    assert rules.tenure(spans, cuts, "month", zone, end) == 1


def test_who_is_forgotten_is_named_by_no_charge_that_failed(member: Member) -> None:
    refuse(member)
    sweep(member)
    zed = Customer.objects.get()
    with member.there():
        facts = facts_of(zed)["subscriptions"]["subscriptions"]
        assert facts[0]["charges"][1]["failed_at"]
        erase_customer(zed, now=clock.now())
        reconciling.reconcile_store(clock.now())
        sweeping.work_on(clock.now())
    assert member.subscription.ended_at is not None
    assert not Bill.objects.refused().exists()
    assert mails() == []
    left = [each for each in rows_naming("charlie") if each != ("Document", "snapshot")]
    assert left == []
