"""What the form of an ebook does for its maker: covers, advice, what is missing, a buyer's look."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from content.services.bookmaking.pictures import plain_covers
from content.services.bookmaking.pictures.plain_covers import WAYS, draw_plain
from ebooks.models import Ebook
from ebooks.services import covers
from ebooks.services.advice import advice_for
from products.services.covers import cover_of
from stores.models import Store
from stores.scope import store_scope
from tests.conftest import make_price, make_product
from tests.content.excerpts.books import three_chapters
from tests.content.files import epub_files, opf, picture, write_zip
from tests.ebooks.test_admin import change_url, epub_upload, save
from tests.ebooks.test_samples import upload


@pytest.fixture
def owner(in_store: Store, alice: Any, browse: Any) -> Client:
    client: Client = browse(in_store, alice)
    return client


ENGLISH = "The First Stitch"
HEBREW = "התפר הראשון: לתפור ביד ובמכונה, ממש מההתחלה ועד הסוף"


def with_cover(path: Path) -> Path:
    items = '<item id="c" href="c.jpg" media-type="image/jpeg" properties="cover-image"/>'
    files = epub_files(opf=opf(items=items)) | {"E/c.jpg": picture((400, 600))}
    return write_zip(path, files)


def test_the_cover_in_the_file_becomes_the_cover(owner: Client, tmp_path: Path) -> None:
    save(owner, title="T", epub_file=upload(with_cover(tmp_path / "c.epub")))

    assert cover_of(Ebook.objects.get()) is not None


def test_a_cover_that_is_there_is_not_replaced(owner: Client, tmp_path: Path) -> None:
    save(owner, title="T", epub_file=epub_upload(tmp_path))
    book = Ebook.objects.get()
    owner.post(f"/admin/ebooks/ebook/{book.pk}/cover/", {"cover": "1"})
    drawn = Ebook.objects.get().cover
    fields = {"title": "T", "language": "en", "edition": 1}
    save(owner, change_url(book), **fields, epub_file=upload(with_cover(tmp_path / "c.epub")))

    assert drawn["files"]
    assert Ebook.objects.get().cover == drawn


@pytest.mark.parametrize("number", range(len(WAYS)))
@pytest.mark.parametrize(
    "title", ["The First Stitch", "התפר הראשון: לתפור ביד ובמכונה, ממש מההתחלה"]
)
def test_covers_are_drawn_in_both_scripts(number: int, title: str) -> None:
    drawn = draw_plain(number, title=title, author="אלמה Alma", colour="#3f5f57")

    assert Image.open(io.BytesIO(drawn)).size == (1200, 1800)


def test_drawn_covers_are_pictures_to_choose_from(owner: Client, tmp_path: Path) -> None:
    save(owner, title="T", epub_file=epub_upload(tmp_path))
    page = f"/admin/ebooks/ebook/{Ebook.objects.get().pk}/cover/"

    assert owner.get(page).content.decode().count("<img") == len(WAYS)
    answer = owner.get(f"{page}0.jpg")
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert owner.get(f"{page}9.jpg").status_code == 404
    said = owner.post(page, {"cover": "x"}, follow=True).content.decode()
    assert "Choose one of the covers." in said


def test_a_cover_is_drawn_once_until_its_words_or_the_colour_change(
    in_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[int, str]] = []

    def draw(number: int, *, title: str, author: str, colour: str) -> bytes:
        asked.append((number, title + colour))
        return draw_plain(number, title=title, author=author, colour=colour)

    monkeypatch.setattr(plain_covers, "draw_plain", draw)
    book = Ebook.objects.get(pk=make_product("ebook").pk)
    first = covers.drawn_small(book, 0)
    assert covers.drawn_small(book, 0) == first
    assert covers.drawn_small(book, 1) != first
    assert len(asked) == 2

    book.title = "Another"
    assert covers.drawn_small(book, 0) != first
    in_store.look.colour = "#2c5ca8"
    in_store.look.save()
    with store_scope(Store.objects.get(pk=in_store.pk)):
        covers.drawn_small(book, 0)
    assert len(asked) == 4


def test_advice_names_the_length_and_the_shops_other_books(in_store: Store) -> None:
    for amount in (2900, 4900):
        make_product("ebook", title=str(amount), amount=amount)
    book = Ebook.objects.get(pk=make_product("ebook", amount=None, pages=20, status="draft").pk)

    assert "20 pages" in advice_for(book)[0]
    assert advice_for(book)[1].startswith("Your other books cost")
    make_price(book, amount=500)
    assert "far less" in advice_for(book)[2]


def test_what_is_missing_leads_to_where_it_is_mended(owner: Client, in_store: Store) -> None:
    save(owner, title="T")
    book = Ebook.objects.get()
    page = owner.get(change_url(book, "content")).content.decode()

    assert f'href="{change_url(book, "content")}"' in page
    assert f'href="{change_url(book, "prices")}"' in page


def test_a_draft_is_seen_and_read_as_a_buyer_would(owner: Client, tmp_path: Path) -> None:
    save(
        owner,
        title="T",
        stamps_files="on",
        epub_file=upload(three_chapters(tmp_path / "b.epub")),
    )
    book = Ebook.objects.get()
    page = owner.get(change_url(book)).content.decode()

    assert "Noa Levi" in owner.get(change_url(book, "content")).content.decode()
    assert f'href="/p/{book.slug}/"' in page
    assert owner.get(f"/p/{book.slug}/").status_code == 200
    part = book.parts.get(kind="epub")
    assert f"/read/{part.public_id}/" in page
    assert owner.get(f"/read/{part.public_id}/").status_code == 200


def test_a_file_that_arrived_says_what_it_knows(in_store: Store) -> None:
    from content.admin.uploads import found_in
    from content.models import Upload

    ready = Upload(state=Upload.State.READY, facts={"title": "A", "pages": 3})
    assert found_in(ready)["title"] == "A"
    assert found_in(Upload(state=Upload.State.COMING)) == {}


def test_the_form_of_a_new_book_begins_with_its_file(owner: Client) -> None:
    page = owner.get("/admin/ebooks/ebook/add/").content.decode()

    assert page.index("id_epub_file") < page.index("id_title")
    assert "manuscript" in page


def test_the_advice_stands_beside_the_prices(owner: Client, in_store: Store) -> None:
    save(owner, title="T", pages="300")
    page = owner.get(change_url(Ebook.objects.get(), "prices")).content.decode()

    assert "It has 300 pages. A long book may cost more" in page.split('id="prices"')[1]
