"""An ebook's form and the files that came in parts before it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.models import User
from content.models import Asset, Upload
from content.services.uploads import checking
from core import clock
from ebooks.models import Ebook
from products.models import Part
from stores.models import Store
from tests.content.files import epub, epub_files, opf, pdf, write_zip
from tests.content.parts import Sender
from tests.core.test_images import HEIC
from tests.ebooks.test_admin import change_url, said, save


@pytest.fixture
def owner(in_store: Store, alice: User, browse: Any) -> Client:
    client: Client = browse(in_store, alice)
    return client


def arrived(client: Client, content: bytes, purpose: str, name: str) -> str:
    """Send a file in parts until it was judged; its id, as the script leaves it in the form."""
    sender = Sender(client, content, purpose=purpose, name=name, place=f"#{purpose}")
    sender.whole()
    checking.check_next(clock.now())
    assert sender.status()["state"] == "ready", sender.status()
    return sender.id


def test_a_file_that_came_in_parts_is_kept_with_the_form(owner: Client, tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.epub", epub_files(opf=opf(title="ספר", language="he")))
    public_id = arrived(owner, path.read_bytes(), "epub", "התפר.epub")

    save(owner, **{"epub_file-upload": public_id})

    book, asset = Ebook.objects.get(), Asset.objects.get()
    assert (book.title, book.language, asset.original_name) == ("ספר", "he", "התפר.epub")
    assert (asset.part.product_id, asset.part.kind) == (book.pk, "epub")
    with storages["private"].open(asset.name) as kept:
        assert len(kept.read()) == asset.size
    assert Upload.objects.get().state == "used"


def test_a_form_with_a_mistake_keeps_the_file_that_arrived(owner: Client, tmp_path: Path) -> None:
    public_id = arrived(owner, pdf(tmp_path / "a").read_bytes(), "pdf", "a.pdf")
    response = save(owner, title="x" * 500, **{"pdf_file-upload": public_id})

    assert not Ebook.objects.exists()
    assert f'value="{public_id}"' in response.content.decode()
    save(owner, title="Short", **{"pdf_file-upload": public_id})
    assert Ebook.objects.get().pages == 2


def test_saving_twice_does_not_give_one_file_to_two_books(owner: Client, tmp_path: Path) -> None:
    public_id = arrived(owner, epub(tmp_path / "a").read_bytes(), "epub", "a.epub")
    save(owner, title="One", **{"epub_file-upload": public_id})

    response = save(owner, title="Two", **{"epub_file-upload": public_id})

    assert "no longer waiting here" in response.content.decode()
    assert Asset.objects.count() == 1


@pytest.mark.parametrize("named", ["nothing", "\0", "../../x", "1" * 300])
def test_a_file_that_is_not_there_is_told(owner: Client, named: str) -> None:
    response = save(owner, title="T", **{"epub_file-upload": named})

    assert "no longer waiting here" in response.content.decode()
    assert not Ebook.objects.exists()


def test_a_file_of_another_field_or_person_is_not_taken(
    owner: Client, other_store: Store, dana: User, browse: Any, tmp_path: Path
) -> None:
    of_pdf = arrived(owner, pdf(tmp_path / "a").read_bytes(), "pdf", "a.pdf")
    save(owner, title="T", **{"epub_file-upload": of_pdf})
    assert not Asset.objects.exists()

    save_at_danas = browse(other_store, dana).post(
        "/admin/ebooks/ebook/add/", {"title": "T", "pdf_file-upload": of_pdf}
    )
    assert save_at_danas.status_code == 200
    assert Upload.objects.get().state == "ready"


def test_a_replaced_file_keeps_its_part_and_the_same_one_is_kept_once(
    owner: Client, tmp_path: Path
) -> None:
    content = epub(tmp_path / "a").read_bytes()
    save(owner, title="T", **{"epub_file-upload": arrived(owner, content, "epub", "a.epub")})
    again = arrived(owner, content, "epub", "b.epub")

    save(owner, change_url(Ebook.objects.get()), title="T", **{"epub_file-upload": again})

    assert (Part.objects.count(), Asset.objects.count()) == (1, 1)


def test_a_cover_from_a_phone_is_taken_and_forgets_where_it_was_taken(owner: Client) -> None:
    photo, exif, out = Image.new("RGB", (600, 900), "#a03020"), Image.Exif(), io.BytesIO()
    exif[0x010F] = "A phone"
    photo.save(out, "JPEG", exif=exif)
    public_id = arrived(owner, out.getvalue(), "picture", "IMG_1.jpg")

    save(owner, title="T", **{"cover_file-upload": public_id})

    cover = Ebook.objects.get().cover
    assert cover["files"]
    for each in cover["files"]:
        with storages["default"].open(each["name"]) as opened:
            assert not Image.open(opened).getexif()
    assert not Upload.objects.exists()


def test_a_heic_from_a_phone_becomes_the_cover(owner: Client) -> None:
    public_id = arrived(owner, HEIC, "picture", "IMG_2.HEIC")

    save(owner, title="T", **{"cover_file-upload": public_id})

    assert {each["kind"] for each in Ebook.objects.get().cover["files"]} == {"webp", "avif"}


def test_the_plain_form_still_works_and_wins(owner: Client, tmp_path: Path) -> None:
    earlier = arrived(owner, epub(tmp_path / "a").read_bytes(), "epub", "earlier.epub")
    chosen = SimpleUploadedFile("chosen.epub", epub(tmp_path / "b").read_bytes())

    save(owner, title="T", epub_file=chosen, **{"epub_file-upload": earlier})

    assert Asset.objects.get().original_name == "chosen.epub"


def test_warnings_of_the_judge_are_said_once_more_when_saved(owner: Client, tmp_path: Path) -> None:
    public_id = arrived(owner, epub(tmp_path / "a").read_bytes(), "epub", "a.pdf")

    response = save(owner, title="T", **{"epub_file-upload": public_id})

    assert "The name says otherwise, but this is EPUB" in said(response)
