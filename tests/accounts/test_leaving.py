"""Taking one's data along, and being forgotten."""

import io
import json
import re
import zipfile
from typing import Any

import pytest

from access.contract import Source
from access.models import Access
from access.services.granting import grant
from accounts.models import Customer, User
from accounts.services.leaving import copy_of, erase_customer, farewells
from mail.models import Message
from mail.services.outbox import post
from stores.models import Staff, Store
from stores.scope import store_scope
from tests.conftest import NOW, make_product


@pytest.fixture
def has_a_book(in_store: Store, charlie: Customer) -> Customer:
    product = make_product(title="The First Stitch")
    grant(charlie, product=product, source=Source("hand", "1"), starts_at=NOW, now=NOW)
    words = {"what": "app_added", "url": "https://thread.example/"}
    post("security", key="1", to=charlie.user.email, language="en", context=words)
    return charlie


def test_a_copy_holds_what_every_app_knows(has_a_book: Customer) -> None:
    with zipfile.ZipFile(io.BytesIO(copy_of(has_a_book, now=NOW))) as archive:
        facts = json.loads(archive.read("data.json"))
        page = archive.read("data.html").decode()
    assert facts["person"]["email"] == "charlie@example.com"
    assert facts["access"]["access"][0]["product"] == "The First Stitch"
    assert [each["kind"] for each in facts["letters"]["mails"]] == ["security"]
    assert "The First Stitch" in page


def test_what_somebody_typed_is_text_in_the_copy(in_store: Store, charlie: Customer) -> None:
    charlie.name = "<script>alert(1)</script>"
    charlie.save()
    with zipfile.ZipFile(io.BytesIO(copy_of(charlie, now=NOW))) as archive:
        assert "<script>" not in archive.read("data.html").decode()


def test_a_copy_says_nothing_of_another_store(
    has_a_book: Customer, other_store: Store, browse: Any
) -> None:
    with store_scope(other_store):
        Customer.objects.create(user=has_a_book.user, name="Zanzibar")
    answer = browse(has_a_book.store, has_a_book.user).post("/account/data/")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert b"Zanzibar" not in archive.read("data.json")
    assert answer["Cache-Control"].count("no-store")


def test_nobody_gets_a_copy_signed_out_or_by_a_link(has_a_book: Customer, browse: Any) -> None:
    assert browse(has_a_book.store).post("/account/data/").status_code == 302
    assert browse(has_a_book.store, has_a_book.user).get("/account/data/").status_code == 405


def test_the_forgotten_are_in_no_row_any_more(has_a_book: Customer) -> None:
    user = has_a_book.user
    erase_customer(has_a_book, now=NOW)
    erase_customer(Customer.objects.get(pk=has_a_book.pk), now=NOW)
    left = Customer.objects.get(pk=has_a_book.pk)
    assert (left.name, left.erased_at) == ("", NOW)
    assert left.user.email.endswith("@example.invalid")
    assert not left.user.is_active
    assert not User.objects.filter(pk=user.pk).exists()
    assert not Message.objects.filter(to_address=user.email).exists()
    assert not Access.objects.standing().exists()


def test_who_is_known_elsewhere_stays_there(has_a_book: Customer, other_store: Store) -> None:
    with store_scope(other_store):
        there = Customer.objects.create(user=has_a_book.user, name="Charlie")
    erase_customer(has_a_book, now=NOW)
    with store_scope(other_store):
        there.refresh_from_db()
        assert (there.name, there.user.email) == ("Charlie", "charlie@example.com")


def test_staff_stay_staff_when_the_customer_in_them_is_forgotten(
    in_store: Store, bob: User
) -> None:
    customer = Customer.objects.create(user=bob, name="Bob")
    for kind in ("sale", "receipt"):
        post(kind, key=kind, to=bob.email, language="en", context={})
    erase_customer(customer, now=NOW)
    assert Staff.objects.filter(user=bob).exists()
    assert [each.kind for each in Message.objects.filter(to_address=bob.email)] == ["sale"]


def test_leaving_asks_for_proof_and_a_tick(has_a_book: Customer, browse: Any) -> None:
    client = browse(has_a_book.store, has_a_book.user)
    assert client.get("/account/leave/").url.startswith("/account/sure/")
    assert client.post("/account/leave/", {"sure": "on"}).url.startswith("/account/sure/")
    has_a_book.refresh_from_db()
    assert has_a_book.erased_at is None


def test_what_would_be_lost_is_said_first(has_a_book: Customer) -> None:
    assert any("closes for good" in line for line in farewells(has_a_book, NOW))


def test_who_is_asked_whether_it_is_them_may_turn_back(
    in_store: Store, charlie: Customer, browse: Any
) -> None:
    client = browse(in_store, charlie.user)
    asked = client.get("/account/leave/", follow=True).content.decode()
    assert re.search(r'<a href="/account/">\s*Not now\s*</a>', asked)
    assert "Before ways in are changed" not in asked
