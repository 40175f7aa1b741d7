"""Today, a ready text, and what came after all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from core import clock
from payments.models import Bill
from payments.services.dunning.duties import duties
from payments.services.dunning.reaching import whatsapp_url
from payments.services.dunning.recovering import recovery
from sandbox.testing import CARD
from tests.payments.subscriptions.member import Member
from tests.payments.subscriptions.test_unpaid import days, refuse

pytestmark = pytest.mark.django_db


def owed(member: Member) -> list[str]:
    with member.there():
        return [str(each.sentence) for each in duties(member.shop.store, member.now)]


def test_today_names_who_is_in_their_last_days_and_on_hold(member: Member) -> None:
    bill = refuse(member)
    assert owed(member) == []
    days(member, 5)
    (sentence,) = owed(member)
    assert sentence.startswith("Charlie: ₪59 for")
    days(member, 3)
    (sentence,) = owed(member)
    assert sentence.startswith("Charlie is on hold")
    member.shop.sandbox.pay_invoice(bill.stripe_id, CARD)
    member.hear()
    assert owed(member) == []


def test_there_are_words_to_write(
    member: Member, alice: User, browse: Callable[..., Client]
) -> None:
    bill = refuse(member)
    client = browse(member.shop.store, alice)
    with clock.standing_at(member.now):
        url = reverse("admin:payments_bill_change", args=[bill.pk])
        shown = client.get(url).content.decode()
        listed = client.get(reverse("admin:payments_bill_changelist")).content.decode()
    assert "Hi Charlie" in shown
    assert "One charge failed; paid after all: 0, ₪0" in " ".join(shown.split())
    assert bill.fix_key in shown
    assert "wa.me" not in shown
    assert "Charlie" in listed


@pytest.mark.parametrize(
    ("phone", "country", "digits"),
    [
        ("050-123 4567", "IL", "972501234567"),
        ("+44 20 7946 0018", "", "442079460018"),
        ("00972501234567", "", "972501234567"),
        ("050-1234567", "", ""),
        ("12", "IL", ""),
    ],
)
def test_a_number_opens_whatsapp_where_it_is_whole(phone: str, country: str, digits: str) -> None:
    url = whatsapp_url(phone, country, "Hi & hello")
    assert url == (f"https://wa.me/{digits}?text=Hi%20%26%20hello" if digits else "")


def test_what_came_after_all_is_counted(member: Member) -> None:
    before = member.now
    bill = refuse(member)
    store = member.shop.store
    found = recovery(store, before)
    assert (found.failed, found.recovered, found.waiting) == (1, 0, 1)
    days(member, 1)
    member.shop.sandbox.pay_invoice(bill.stripe_id, CARD)
    member.hear()
    found = recovery(store, before)
    assert (found.failed, found.recovered, found.amount, found.waiting) == (1, 1, 5900, 0)
    assert recovery(store, member.now + timedelta(days=1)).failed == 0
    assert Bill.objects.get(pk=bill.pk).failed_at is not None
