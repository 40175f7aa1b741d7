"""Whose copy is this: the creator's page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from access import contract
from access.contract import Purchase
from access.models import Access
from accounts.models import Customer, User
from content.models import Asset, StampedCopy
from content.services.files import open_file
from content.services.stamping import making
from core import clock
from products.models import Product
from stores.models import Staff, Store
from stores.roles import Role
from stores.scope import store_scope
from tests.content.stamping.conftest import give

WHOSE = "/admin/content/stampedcopy/whose/"


@pytest.fixture
def access(pdf_asset: Asset, charlie: Customer, book: Product) -> Access:
    return give(charlie, book)


@pytest.fixture
def found(access: Access, monkeypatch: pytest.MonkeyPatch) -> SimpleUploadedFile:
    """Charlie's copy, found somewhere."""
    order = Purchase("1042", "Charlie", "/admin/payments/order/7/change/")
    monkeypatch.setattr(contract, "purchases", [lambda them: dict.fromkeys([access.pk], order)])
    making.work_due(clock.now(), is_small=True, most=10)
    with open_file(StampedCopy.objects.get()) as opened:
        return SimpleUploadedFile("somewhere.pdf", opened.read())


def test_the_owner_learns_order_and_buyer(
    found: SimpleUploadedFile, store: Store, alice: User, browse: Callable[..., Client]
) -> None:
    client = browse(store, alice)
    assert client.get(WHOSE).status_code == 200
    page = client.post(WHOSE, {"found": found}).content.decode()
    assert "charlie@example.com" in page
    assert 'href="/admin/payments/order/7/change/"' in page
    assert "1042" in page


def test_another_store_learns_nothing(
    found: SimpleUploadedFile, other_store: Store, dana: User, browse: Callable[..., Client]
) -> None:
    page = browse(other_store, dana).post(WHOSE, {"found": found}).content.decode()
    assert "carries no mark of a copy of your shop" in page
    assert "charlie" not in page.lower()


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 broken", b"PK\x03\x04 no zip", b"words"])
def test_any_other_file_is_no_copy(
    content: bytes, in_store: Store, alice: User, browse: Callable[..., Client]
) -> None:
    upload = SimpleUploadedFile("x.pdf", content)
    page = browse(in_store, alice).post(WHOSE, {"found": upload})
    assert page.status_code == 200
    assert "carries no mark" in page.content.decode()


def test_no_file_is_a_sentence(in_store: Store, alice: User, browse: Callable[..., Client]) -> None:
    page = browse(in_store, alice).post(WHOSE, {}).content.decode()
    assert "carries no mark" not in page
    assert 'role="alert"' in page or "errorlist" in page or "error" in page


def test_an_author_sees_no_buyers(
    access: Access, store: Store, browse: Callable[..., Client]
) -> None:
    user = User.objects.create_user("author@example.com")
    with store_scope(store):
        Staff.objects.create(user=user, name="Author", role=Role.AUTHOR)
    client = browse(store, user)
    for method in (client.get, client.post):
        assert method(WHOSE).status_code == 403


def test_a_copy_that_failed_is_tried_again_by_who_may(
    access: Access, store: Store, alice: User, bob: User, browse: Callable[..., Client]
) -> None:
    copy: Any = StampedCopy.objects.get()
    StampedCopy.objects.update(failed_at=clock.now(), due_at=None)
    url = f"/admin/content/stampedcopy/{copy.pk}/again/"
    assert browse(store, bob).post(url).status_code == 403
    assert (
        "could not be made"
        in browse(store, alice).get("/admin/content/stampedcopy/").content.decode()
    )
    browse(store, alice).post(url)
    copy.refresh_from_db()
    assert (copy.failed_at, copy.due_at is None) == (None, False)
