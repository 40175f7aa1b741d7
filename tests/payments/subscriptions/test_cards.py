"""A card that expires is told of a month before, once per card and expiry."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from mail.models import Message
from payments.models import Subscription
from payments.services import nightly
from payments.services.dunning import cards
from payments.services.subscriptions.leaving import leave_at_end
from tests.payments.subscriptions.member import Member

pytestmark = pytest.mark.django_db


def test_the_card_is_known_from_stripe(member: Member) -> None:
    member.join()
    member.hear()
    subscription = member.subscription
    assert subscription.card_last4 == "4242"
    assert subscription.card_expires_on == date(member.now.year + 3, 12, 31)


def test_the_night_finds_out_which_card_it_is(member: Member) -> None:
    member.join()
    member.hear()
    Subscription.objects.update(card_last4="", card_expires_on=None)
    nightly.check_everything(member.now)
    assert member.subscription.card_last4 == "4242"


def test_a_month_before_its_owner_hears_of_it_once(member: Member) -> None:
    member.join()
    member.hear()
    ends = member.subscription.card_expires_on
    assert ends is not None
    last_day = datetime(ends.year, ends.month, ends.day, 12, tzinfo=UTC)
    cards.tell(last_day - timedelta(days=40))
    assert not Message.objects.filter(kind="card_expires").exists()
    cards.tell(last_day - timedelta(days=30))
    cards.tell(last_day - timedelta(days=20))
    said = Message.objects.get(kind="card_expires")
    assert (said.context["card"], said.context["month"]) == ("4242", f"December {ends.year}")
    Subscription.objects.update(card_last4="0005", card_told_at=None)
    cards.tell(last_day - timedelta(days=10))
    assert Message.objects.filter(kind="card_expires").count() == 2


def test_who_leaves_is_not_asked_for_a_card(member: Member) -> None:
    subscription = member.join()
    member.hear()
    much_later = member.now + timedelta(days=4000)
    assert cards.expiring(much_later).exists()
    with member.there():
        leave_at_end(subscription, now=member.now)
    assert not cards.expiring(much_later).exists()
