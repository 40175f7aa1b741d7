"""Keeping and letting go of private files."""

from pathlib import Path

import pytest
from django.core.files.storage import storages

from content.models import Asset
from content.services.files import delete_file, keep_file, open_file, tidy_name
from content.services.judge import Verdict
from stores.errors import StoresDiffer
from stores.models import Store
from stores.scope import store_scope
from tests.conftest import NOW, make_product
from tests.content.library import make_asset, make_part


@pytest.fixture
def verdict(tmp_path: Path) -> Verdict:
    clean = tmp_path / "clean.epub"
    clean.write_bytes(b"PK the book")
    return Verdict("epub", "application/epub+zip", clean, clean.stat().st_size, title="A title")


def test_a_kept_file_lies_in_its_stores_own_folder(in_store: Store, verdict: Verdict) -> None:
    asset = keep_file(make_part(make_product()), verdict, original_name="a.epub", now=NOW)
    assert asset.name.startswith(f"{in_store.public_id}/{asset.public_id}/")
    with open_file(asset) as opened:
        assert opened.read() == b"PK the book"


def test_keeping_what_a_part_holds_already_changes_nothing(
    in_store: Store, verdict: Verdict
) -> None:
    part = make_part(make_product())
    first = keep_file(part, verdict, original_name="a.epub", now=NOW)
    assert keep_file(part, verdict, original_name="b.epub", now=NOW) == first
    assert Asset.objects.count() == 1


def test_a_file_is_never_kept_for_another_stores_part(
    store: Store, other_store: Store, verdict: Verdict
) -> None:
    with store_scope(other_store):
        theirs = make_part(make_product())
    with store_scope(store), pytest.raises(StoresDiffer):
        keep_file(theirs, verdict, original_name="a.epub", now=NOW)


@pytest.mark.django_db(transaction=True)
def test_a_deleted_asset_takes_its_file_along(in_store: Store) -> None:
    asset = make_asset(make_part(make_product()))
    delete_file(asset)
    assert not storages["private"].exists(asset.name)
    assert not Asset.objects.exists()


@pytest.mark.parametrize(
    ("original", "shown"),
    [
        ("התפר הראשון.epub", "התפר הראשון.epub"),
        ("../../etc/passwd", "passwd.epub"),
        ("C:\\books\\mine.EPUB", "mine.epub"),
        ("book.pdf", "book.epub"),
        ('a<b>:"|?*.epub', "a_b______.epub"),
        ("\u202egnp.epub", "gnp.epub"),
        ("a\r\nSet-Cookie: x.epub", "a Set-Cookie_ x.epub"),
        ("...", "book.epub"),
        ("", "book.epub"),
        ("x" * 400 + ".epub", "x" * 120 + ".epub"),
    ],
)
def test_names_are_made_safe_for_any_disk(original: str, shown: str) -> None:
    assert tidy_name(original, "epub") == shown
