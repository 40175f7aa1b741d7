from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Customer
from content.models import Asset
from core import clock
from ebooks.models import Ebook
from mail.models import Message
from products.contract import SoldLine, formats
from products.models import Part, Product
from shipping.contract import Destination
from shipping.services.parcels import send_out
from stores.models import LogEntry, Store
from tests.conftest import make_product
from tests.content.files import epub_files, opf, pdf, write_zip
from tests.shipping.posting import in_print, print_price

ADD = "/admin/ebooks/ebook/add/"
NO_PRICES = {"prices-TOTAL_FORMS": "0", "prices-INITIAL_FORMS": "0"}


@pytest.fixture
def owner(in_store: Store, alice: Any, browse: Any) -> Client:
    """Alice's browser; the test looks into her store."""
    client: Client = browse(in_store, alice)
    return client


def epub_upload(tmp_path: Path, name: str = "stitch.epub", **over: str) -> SimpleUploadedFile:
    path = write_zip(tmp_path / name, epub_files(opf=opf(**over)))
    return SimpleUploadedFile(name, path.read_bytes(), content_type="application/epub+zip")


def pdf_upload(tmp_path: Path, name: str = "stitch.pdf", pages: int = 3) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, pdf(tmp_path / name, pages).read_bytes())


def said(response: Any) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def save(client: Client, url: str = ADD, **fields: Any) -> Any:
    response = client.post(url, NO_PRICES | fields, follow=True)
    assert response.status_code == 200, response.status_code
    return response


def change_url(book: Ebook, side: str = "change") -> str:
    return f"/admin/ebooks/ebook/{book.pk}/{side}/"


def test_a_book_takes_its_title_author_and_language_from_its_file(
    owner: Client, tmp_path: Path
) -> None:
    save(owner, epub_file=epub_upload(tmp_path, title="ספר התפרים", language="he"))

    book = Ebook.objects.get()
    assert (book.title, book.maker, book.language) == ("ספר התפרים", "Alice", "he")
    assert book.status == Product.Status.DRAFT
    assert book.slug == "ספר-התפרים"


def test_what_was_typed_wins_over_the_file(owner: Client, tmp_path: Path) -> None:
    save(owner, title="My title", epub_file=epub_upload(tmp_path, title="Its title"))

    assert Ebook.objects.get().title == "My title"


def test_both_files_become_parts_that_only_buyers_open(owner: Client, tmp_path: Path) -> None:
    save(owner, title="T", epub_file=epub_upload(tmp_path), pdf_file=pdf_upload(tmp_path))

    parts = {part.kind: part for part in Part.objects.all()}
    assert set(parts) == {"epub", "pdf"}
    assert not any(part.preview for part in parts.values())
    assert parts["pdf"].assets.get().original_name == "stitch.pdf"
    assert Ebook.objects.get().pages == 3


def test_a_sample_is_open_to_anyone_until_it_is_taken_away(owner: Client, tmp_path: Path) -> None:
    save(owner, title="T", sample_file=epub_upload(tmp_path))
    book = Ebook.objects.get()
    assert Part.objects.previews().get().kind == "sample"

    save(owner, change_url(book), title="T", no_sample="on")

    assert not Part.objects.previews().exists()


def test_a_refused_file_keeps_everything_else(owner: Client, tmp_path: Path) -> None:
    broken = SimpleUploadedFile("broken.pdf", b"%PDF-1.7 and then nothing")
    response = save(
        owner,
        title="Kept title",
        tagline="Kept line",
        epub_file=epub_upload(tmp_path),
        pdf_file=broken,
    )

    book = Ebook.objects.get()
    assert (book.title, book.tagline) == ("Kept title", "Kept line")
    assert [part.kind for part in book.parts.all()] == ["epub"]
    assert "broken.pdf: " in said(response)
    assert "Everything else was saved." in said(response)


@pytest.mark.parametrize("content", [b"", b"MZ\x90\x00", b"PK\x03\x04nothing", b"<html></html>"])
def test_a_file_that_is_no_book_is_refused_with_a_sentence(owner: Client, content: bytes) -> None:
    response = save(owner, title="T", epub_file=SimpleUploadedFile("book.epub", content))

    assert "book.epub: " in said(response)
    assert not Asset.objects.exists()


def test_a_refused_file_and_no_title_says_both(owner: Client) -> None:
    response = save(owner, epub_file=SimpleUploadedFile("book.epub", b"MZ"))

    errors = response.context["adminform"].form.errors
    assert {"title", "epub_file"} <= set(errors)
    assert not Ebook.objects.exists()


def test_a_replaced_file_keeps_its_part(owner: Client, tmp_path: Path) -> None:
    save(owner, title="T", pdf_file=pdf_upload(tmp_path, pages=2))
    book, part = Ebook.objects.get(), Part.objects.get()

    save(owner, change_url(book), title="T", pdf_file=pdf_upload(tmp_path, "second.pdf", 5))

    assert Part.objects.get() == part
    assert part.assets.count() == 2
    assert part.assets.last().original_name == "second.pdf"


def test_the_cover_is_kept_and_a_bad_one_leaves_the_rest(owner: Client, tmp_path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (400, 600), "#a03020").save(tmp_path / "cover.png")
    picture = SimpleUploadedFile("cover.png", (tmp_path / "cover.png").read_bytes())
    save(owner, title="With cover", cover_file=picture)
    assert Ebook.objects.get().cover["files"]

    response = save(owner, title="Second", cover_file=SimpleUploadedFile("x.png", b"no picture"))

    assert "The cover was not taken" in said(response)
    assert Ebook.objects.filter(title="Second", cover={}).exists()


def test_a_new_title_reaches_the_reader(owner: Client, tmp_path: Path) -> None:
    save(owner, title="Old", epub_file=epub_upload(tmp_path))
    save(owner, change_url(Ebook.objects.get()), title="New")

    assert Part.objects.get().title == "New"


def test_what_was_done_is_in_the_log(owner: Client) -> None:
    save(owner, title="T")
    book = Ebook.objects.get()
    save(owner, change_url(book), title="Other")

    entries = LogEntry.objects.order_by("id")
    assert [(each.what, each.staff.name) for each in entries] == [
        ("add", "Thread"),
        ("change", "Thread"),
    ]
    assert "Title" in entries[1].changes
    assert "Title" in owner.get(f"/admin/ebooks/ebook/{book.pk}/history/").content.decode()


def test_a_book_is_sold_in_print_once_it_says_so(owner: Client) -> None:
    book = in_print(make_product("ebook", amount=None), sells_print=False)
    save(owner, change_url(book), title="T", sells_print="on", print_stock="12")
    book.refresh_from_db()
    assert (book.sells_print, book.print_stock) == (True, 12)
    assert "in print and digital" in owner.get(change_url(book, "prices")).content.decode()
    options = formats["ebook"].options(book)
    assert [(each.key, each.places, each.opens) for each in options] == [
        ("print", 12, False),
        ("print_digital", 12, True),
    ]


def test_who_bought_ahead_is_told_when_the_day_of_posting_moves(
    owner: Client, charlie: Customer
) -> None:
    book = in_print(make_product("ebook", amount=None), print_on=date(2099, 3, 1))
    line = SoldLine("order", book.product, print_price(book), charlie)
    send_out(
        line,
        number=1,
        language="en",
        destination=Destination(),
        not_before=date(2099, 3, 1),
        now=clock.now(),
    )
    answer = save(owner, change_url(book), title="T", sells_print="on", print_on="2099-04-01")
    assert "1 buyer of the printed book was told" in said(answer)
    assert Message.objects.get().kind == "parcel_moved"
