"""The switch "stamp my files", and files that cannot be stamped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from content.models import Asset
from ebooks.models import Ebook
from products.contract import formats
from stores.models import Store
from tests.content.files import new_pdf
from tests.ebooks.test_admin import ADD, change_url, pdf_upload, said, save

ON = {"stamps_files": "on"}


@pytest.fixture
def owner(in_store: Store, alice: Any, browse: Any) -> Client:
    client: Client = browse(in_store, alice)
    return client


def odd_upload(tmp_path: Path) -> SimpleUploadedFile:
    """A PDF that opens, and whose second page is not built as pages are."""
    made = new_pdf()
    made.pages[1].obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Array([1]))
    made.save(tmp_path / "odd.pdf")
    return SimpleUploadedFile("odd.pdf", (tmp_path / "odd.pdf").read_bytes())


def test_a_new_book_is_stamped_until_its_maker_says_otherwise(
    owner: Client, tmp_path: Path
) -> None:
    form = owner.get(ADD).context["adminform"].form
    assert form["stamps_files"].value() is True
    save(owner, title="T", pdf_file=pdf_upload(tmp_path), **ON)
    book = Ebook.objects.get()
    assert formats["ebook"].stamped([book]) == {book.pk}
    save(owner, change_url(book), title="T")
    assert formats["ebook"].stamped([book]) == set()


def test_a_file_that_cannot_be_stamped_is_refused_with_the_way_out(
    owner: Client, tmp_path: Path
) -> None:
    response = save(owner, title="T", pdf_file=odd_upload(tmp_path), **ON)
    assert "odd.pdf: A buyer’s name cannot be put into this file" in said(response)
    assert not Asset.objects.exists()


def test_without_stamping_it_is_taken_and_the_switch_stays_off(
    owner: Client, tmp_path: Path
) -> None:
    response = save(owner, title="T", pdf_file=odd_upload(tmp_path))
    assert "sold without them" in said(response)
    assert Asset.objects.get().facts["can_stamp"] is False
    book = Ebook.objects.get()
    response = save(owner, change_url(book), title="T", **ON)
    assert "odd.pdf cannot be stamped" in response.content.decode()
    assert not Ebook.objects.get().stamps_files
    save(owner, change_url(book), title="T", pdf_file=pdf_upload(tmp_path), **ON)
    assert Ebook.objects.get().stamps_files


def test_a_sample_is_never_refused_for_it(owner: Client, tmp_path: Path) -> None:
    response = save(owner, title="T", sample_file=odd_upload(tmp_path), **ON)
    assert "name" not in said(response).lower()
    assert Asset.objects.get().part.kind == "sample"
