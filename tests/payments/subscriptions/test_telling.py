"""What is read before paying, and what a test of it gives."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from access.models import Access
from accounts.models import User
from core import clock
from mail.models import Message
from payments.models import Coupon, Order, OutboundCall, Subscription
from payments.services.subscriptions.telling import day_in_words, next_after, told_of
from tests.payments.buying import Shop
from tests.payments.subscriptions.member import Member

pytestmark = pytest.mark.django_db


def page(shop: Shop, **query: str) -> str:
    return " ".join(shop.client.get(shop.url, query).content.decode().split())


def test_amount_rhythm_and_how_to_stop_are_read_before_paying(shop: Shop) -> None:
    seen = page(shop)
    day = day_in_words(next_after(shop.price, clock.now()), "en")
    assert f"₪59 today. The next charge is on {day}." in seen
    assert "₪59 a month, until you stop." in seen
    assert "Stop whenever you like" in seen
    assert "One payment" not in seen
    assert "as a gift" not in seen


def test_the_end_of_the_free_days_is_read_before_paying(shop: Shop) -> None:
    shop.price.trial_days = 14
    shop.price.save()
    seen = page(shop)
    day = day_in_words(clock.now() + timedelta(days=14), "en")
    assert f"₪0 today: the first 14 days are free. On {day} your card is charged." in seen
    assert f"Begin free, and pay from {day}" in seen
    assert "₪59 a month, until you stop." in seen


def test_a_price_for_a_while_says_what_comes_after(shop: Shop) -> None:
    Coupon.objects.create(code="HALF", percent=50, lasts="months", months=3)
    seen = page(shop, coupon="HALF")
    assert "₪29.50 today." in seen
    assert "₪29.50 a month for 3 months, after that ₪59 a month, until you stop." in seen


def test_the_receipt_says_it_too(member: Member) -> None:
    member.join()
    sent = Message.objects.get(kind="receipt").context
    said = " ".join(sent["payment"])
    assert "₪59 a month, until you stop." in said
    assert "There are no other charges." not in said


def test_it_is_told_in_hebrew(member: Member) -> None:
    subscription = member.join()
    with member.there():
        said = " ".join(told_of(subscription.order, "he"))
    assert "₪" in said
    assert not re.search("[A-Za-z]{2}", said)


def test_a_test_of_it_opens_one_period_and_asks_nobody(
    shop: Shop, alice: User, browse: Callable[..., Client]
) -> None:
    client = browse(shop.store, alice)
    shop.send(client=client, attempt=shop.attempt(client), test="1")
    order = Order.objects.get()
    access = Access.objects.get()
    assert (order.is_test, order.status) == (True, Order.Status.PAID)
    assert access.ends_at == clock.add_period(access.starts_at, "month", 1, shop.store.zone)
    assert not OutboundCall.objects.exists()
    assert not Subscription.objects.exists()
    assert shop.sandbox.calls("/v1") == []
