"""“It did not arrive”, from an order's page to the Inbox, and what is sent again from there."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Customer, User
from conversations.models import Conversation
from mail.models import Message as Mail
from mail.services.sending import send_for_store
from payments.models import Order
from stores.models import Staff
from tests.payments.buying import Shop

ASKED = {"kind": "missing", "text": "No mail came."}


def receipts() -> list[Mail]:
    return list(Mail.objects.filter(kind="receipt").order_by("pk"))


@pytest.fixture
def bought(shop: Shop, in_store: Any) -> Order:
    shop.buy()
    return shop.order()


@pytest.fixture
def alice_at(shop: Shop, alice: User, browse: Callable[..., Client]) -> Client:
    return browse(shop.store, alice)


@pytest.fixture
def charlie_at(bought: Order, shop: Shop, browse: Callable[..., Client]) -> Client:
    assert bought.customer is not None
    return browse(shop.store, bought.customer.user)


def letter_url(name: str = "change") -> str:
    letter = Conversation.objects.latest("pk")
    return reverse(f"admin:conversations_conversation_{name}", args=[letter.pk])


def test_it_leads_from_the_order_to_the_inbox_and_the_receipt_is_sent_again_there(
    bought: Order, charlie_at: Client, alice_at: Client
) -> None:
    page = charlie_at.get(f"/orders/{bought.public_id}/").content.decode()
    asking = f"/ask/?kind=missing&amp;order={bought.number}"
    assert asking in page
    form = charlie_at.get(f"/ask/?kind=missing&order={bought.number}").content.decode()
    chosen = re.search(r"<input[^>]*checked[^>]*>", form)
    assert chosen
    assert 'value="missing"' in chosen[0]
    charlie_at.post("/ask/", ASKED | {"order": bought.number})
    inbox = alice_at.get("/admin/inbox/?kind=missing").content.decode()
    assert "No mail came." in inbox
    send_for_store()
    page = alice_at.get(letter_url()).content.decode()
    assert f"The receipt went to {bought.email}" in page
    assert "Send the receipt with its links again" in page

    back = alice_at.post(letter_url("send_again"), {"what": "receipt"})

    first, again = receipts()
    assert back["Location"].startswith(letter_url())
    assert again.to_address == first.to_address == bought.email
    assert again.context["links"]
    assert Conversation.objects.get().waits


def test_of_an_order_that_is_not_theirs_nothing_is_told_or_sent(
    bought: Order, shop: Shop, bob: User, alice_at: Client, browse: Callable[..., Client]
) -> None:
    Customer.objects.create(user=bob)
    browse(shop.store, bob).post("/ask/", ASKED | {"order": bought.number})

    page = alice_at.get(letter_url()).content.decode()

    assert bought.email not in page
    assert alice_at.post(letter_url("send_again"), {"what": "receipt"}).status_code == 404
    assert len(receipts()) == 1


def test_whoever_may_send_no_mails_sees_what_left_and_sends_nothing(
    bought: Order, charlie_at: Client, alice_at: Client, alice: User
) -> None:
    charlie_at.post("/ask/", ASKED | {"order": bought.number})
    Staff.objects.filter(user=alice).update(role="coach")

    assert alice_at.post(letter_url("send_again"), {"what": "receipt"}).status_code == 403
    assert len(receipts()) == 1
