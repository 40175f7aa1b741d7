"""Reminders before what is free ends."""

from __future__ import annotations

import pytest

from mail.models import Message
from payments.models import Coupon, Subscription
from payments.services.subscriptions.trials import remind, stores_with_ending
from tests.payments.subscriptions.member import Member

pytestmark = pytest.mark.django_db


def begin(member: Member, days: int, **over: str) -> None:
    member.shop.price.trial_days = days
    member.shop.price.save()
    member.join(**over)


def reminded(member: Member) -> list[Message]:
    with member.there():
        remind(member.now)
        remind(member.now)
        return list(Message.objects.filter(kind="trial_ends").order_by("pk"))


def test_three_days_before_it_is_said_what_is_charged_and_how_to_stop(member: Member) -> None:
    begin(member, 14)
    member.later(days=10)
    assert reminded(member) == []
    member.later(days=1, hours=1)
    assert stores_with_ending(member.now) == [member.shop.store.pk]
    (letter,) = reminded(member)
    assert letter.context["amount"] == "₪59 a month"
    assert "/stop/" in letter.context["end_url"]
    assert stores_with_ending(member.now) == []


def test_after_a_long_one_a_week_before_too(member: Member) -> None:
    begin(member, 60)
    member.later(days=53, hours=1)
    assert len(reminded(member)) == 1
    member.later(days=4)
    assert len(reminded(member)) == 2


def test_the_coupon_counts(member: Member) -> None:
    Coupon.objects.create(code="HALF", percent=50, lasts="forever")
    begin(member, 7, coupon="HALF")
    member.later(days=4, hours=1)
    assert reminded(member)[0].context["amount"] == "₪29.50 a month"


def test_the_link_in_the_mail_stops_it_without_a_charge(member: Member) -> None:
    begin(member, 7)
    member.later(days=4, hours=1)
    url = reminded(member)[0].context["end_url"].partition("localhost:8000")[2]
    url = url or "/" + reminded(member)[0].context["end_url"].split("/", 3)[3]
    client = member.shop.client
    client.cookies.clear()
    with member.there():
        assert client.get(url).status_code == 200
        assert member.subscription.ends_at is None
        assert client.post(url).status_code == 302
        assert client.get(url).status_code == 200
    assert client.get(url[:-3] + "xx/").status_code == 404
    member.later(days=3, hours=2)
    assert member.subscription.state(member.now) == Subscription.State.ENDED
    assert [order.total for order in member.orders] == [0]


def test_who_stopped_already_is_not_reminded(member: Member) -> None:
    from payments.services.subscriptions.leaving import leave_at_end

    begin(member, 7)
    with member.there():
        leave_at_end(member.subscription, now=member.now)
    member.later(days=4, hours=1)
    assert reminded(member) == []
