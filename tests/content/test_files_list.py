"""Shop window → Files: every file by size, and where it is used."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from content.models import Asset
from stores.models import Staff, Store
from stores.scope import store_scope
from tests.payments.buying import make_book

FILES = "/admin/content/asset/"
MEGABYTE = 1024 * 1024


@pytest.fixture
def alice_at(in_store: Store, alice: User, browse: Callable[..., Client]) -> Client:
    return browse(in_store, alice)


def named(name: str, size: int) -> Asset:
    """Return the file of a new book."""
    book = make_book(slug=name.partition(".")[0], title=f"About {name}")
    found: Asset = Asset.objects.get(part__product=book)
    Asset.objects.filter(pk=found.pk).update(original_name=name, size=size)
    found.refresh_from_db()
    return found


def test_the_largest_stands_first_with_its_product_and_the_sum(alice_at: Client) -> None:
    named("small.epub", MEGABYTE)
    large = named("large.epub", 5 * MEGABYTE)

    page = alice_at.get(FILES).content.decode()

    assert page.index("large.epub") < page.index("small.epub")
    assert "About large.epub" in page
    assert "6.0" in page
    assert "in use" in page
    assert f"/admin/ebooks/ebook/{large.part.product_id}/content/" in page
    shown = alice_at.get(f"{FILES}{large.pk}/change/").content.decode()
    assert "5.0" in shown


def test_it_is_found_by_name_and_changed_by_nobody(alice_at: Client) -> None:
    row = named("small.epub", MEGABYTE)
    named("large.epub", 5 * MEGABYTE)

    assert "large.epub" not in alice_at.get(FILES, {"q": "small"}).content.decode()
    assert alice_at.post(f"{FILES}{row.pk}/change/", {"original_name": "x"}).status_code == 403
    assert alice_at.get(f"{FILES}add/").status_code == 403


def test_another_stores_files_are_nowhere(
    alice_at: Client, other_store: Store, alice: User
) -> None:
    named("ours.epub", MEGABYTE)
    with store_scope(other_store):
        theirs = named("theirs.epub", MEGABYTE)

    assert "theirs.epub" not in alice_at.get(FILES).content.decode()
    assert alice_at.get(f"{FILES}{theirs.pk}/change/").status_code == 404
    assert Staff.objects.filter(user=alice).exists()


def test_without_files_there_is_no_line(alice_at: Client) -> None:
    assert f'href="{FILES}"' not in alice_at.get("/admin/").content.decode()
    named("ours.epub", MEGABYTE)
    assert f'href="{FILES}"' in alice_at.get("/admin/").content.decode()
