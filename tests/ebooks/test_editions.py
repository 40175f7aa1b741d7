"""Editions of a book in its workspace: chosen, prepared, sent out, taken back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from access.contract import Source
from access.services.granting import grant
from content.models import Asset, Carry, Edition
from content.services.editions import telling
from core import clock
from ebooks.models import Ebook
from mail.models import Message
from products.models import Product
from stores.models import Staff, Store
from stores.roles import Role
from tests.conftest import NOW, make_user
from tests.ebooks.test_admin import change_url, epub_upload, pdf_upload, said, save
from tests.ebooks.test_uploads import arrived


@pytest.fixture
def owner(in_store: Store, alice: Any, browse: Any) -> Client:
    """Alice's browser; the test looks into her store."""
    client: Client = browse(in_store, alice)
    return client


@pytest.fixture
def book(owner: Client, tmp_path: Path) -> Ebook:
    """A book with its first file, on sale."""
    save(owner, title="The First Stitch", epub_file=epub_upload(tmp_path), stamps_files="")
    Ebook.objects.update(status=Product.Status.PUBLISHED, published_at=NOW)
    return Ebook.objects.get()


def page(book: Ebook, *names: Any) -> str:
    return "/".join(["/admin/ebooks/ebook", str(book.pk), "editions", *map(str, names), ""])


def text(response: Any) -> str:
    content: str = response.content.decode()
    return content


def prepared(owner: Client, book: Ebook, tmp_path: Path, **over: Any) -> Edition:
    sent = {
        "epub_file": epub_upload(tmp_path, "second.epub", title="Second"),
        "name": "second, revised",
        "news": "A chapter on zips.\n\nAnd buttons.",
    } | over
    response = owner.post(page(book, "new"), sent)
    assert response.status_code == 302, text(response)
    return Edition.objects.get(number=2)


def test_the_first_file_makes_the_first_edition_and_tells_nobody(book: Ebook) -> None:
    edition = Edition.objects.get()

    assert (edition.number, edition.due_at) == (1, None)
    assert edition.assets.count() == 1
    assert not Carry.objects.exists()


def test_a_file_replaced_is_a_correction_unless_it_is_said_to_be_more(
    owner: Client, book: Ebook, tmp_path: Path
) -> None:
    assert "nobody is told" in text(owner.get(change_url(book, "content")))
    save(owner, change_url(book), title="T", epub_file=epub_upload(tmp_path, title="Mended"))

    assert Edition.objects.get().assets.count() == 2
    assert Carry.objects.get().due_at is not None
    assert not Message.objects.filter(kind="new_edition").exists()


def test_a_file_said_to_be_a_new_edition_waits_for_what_is_new(
    owner: Client, book: Ebook, tmp_path: Path
) -> None:
    upload = epub_upload(tmp_path, title="Second")
    response = owner.post(
        change_url(book),
        {
            "prices-TOTAL_FORMS": "0",
            "prices-INITIAL_FORMS": "0",
            "title": "T",
            "brings": "edition",
            "epub_file": upload,
        },
    )

    edition = Edition.objects.get(number=2)
    assert response.headers["Location"] == page(book, edition.pk)
    assert (edition.out_at, edition.assets.count()) == (None, 1)


def test_a_new_edition_is_prepared_and_its_effect_said_before_it_goes_out(
    owner: Client, book: Ebook, charlie: Any, tmp_path: Path
) -> None:
    give(charlie, book)
    edition = prepared(owner, book, tmp_path)

    asked = text(owner.get(page(book, edition.pk, "out")))
    assert "1 reader will be told" in asked
    response = owner.post(page(book, edition.pk, "out"), follow=True)

    assert "It goes out" in said(response)
    assert "Take it back" in text(response)
    edition.refresh_from_db()
    assert edition.out_at is not None


def give(customer: Any, book: Ebook) -> Any:
    now = clock.now()
    product, source = Product.objects.get(pk=book.pk), Source("order_line", "1")
    return grant(customer, product=product, source=source, starts_at=now, now=now)


def test_taken_back_it_is_being_prepared_again(owner: Client, book: Ebook, tmp_path: Path) -> None:
    edition = prepared(owner, book, tmp_path)
    owner.post(page(book, edition.pk, "out"))
    assert "Nobody was told yet" in text(owner.get(page(book, edition.pk, "back")))

    response = owner.post(page(book, edition.pk, "back"), follow=True)

    assert "Being prepared" in text(response)
    edition.refresh_from_db()
    assert edition.out_at is None


def test_what_is_out_says_how_many_were_told_and_only_its_words_change(
    owner: Client, book: Ebook, charlie: Any, tmp_path: Path
) -> None:
    give(charlie, book)
    edition = prepared(owner, book, tmp_path)
    owner.post(page(book, edition.pk, "out"))
    moment = clock.now()
    Edition.objects.filter(pk=edition.pk).update(out_at=moment, due_at=moment, settles_at=moment)
    telling.tell(moment, batches=5)
    Message.objects.filter(kind="new_edition").update(state="failed")

    listed = text(owner.get(page(book)))
    assert "1 mail did not arrive" in listed
    assert owner.post(page(book, edition.pk, "back")).status_code == 409
    assert "epub_file" not in text(owner.get(page(book, edition.pk)))
    owner.post(page(book, edition.pk), {"name": "third time lucky", "news": "Zips."})
    assert Edition.objects.get(number=2).name == "third time lucky"


def test_a_mistake_keeps_what_was_typed_and_says_it_at_the_field(
    owner: Client, book: Ebook, tmp_path: Path
) -> None:
    bad = pdf_upload(tmp_path, "second.epub")
    response = owner.post(page(book, "new"), {"epub_file": bad, "news": "What was typed stays"})

    assert response.status_code == 200
    assert "What was typed stays" in text(response)
    assert 'class="error"' in text(response)
    assert Edition.objects.count() == 1


def test_without_what_is_new_it_does_not_go_out(owner: Client, book: Ebook, tmp_path: Path) -> None:
    edition = prepared(owner, book, tmp_path, news="")

    response = owner.post(page(book, edition.pk, "out"))

    assert response.status_code == 409
    assert "what is new" in text(response)


def test_a_file_that_came_in_parts_is_kept_for_the_edition(
    owner: Client, book: Ebook, tmp_path: Path
) -> None:
    content = epub_upload(tmp_path, title="Second").read()
    public_id = arrived(owner, content, "epub", "second.epub")

    owner.post(page(book, "new"), {"epub_file-upload": public_id, "news": "Zips."})

    assert Edition.objects.get(number=2).assets.get().original_name == "second.epub"


def test_a_file_chosen_twice_replaces_itself_while_it_is_prepared(
    owner: Client, book: Ebook, tmp_path: Path
) -> None:
    edition = prepared(owner, book, tmp_path)
    again = epub_upload(tmp_path, "better.epub", title="Better")

    owner.post(page(book, edition.pk), {"epub_file": again, "news": "Zips."})

    assert edition.assets.get().original_name == "better.epub"


def test_thrown_away_it_is_gone(owner: Client, book: Ebook, tmp_path: Path) -> None:
    edition = prepared(owner, book, tmp_path)

    owner.post(page(book, edition.pk, "drop"))

    assert not Edition.objects.filter(pk=edition.pk).exists()
    assert Asset.objects.count() == 1


def test_pages_about_an_edition_ahead_lead_to_it(
    owner: Client, book: Ebook, tmp_path: Path
) -> None:
    edition = prepared(owner, book, tmp_path)

    assert owner.get(page(book, "new")).headers["Location"] == page(book, edition.pk)
    assert owner.get(page(book, edition.pk, "back")).headers["Location"] == page(book)


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.COACH])
def test_staff_without_the_right_change_nothing(
    book: Ebook, owner: Client, in_store: Store, browse: Any, tmp_path: Path, role: str
) -> None:
    edition = prepared(owner, book, tmp_path)
    user = make_user("eve@example.com")
    Staff.objects.create(user=user, name="Eve", role=role)

    answer = browse(in_store, user).post(page(book, edition.pk, "out"))

    assert answer.status_code in {302, 403, 404}
    edition.refresh_from_db()
    assert edition.out_at is None


def test_another_stores_edition_is_not_found(
    owner: Client, book: Ebook, other_store: Store, dana: Any, browse: Any
) -> None:
    edition = Edition.objects.get()
    stranger = browse(other_store, dana)

    for names in ((), ("new",), (edition.pk,), (edition.pk, "out"), (edition.pk, "drop")):
        assert stranger.get(page(book, *names)).status_code == 404


def test_everything_is_said_in_hebrew_too(
    owner: Client, book: Ebook, store: Store, tmp_path: Path
) -> None:
    edition = prepared(owner, book, tmp_path)
    Store.objects.filter(pk=store.pk).update(language="he")

    listed = text(owner.get(page(book)))

    assert "מהדורה 2" in listed
    assert "בהכנה" in listed
    assert "לשלוח אותה" in text(owner.get(page(book, edition.pk, "out")))
