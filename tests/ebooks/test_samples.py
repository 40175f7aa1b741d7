from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from content.models import Asset, Excerpt
from content.services.excerpts import asking, making
from content.services.excerpts.troubles import duties_of_samples
from ebooks.models import Ebook
from products.contract import formats
from products.models import Part, Product
from stores.models import Store
from tests.conftest import NOW, make_price
from tests.content.excerpts.books import shared_pdf, three_chapters
from tests.ebooks.test_admin import NO_PRICES, change_url, save

EBOOK = formats["ebook"]


@pytest.fixture
def owner(in_store: Store, alice: Any, browse: Any) -> Client:
    client: Client = browse(in_store, alice)
    return client


@pytest.fixture
def book(owner: Client, tmp_path: Path) -> Ebook:
    """Alice's draft, of three chapters."""
    save(owner, title="Sewing", epub_file=upload(three_chapters(tmp_path / "book.epub")))
    return Ebook.objects.get()


def upload(path: Path) -> SimpleUploadedFile:
    return SimpleUploadedFile(path.name, path.read_bytes())


def form_of(book: Ebook) -> dict[str, Any]:
    return {"title": book.title, "language": "en", "edition": 1, "stamps_files": "on"}


def pick(client: Client, book: Ebook, capture: Any, **fields: Any) -> Any:
    with capture(execute=True):
        return save(client, change_url(book), **form_of(book), **fields)


def sample_of(book: Ebook) -> Part:
    part: Part = Part.objects.get(product=book.pk, kind="sample")
    return part


def test_ticked_chapters_become_a_sample_that_anybody_reads(
    owner: Client, book: Ebook, django_capture_on_commit_callbacks: Any, browse: Any, store: Store
) -> None:
    pick(owner, book, django_capture_on_commit_callbacks, sample_chapters=["E/one.xhtml"])

    part = sample_of(book)
    assert part.preview
    asset = part.assets.get()
    titles = [entry["title"] for entry in asset.facts["contents"]]
    assert titles == ["One", "The sample ends here"]
    Product.objects.update(status=Product.Status.PUBLISHED)
    assert browse(store).get(f"/read/{part.public_id}/").status_code == 200


def test_the_sample_is_being_made_until_a_worker_came(
    owner: Client, book: Ebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "wake", lambda *_named: None)
    save(owner, change_url(book), **form_of(book), sample_chapters=["E/one.xhtml", "E/two.xhtml"])

    page = owner.get(change_url(book, "content")).content.decode()
    assert "being made" in page
    assert "The sample gives 66% of the book away." in page
    assert Part.objects.published().previews().count() == 0
    assert "being made" in owner.get(change_url(book, "content")).content.decode()
    assert not making.work_due(Excerpt.objects.get().due_at, most=3)
    assert Part.objects.published().previews().count() == 1


def test_pages_of_a_pdf_become_a_sample(
    owner: Client, in_store: Store, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    save(owner, title="Guide", pdf_file=upload(shared_pdf(tmp_path / "book.pdf")))
    book = Ebook.objects.get()
    pick(owner, book, django_capture_on_commit_callbacks, sample_pages="1–2, 4")

    asset = sample_of(book).assets.get()
    assert (asset.kind, asset.facts["pages"]) == ("pdf", 4)
    assert 'value="1–2, 4"' in owner.get(change_url(book, "content")).content.decode()


def test_pages_that_are_not_there_are_said_and_kept_as_typed(
    owner: Client, in_store: Store, tmp_path: Path
) -> None:
    save(owner, title="Guide", pdf_file=upload(shared_pdf(tmp_path / "book.pdf")))
    book = Ebook.objects.get()
    answer = owner.post(change_url(book), NO_PRICES | form_of(book) | {"sample_pages": "3–99"})

    assert "names no pages of this book" in answer.content.decode()
    assert 'value="3–99"' in answer.content.decode()


def test_a_new_file_with_the_same_chapters_makes_the_sample_anew(
    owner: Client, book: Ebook, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    pick(owner, book, django_capture_on_commit_callbacks, sample_chapters=["E/two.xhtml"])
    newer = three_chapters(tmp_path / "newer.epub", titles=("Uno", "Two"))
    pick(
        owner,
        book,
        django_capture_on_commit_callbacks,
        sample_chapters=["E/two.xhtml"],
        epub_file=upload(newer),
    )

    row = Excerpt.objects.get()
    assert row.made_from == Asset.objects.filter(part__kind="epub").latest("id")
    assert 45 < row.share < 55  # of two chapters, not of three


def test_a_new_file_without_the_chapters_keeps_the_sample_and_says_so(
    owner: Client, book: Ebook, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    pick(owner, book, django_capture_on_commit_callbacks, sample_chapters=["E/three.xhtml"])
    newer = three_chapters(tmp_path / "newer.epub", titles=("One", "Two"))
    pick(
        owner,
        book,
        django_capture_on_commit_callbacks,
        sample_chapters=["E/three.xhtml"],
        epub_file=upload(newer),
    )

    assert sample_of(book).assets.count() == 1
    (duty,) = duties_of_samples(book.store, NOW)
    assert "not in the new one" in str(duty.sentence)


def test_a_file_of_ones_own_takes_the_place_of_what_was_picked(
    owner: Client, book: Ebook, tmp_path: Path, django_capture_on_commit_callbacks: Any
) -> None:
    pick(owner, book, django_capture_on_commit_callbacks, sample_chapters=["E/one.xhtml"])
    own = three_chapters(tmp_path / "own.epub", titles=("Mine",))
    pick(
        owner,
        book,
        django_capture_on_commit_callbacks,
        sample_chapters=["E/one.xhtml"],
        sample_file=upload(own),
    )

    assert not Excerpt.objects.exists()
    assert sample_of(book).assets.latest("id").original_name == "own.epub"


def test_with_nothing_ticked_any_more_the_sample_closes(
    owner: Client, book: Ebook, django_capture_on_commit_callbacks: Any
) -> None:
    pick(owner, book, django_capture_on_commit_callbacks, sample_chapters=["E/one.xhtml"])
    pick(owner, book, django_capture_on_commit_callbacks)

    assert not Part.objects.published().previews().exists()
    assert not Excerpt.objects.exists()


def test_rows_of_the_contents_lead_to_their_chapter_of_the_sample(
    owner: Client, book: Ebook, django_capture_on_commit_callbacks: Any
) -> None:
    pick(owner, book, django_capture_on_commit_callbacks, sample_chapters=["E/two.xhtml"])

    rows = {row.title: row.open_url for row in EBOOK.outline(book)}
    address = f"/read/{sample_of(book).public_id}/#at=E%2Ftwo.xhtml"
    assert rows == {"One": "", "Two": address, "Three": ""}


def test_the_end_of_a_sample_leads_to_paying_and_is_nowhere_else(
    owner: Client,
    book: Ebook,
    django_capture_on_commit_callbacks: Any,
    browse: Any,
    store: Store,
) -> None:
    pick(owner, book, django_capture_on_commit_callbacks, sample_chapters=["E/two.xhtml"])
    price = make_price(book, amount=4900)
    Product.objects.update(status=Product.Status.PUBLISHED)
    page = browse(store).get(f"/read/{sample_of(book).public_id}/").content.decode()

    assert 'id="sample-end"' in page
    assert 'id="sample-end"' in owner.get(f"/read/{sample_of(book).public_id}/").content.decode()
    assert f"/checkout/{price.public_id}/" in page or price.public_id in page
    whole = owner.get(f"/read/{Part.objects.get(kind='epub').public_id}/").content.decode()
    assert 'id="sample-end"' not in whole


def test_a_stranger_picks_nothing(book: Ebook, dana: Any, browse: Any, store: Store) -> None:
    answer = browse(store, dana).post(change_url(book), {"sample_chapters": ["E/one.xhtml"]})

    assert answer.status_code in {302, 403, 404}
    assert not Excerpt.objects.exists()


def test_two_workers_make_it_once(
    owner: Client, book: Ebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "wake", lambda *_named: None)
    save(owner, change_url(book), **form_of(book), sample_chapters=["E/one.xhtml"])
    due = Excerpt.objects.get().due_at
    Excerpt.objects.update(claimed_until=due.replace(year=due.year + 1))
    making.work_due(due, most=3)

    assert not sample_of(book).assets.exists()


def test_what_cannot_be_made_is_given_up_and_said(
    owner: Client, book: Ebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "wake", lambda *_named: None)
    save(owner, change_url(book), **form_of(book), sample_chapters=["E/one.xhtml"])
    monkeypatch.setattr(making, "run_limited", lambda *_a, **_k: {"refused": "broken"})
    making.work_due(Excerpt.objects.get().due_at, most=3)

    assert Excerpt.objects.get().failed_at is not None
    assert len(duties_of_samples(book.store, NOW)) == 1


def test_large_files_wait_for_the_worker_of_long_work(
    owner: Client, book: Ebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[str] = []
    monkeypatch.setattr(asking, "wake", lambda name, _store: woken.append(name))
    Asset.objects.update(size=asking.SMALL + 1)
    save(owner, change_url(book), **form_of(book), sample_chapters=["E/one.xhtml"])
    due = Excerpt.objects.get().due_at

    assert set(woken) == {asking.WORK_LARGE}
    assert making.stores_with_due(due, is_small=True) == []
    assert making.stores_with_due(due, is_small=False) == [book.store_id]
    assert not making.work_due(due, most=1, is_small=False)
    assert sample_of(book).assets.exists()


def test_a_new_title_reaches_the_last_page_of_the_sample(
    owner: Client, book: Ebook, django_capture_on_commit_callbacks: Any
) -> None:
    picks = {"sample_chapters": ["E/one.xhtml"]}
    pick(owner, book, django_capture_on_commit_callbacks, **picks)
    book.title = "Mending"
    pick(owner, book, django_capture_on_commit_callbacks, **picks)

    assert sample_of(book).assets.latest("id").facts["title"] == "Mending (a sample)"
