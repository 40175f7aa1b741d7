from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.contract import Source
from access.models import Access
from access.services.granting import grant
from accounts.models import Customer
from content.models import Asset, Progress
from ebooks.models import Ebook
from products.contract import formats
from products.models import Part
from stores.models import Store
from tests.conftest import NOW, make_product

EBOOK = formats["ebook"]


def add_file(book: Ebook, kind: str, **facts: Any) -> Part:
    part = Part.objects.create(
        product_id=book.pk, kind=kind, title=book.title, published_at=NOW, preview=kind == "sample"
    )
    Asset.objects.create(
        part=part,
        kind="epub",
        name=part.public_id,
        original_name="a.epub",
        media_type="x",
        size=1,
        sha256="0",
        facts=facts,
    )
    return part


def give(customer: Customer, book: Ebook) -> Access:
    return grant(
        customer, product=book, source=Source("hand", str(book.pk)), starts_at=NOW, now=NOW
    )


@pytest.fixture
def book(in_store: Store) -> Ebook:
    return Ebook.objects.get(pk=make_product("ebook").pk)


def test_a_book_without_a_file_cannot_open(book: Ebook) -> None:
    assert len(EBOOK.blockers([book])[book]) == 1


def test_a_sample_alone_is_no_book(book: Ebook) -> None:
    add_file(book, "sample")

    assert EBOOK.blockers([book])[book]


def test_a_book_with_a_file_can_open(book: Ebook) -> None:
    add_file(book, "pdf")

    assert EBOOK.blockers([book])[book] == []


def test_the_epub_is_opened_before_the_pdf(book: Ebook, charlie: Customer) -> None:
    add_file(book, "pdf")
    epub = add_file(book, "epub")
    access = give(charlie, book)

    assert EBOOK.open_urls([access]) == {access: f"/read/{epub.public_id}/"}


def test_a_book_without_a_file_has_nothing_to_open(book: Ebook, charlie: Customer) -> None:
    access = give(charlie, book)

    assert EBOOK.open_urls([access]) == {}
    assert EBOOK.shelf_cards([access], NOW) == {}


def test_the_shelf_goes_on_where_the_reader_stopped(book: Ebook, charlie: Customer) -> None:
    add_file(book, "epub")
    read = add_file(book, "pdf")
    access = give(charlie, book)
    assert EBOOK.shelf_cards([access], NOW)[access].progress == 0
    Progress.objects.create(customer=charlie, part=read, fraction=0.4, updated_at=NOW)

    card = EBOOK.shelf_cards([access], NOW)[access]

    assert (card.progress, card.next_url) == (0.4, f"/read/{read.public_id}/")
    assert str(card.line) == "40% read"


def test_a_finished_book_can_be_read_again(book: Ebook, charlie: Customer) -> None:
    part = add_file(book, "epub")
    access = give(charlie, book)
    Progress.objects.create(customer=charlie, part=part, fraction=0.98, finished_at=NOW)

    card = EBOOK.shelf_cards([access], NOW)[access]

    assert (str(card.next_step), card.progress) == ("Read again", 1.0)


CONTENTS = [
    {"title": "One", "target": "one", "depth": 0},
    {"title": "Half", "target": "one#b", "depth": 1},
    {"title": "Deep", "target": "one#c", "depth": 2},
    {"title": "Two", "target": "two", "depth": 0},
]


def test_the_outline_is_the_books_contents_and_the_sample_opens(book: Ebook) -> None:
    add_file(book, "epub", contents=CONTENTS)
    sample = add_file(book, "sample", contents=CONTENTS[:1])

    rows = EBOOK.outline(book)

    assert [(row.title, row.depth) for row in rows] == [("One", 0), ("Half", 1), ("Two", 0)]
    assert [row.open_url for row in rows] == [f"/read/{sample.public_id}/#at=one", "", ""]


def test_a_sample_that_names_no_chapter_stands_first(book: Ebook) -> None:
    add_file(book, "epub", contents=CONTENTS)
    add_file(book, "sample")

    assert EBOOK.outline(book)[0].open_url


@pytest.mark.parametrize("verb", ["open_urls", "shelf_cards"])
def test_many_books_cost_no_more_queries_than_one(
    in_store: Store, charlie: Customer, verb: str
) -> None:
    accesses = []
    for number in range(6):
        book = Ebook.objects.get(pk=make_product("ebook", title=f"Book {number}").pk)
        add_file(book, "epub")
        accesses.append(give(charlie, book))

    counts = [count(verb, accesses[:1]), count(verb, accesses)]

    assert counts[0] == counts[1]


def count(verb: str, accesses: list[Access]) -> int:
    extra = (NOW,) if verb == "shelf_cards" else ()
    with CaptureQueriesContext(connection) as queries:
        getattr(EBOOK, verb)(accesses, *extra)
    return len(queries)


def test_the_workspace_leads_to_everything_that_is_the_books(book: Ebook) -> None:
    urls = [tab.url for tab in EBOOK.workspace(book)]

    assert urls == [
        f"/admin/ebooks/ebook/{book.pk}/content/",
        f"/admin/ebooks/ebook/{book.pk}/editions/",
        f"/admin/ebooks/ebook/{book.pk}/audio/",
        f"/admin/ebooks/ebook/{book.pk}/numbers/",
    ]
