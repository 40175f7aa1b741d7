"""Buying it oneself as a test: everything as for a customer, and it counts nowhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from access.models import Access
from accounts.models import Customer, User
from core import clock
from mail.models import Message
from mail.services.rendering import render, store_sender
from payments.models import CancelNotice, DocumentDue, Gift, Order
from payments.services.gifts.claiming import claim
from payments.services.testing import end_test
from products.models import Price
from stores.models import Store

Browse = Callable[..., Client]


@pytest.fixture
def owner(browse: Browse, store: Store, alice: User) -> Client:
    return browse(store, alice)


def try_it(client: Client, price: Price, **over: Any) -> Order:
    typed = {"email": "alice@example.com", "name": "Alice", "terms": "on", "attempt": "a1"}
    answer = client.post(f"/buy/{price.public_id}/", typed | {"test": "1"} | over, follow=True)
    assert "This was a test" in answer.content.decode()
    return Order.objects.latest("id")


def test_a_store_that_can_charge_nothing_yet_is_tried_by_its_owner_and_closed_to_others(
    owner: Client, browse: Browse, store: Store, price: Price, settings: Any
) -> None:
    settings.STRIPE_API_KEY = ""
    page = owner.get(f"/buy/{price.public_id}/").content.decode()
    assert "Nobody can pay here yet" in page
    assert "Pay ₪49" not in page
    assert try_it(owner, price).is_test
    assert browse(store).get(f"/buy/{price.public_id}/").status_code == 409


def test_mail_and_page_say_that_it_was_a_test(owner: Client, price: Price, store: Store) -> None:
    order = try_it(owner, price)
    mail = render(Message.objects.get(kind="receipt"), store_sender(store))
    assert "This was a test" in mail.text
    assert "This was a test" in mail.html
    assert "This was a test" in owner.get(f"/orders/{order.public_id}/").content.decode()


def test_it_takes_no_number_of_a_document_or_a_cancel_notice(owner: Client, price: Price) -> None:
    order = try_it(owner, price)
    owner.post(f"/cancel/order/{order.public_id}/")
    assert not DocumentDue.objects.exists()
    assert not CancelNotice.objects.exists()


@pytest.mark.parametrize("is_claimed", [True, False])
def test_ending_it_closes_a_gift_too(
    owner: Client,
    price: Price,
    charlie: Customer,
    is_claimed: bool,  # noqa: FBT001
) -> None:
    order = try_it(owner, price, is_gift="on", gift_to_name="Charlie")
    gift = Gift.objects.get()
    if is_claimed:
        claim(gift, charlie, now=clock.now())
    end_test(order, now=clock.now())
    gift.refresh_from_db()
    assert not Access.objects.live(clock.now()).exists()
    assert (gift.withdrawn_at is None) is is_claimed
