"""A rest with a date, and coming back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from access import rules
from access.contract import Locked
from access.services.unpaid import why_of
from core import clock
from mail.models import Message
from mail.services.rendering import render, store_sender
from payments.errors import CannotChange
from payments.models import Subscription
from payments.services.subscriptions import showing
from payments.services.subscriptions.coming import next_charge, next_charges
from payments.services.subscriptions.leaving import leave_at_end
from payments.services.subscriptions.raising import announce, work_on_rises
from payments.services.subscriptions.resting import come_back, rest
from payments.services.subscriptions.terms import store_terms
from payments.services.subscriptions.wording import how_it_stands
from tests.payments.subscriptions.member import Member

pytestmark = pytest.mark.django_db
State = Subscription.State


def _tenure(member: Member) -> int:
    access = member.access
    spans = [rules.Span(each.starts_at, each.ends_at) for each in access.paid_spans.all()]
    cuts = [rules.Span(each.starts_at, each.ends_at) for each in access.span_cuts.all()]
    return rules.tenure(spans, cuts, "month", member.shop.store.zone, member.now)


def test_a_rest_begins_with_the_end_of_what_is_paid_and_ends_by_itself(member: Member) -> None:
    subscription = member.join()
    paid_until = subscription.next_charge_at
    assert paid_until is not None
    with member.there():
        rest(subscription, 2, now=member.now)
    zone = member.shop.store.zone
    assert subscription.rests_from == paid_until
    assert subscription.rests_until == clock.add_period(paid_until, "month", 2, zone)
    assert subscription.state(member.now) == State.ACTIVE
    assert member.access.is_live(member.now)
    member.later(months=1, hours=2)
    assert member.subscription.state(member.now) == State.RESTING
    assert not member.access.is_live(member.now)
    assert len(member.orders) == 1
    member.later(months=2, days=1)
    assert member.subscription.state(member.now) == State.ACTIVE
    assert member.access.is_live(member.now)
    assert [order.total for order in member.orders] == [5900, 5900]
    assert _tenure(member) == 1
    member.later(months=1, days=1)
    assert _tenure(member) == 2


def test_who_comes_back_early_pays_from_that_day(member: Member) -> None:
    subscription = member.join()
    with member.there():
        rest(subscription, 3, now=member.now)
    member.later(months=2)
    with member.there():
        come_back(subscription, now=member.now)
    member.hear()
    assert member.subscription.state(member.now) == State.ACTIVE
    assert member.access.is_live(member.now)
    assert len(member.orders) == 2
    assert _tenure(member) == 1


def test_a_rest_that_has_not_begun_is_given_up_without_a_charge(member: Member) -> None:
    subscription = member.join()
    paid_until = subscription.next_charge_at
    with member.there():
        rest(subscription, 1, now=member.now)
        come_back(subscription, now=member.now)
    member.hear()
    assert subscription.next_charge_at == paid_until
    assert subscription.rests_until is None
    assert len(member.orders) == 1


def test_leaving_in_a_rest_ends_it(member: Member) -> None:
    subscription = member.join()
    with member.there():
        rest(subscription, 2, now=member.now)
    member.later(months=1, hours=2)
    with member.there():
        leave_at_end(subscription, now=member.now)
    assert member.subscription.state(member.now) == State.ENDED
    member.later(months=3)
    assert len(member.orders) == 1


def test_the_stores_numbers_are_kept(member: Member) -> None:
    subscription = member.join()
    terms = store_terms()
    with member.there():
        with pytest.raises(CannotChange):
            rest(subscription, terms.longest_rest + 1, now=member.now)
        for _time in range(terms.rests_a_year):
            rest(subscription, 1, now=member.now)
            come_back(subscription, now=member.now)
        with pytest.raises(CannotChange):
            rest(subscription, 1, now=member.now)


def test_who_rests_is_led_to_where_the_rest_ends(member: Member) -> None:
    subscription = member.join()
    with member.there():
        rest(subscription, 2, now=member.now)
    member.later(months=1, hours=2)
    locked = Locked("Your rest ends later.", "paused")
    with member.there():
        found = why_of(locked, subscription.customer, subscription.product, member.now)
    assert isinstance(found, Locked)
    assert found.until == member.subscription.rests_until
    assert found.remedy is not None
    assert found.remedy.url == f"/billing/{subscription.public_id}/"


def _told_of_rise(member: Member, days: int) -> None:
    with member.there():
        holds_from = member.now + timedelta(days=days)
        announce(member.subscription.price, amount=6900, holds_from=holds_from, now=member.now)
        work_on_rises(member.now)


def _said(member: Member) -> str:
    with member.there():
        return " ".join(how_it_stands(member.subscription, member.now))


def test_who_rests_past_another_price_reads_what_is_charged_then_and_pays_it(
    member: Member,
) -> None:
    subscription = member.join()
    _told_of_rise(member, days=40)
    with member.there():
        rest(subscription, 2, now=member.now)
    assert "The next charge, ₪69, is on" in _said(member)
    member.later(months=1, hours=2)
    said = _said(member)
    assert "It goes on with a charge of ₪69. The place is kept." in said
    assert "price" not in said
    member.later(days=59)
    with member.there():
        work_on_rises(member.now)
    assert "It goes on with a charge of ₪69." in _said(member)
    member.later(days=4)
    assert [order.total for order in member.orders] == [5900, 6900]


def test_who_is_back_before_another_price_holds_reads_the_old_one_and_pays_it(
    member: Member,
) -> None:
    subscription = member.join()
    _told_of_rise(member, days=90)
    with member.there():
        rest(subscription, 1, now=member.now)
    member.later(months=1, hours=2)
    said = _said(member)
    assert "It goes on with a charge of ₪59. The place is kept." in said
    assert "price" not in said
    member.later(months=1)
    assert [order.total for order in member.orders] == [5900, 5900]


def test_coming_back_at_once_costs_what_its_page_says(member: Member) -> None:
    subscription = member.join()
    _told_of_rise(member, days=40)
    with member.there():
        rest(subscription, 2, now=member.now)
    member.later(months=1, hours=2)
    with member.there():
        assert showing.ways_of(member.subscription, member.now).charge_on_return == "₪59"
    member.later(days=59)
    with member.there():
        work_on_rises(member.now)
        assert showing.ways_of(member.subscription, member.now).charge_on_return == "₪69"
        come_back(subscription, now=member.now)
    member.hear()
    assert [order.total for order in member.orders] == [5900, 6900]


def test_a_rest_without_another_price_keeps_the_price(member: Member) -> None:
    subscription = member.join()
    with member.there():
        rest(subscription, 1, now=member.now)
    member.later(months=1, hours=2)
    assert "The place and the price are kept." in _said(member)


@pytest.mark.parametrize(("days", "amount"), [(40, "₪69"), (None, "₪59")])
def test_the_mail_of_a_rest_says_what_is_charged_then(
    member: Member, days: int | None, amount: str
) -> None:
    subscription = member.join()
    if days is not None:
        _told_of_rise(member, days=days)
    with member.there():
        rest(subscription, 2, now=member.now)
        mail = Message.objects.get(kind="rests_until")
        text = render(mail, store_sender(member.shop.store)).text
    assert f"a charge of {amount}" in " ".join(text.split())
    assert ("your price" in text) == (days is None), text


def test_many_are_asked_about_their_next_charge_at_once(
    member: Member, django_assert_num_queries: Any
) -> None:
    member.join()
    _told_of_rise(member, days=40)
    with member.there():
        mine = member.subscription
        assert next_charge(mine).heard is not None
        with django_assert_num_queries(6):  # with the seller and the tax of the new price
            next_charges([mine])
        with django_assert_num_queries(6):
            next_charges([mine, mine, mine])
