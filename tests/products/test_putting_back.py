"""Undo of a product's move from state to state."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client

from accounts.models import User
from core import clock
from products.models import Product
from stores.models import LogEntry, Staff, Store
from tests.payments.buying import make_book

UNDO = re.compile(r'action="(/admin/products/product/\d+/put-back/[^"]+)"')


@pytest.fixture
def alice_at(in_store: Store, alice: User, browse: Callable[..., Client]) -> Client:
    return browse(in_store, alice)


def act(client: Client, book: Product, key: str) -> str:
    """Move a book, and return the address of Undo; empty where none is offered."""
    url = f"/admin/ebooks/ebook/{book.pk}/{key}/"
    page = client.post(url, follow=True).content.decode()
    found = UNDO.search(page)
    return unescape(found[1]) if found else ""


def status_of(book: Product) -> str:
    return str(Product.objects.values_list("status", flat=True).get(pk=book.pk))


@pytest.mark.parametrize("key", ["retire", "close", "hide"])
def test_what_was_taken_off_sale_is_put_back_by_one_press(alice_at: Client, key: str) -> None:
    book = make_book()
    undo = act(alice_at, book, key)
    assert status_of(book) != "published"

    page = alice_at.post(undo, follow=True).content.decode()

    assert status_of(book) == "published"
    assert "It is as it was." in page
    assert LogEntry.objects.filter(what="restore", subject_id=str(book.pk)).exists()


def test_it_is_put_back_only_by_a_press_and_once_and_for_ten_minutes(
    alice_at: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = make_book()
    undo = act(alice_at, book, "close")
    alice_at.get(undo)
    assert status_of(book) == "closed"
    late = clock.now() + timedelta(minutes=11)
    with monkeypatch.context() as patched:
        patched.setattr(clock, "now", lambda: late)
        assert "no longer" in alice_at.post(undo, follow=True).content.decode()
    assert status_of(book) == "closed"
    alice_at.post(undo)
    assert status_of(book) == "published"
    act(alice_at, book, "hide")
    alice_at.post(undo)
    assert status_of(book) == "hidden"


def test_no_other_product_is_moved_by_it(alice_at: Client) -> None:
    book, other = make_book(), make_book(slug="other")
    undo = act(alice_at, book, "close")
    act(alice_at, other, "close")

    alice_at.post(undo.replace(f"/{book.pk}/put-back/", f"/{other.pk}/put-back/"))

    assert status_of(other) == "closed"
    assert alice_at.post(f"/admin/products/product/{book.pk}/put-back/?which=x").status_code == 302
    assert status_of(book) == "closed"


def test_who_may_not_change_products_puts_nothing_back(
    alice_at: Client, in_store: Store, bob: User, browse: Callable[..., Client]
) -> None:
    book = make_book()
    undo = act(alice_at, book, "close")

    assert browse(in_store, bob).post(undo).status_code == 403
    assert Staff.objects.get(user=bob).role == "support"
    assert status_of(book) == "closed"
