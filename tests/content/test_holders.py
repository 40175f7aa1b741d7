"""Writing to all who have a product: to whom, what they get, taking back, and trying it first."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as sent_mail
from django.test import Client
from django.urls import reverse

from access.contract import Source
from access.services.granting import grant
from accounts.models import Customer, User
from accounts.services.consents import give_consent, withdraw_consent
from content.models import HolderLetter
from content.services import holders
from core import clock, tokens
from mail.models import Message as Mail
from mail.services.sending import send_for_store
from products.models import Product
from stores.models import LogEntry, QuietTimes, Staff, Store
from tests.conftest import make_user
from tests.payments.buying import make_book

SUBJECT, TEXT = "A mended page 14", "One measure was wrong.\n\nIt is right now."
WORDS = {"subject": SUBJECT, "text": TEXT, "kind": "about"}


@pytest.fixture
def book(in_store: Store) -> Product:
    """Return a book of a store that writes at any hour, whatever day it is."""
    QuietTimes.objects.create(has_nights=False, rest="none", calendar="none", working_days=[])
    return make_book()


@pytest.fixture
def alice_at(in_store: Store, alice: User, browse: Callable[..., Client]) -> Client:
    return browse(in_store, alice)


def holder(name: str, book: Product, *, agrees: bool = False, **over: Any) -> Customer:
    user = make_user(f"{name}@example.com")
    made: Customer = Customer.objects.create(user=user, name=name, **over)
    give(made, book)
    if agrees:
        give_consent(made, source="checkout", language="en", now=clock.now())
    return made


def give(customer: Customer, book: Product) -> None:
    """Give a book, as often as it is bought."""
    hour = clock.now() - timedelta(hours=1)
    bought = Source("order_line", tokens.public_id())
    grant(customer, product=book, source=bought, starts_at=hour, now=hour)


def post(client: Client, book: Product, step: str, **over: Any) -> Any:
    url = reverse("admin:content_holderletter_write", args=[book.pk])
    attempt = over.pop("attempt", "attempt0one")
    return client.post(url, {**WORDS, "attempt": attempt, "step": step, **over})


def leave(minutes: int = 11) -> None:
    """Do what the sweep does a little later."""
    later = clock.now() + timedelta(minutes=minutes)
    while holders.tell(later, batches=5):
        pass


def receivers(kind: str = holders.NOTE) -> list[str]:
    rows = Mail.objects.filter(kind=kind).exclude(state="dropped")
    return sorted(rows.values_list("to_address", flat=True))


def test_it_is_shown_with_its_count_before_anything_is_sent(
    alice_at: Client, book: Product
) -> None:
    holder("vera", book)
    holder("will", book, agrees=True)

    about = post(alice_at, book, "look").content.decode()
    news = post(alice_at, book, "look", kind="news").content.decode()

    assert "2 people have it." in about
    assert "Send it to" in about
    assert "<p>One measure was wrong.</p>" in about
    assert "1 person who has it agreed to news." in news
    assert not HolderLetter.objects.exists()
    assert not Mail.objects.filter(kind__startswith="holders").exists()


def test_everybody_who_has_it_gets_it_once(alice_at: Client, book: Product) -> None:
    vera = holder("vera", book, language="he")
    give(vera, book)
    holder("will", book)
    other = make_book(slug="other")
    holder("xena", other)

    for _press in range(2):
        post(alice_at, book, "send")
    assert receivers() == []
    leave()
    leave()

    assert receivers() == ["vera@example.com", "will@example.com"]
    assert HolderLetter.objects.get().told_at is not None
    assert Mail.objects.get(to_address="vera@example.com", kind=holders.NOTE).language == "he"
    assert LogEntry.objects.filter(what="send_out").exists()
    sent_mail.outbox.clear()
    Mail.objects.update(due_at=clock.now())
    send_for_store()
    one = next(each for each in sent_mail.outbox if "will@" in str(each.to))
    assert one.subject == SUBJECT
    assert "It is right now." in one.body
    assert "You get this because" in one.body
    page = alice_at.get(reverse("admin:content_holderletter_write", args=[book.pk]))
    assert "2 readers were told." in page.content.decode()


def test_news_go_only_to_who_agreed_and_carry_the_way_out(alice_at: Client, book: Product) -> None:
    holder("vera", book)
    holder("will", book, agrees=True)
    left = holder("xena", book, agrees=True)
    withdraw_consent(left, now=clock.now())

    post(alice_at, book, "send", kind="news")
    leave()

    assert receivers(holders.NEWS) == ["will@example.com"]
    assert receivers() == []
    sent_mail.outbox.clear()
    Mail.objects.update(due_at=clock.now())
    send_for_store()
    (one,) = [each for each in sent_mail.outbox if "will@" in str(each.to)]
    assert one.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_it_is_taken_back_within_ten_minutes_words_and_all(alice_at: Client, book: Product) -> None:
    holder("vera", book)
    there = post(alice_at, book, "send")["Location"]
    assert "Take it back" in alice_at.get(there).content.decode()
    letter = HolderLetter.objects.get()

    page = alice_at.post(reverse("admin:content_holderletter_back", args=[letter.pk]))

    assert "It is right now.</textarea>" in page.content.decode()
    assert not HolderLetter.objects.exists()
    leave()
    assert receivers() == []


def test_what_leaves_is_not_taken_back(alice_at: Client, book: Product) -> None:
    holder("vera", book)
    post(alice_at, book, "send")
    leave()
    letter = HolderLetter.objects.get()

    back = reverse("admin:content_holderletter_back", args=[letter.pk])
    page = alice_at.post(back, follow=True).content.decode()

    assert "Too late: it is leaving." in page
    assert HolderLetter.objects.exists()


def test_a_test_goes_to_whoever_writes_and_to_nobody_else(alice_at: Client, book: Product) -> None:
    holder("vera", book)

    page = post(alice_at, book, "test").content.decode()

    row = Mail.objects.get(kind=holders.NOTE)
    assert (row.to_address, row.context["subject"]) == ("alice@example.com", f"Test: {SUBJECT}")
    assert "alice@example.com" in page
    assert not HolderLetter.objects.exists()


def test_to_nobody_nothing_is_sent(alice_at: Client, book: Product) -> None:
    assert "Nobody has it yet." in post(alice_at, book, "send").content.decode()
    assert not HolderLetter.objects.exists()


def test_it_goes_on_where_a_worker_was_killed(
    alice_at: Client, book: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holders, "BATCH", 1)
    names = ["vera", "will", "xena"]
    for name in names:
        holder(name, book)
    post(alice_at, book, "send")
    later = clock.now() + timedelta(minutes=11)

    assert holders.tell(later, batches=1)
    assert len(receivers()) == 1
    holders.tell(later, batches=9)

    assert receivers() == [f"{name}@example.com" for name in names]


def test_who_may_send_no_mails_and_another_store_get_nowhere(
    alice_at: Client, book: Product, alice: User, other_store: Store, browse: Callable[..., Client]
) -> None:
    holder("vera", book)
    assert post(browse(other_store, other_store_owner()), book, "send").status_code == 404
    Staff.objects.filter(user=alice).update(role="author")
    assert post(alice_at, book, "send").status_code == 403
    assert not HolderLetter.objects.exists()


def test_it_stands_beside_the_messages_of_its_product(alice_at: Client, book: Product) -> None:
    page = alice_at.get(f"/admin/ebooks/ebook/{book.pk}/messages/").content.decode()
    assert re.search(rf'href="/admin/content/holderletter/of/{book.pk}/"', page)


def other_store_owner() -> User:
    found: User = User.objects.get(email="dana@example.com")
    return found
