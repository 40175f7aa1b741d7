from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from access.contract import Source
from access.services.granting import grant
from accounts.models import Customer, User
from content.models import Asset, Progress, SampleRequest
from content.services.numbers import reading_numbers
from ebooks.models import Ebook
from products.models import Part
from stores.models import Staff, Store
from stores.roles import Role
from tests.conftest import NOW, make_product
from tests.content.library import make_asset, make_part


@pytest.fixture
def book(in_store: Store) -> Ebook:
    return Ebook.objects.get(pk=make_product("ebook").pk)


@pytest.fixture
def part(book: Ebook) -> Part:
    return make_part(book, kind="epub")


def reader(book: Ebook, part: Part, number: int, fraction: float, **over: Any) -> Customer:
    user = User.objects.create_user(f"r{number}@example.com")
    customer: Customer = Customer.objects.create(user=user)
    source = Source("hand", str(number))
    grant(customer, product=book, source=source, starts_at=NOW, now=NOW)
    Progress.objects.create(customer=customer, part=part, fraction=fraction, **over)
    return customer


def readers(book: Ebook, part: Part, *fractions: float) -> None:
    for number, fraction in enumerate(fractions):
        done = NOW if fraction >= 1 else None
        reader(book, part, number, fraction, finished_at=done)


def numbers_url(book: Ebook) -> str:
    return f"/admin/ebooks/ebook/{book.pk}/numbers/"


def test_with_few_readers_nothing_is_told(book: Ebook, part: Part) -> None:
    readers(book, part, 0.1, 0.2, 0.3, 1)

    found = reading_numbers(book)
    assert (found.buyers, found.is_shown, found.bars, found.finished) == (4, False, (), 0)


def test_from_five_on_it_is_told_how_far_they_come(book: Ebook, part: Part) -> None:
    readers(book, part, 0.05, 0.15, 0.15, 0.95, 1)

    found = reading_numbers(book)
    assert (found.readers, found.finished, found.middle) == (5, 1, 15)
    assert [bar.readers for bar in found.bars] == [1, 2, 0, 0, 0, 0, 0, 0, 0, 1]
    assert found.most == 2


def test_chapters_are_named_where_the_book_names_them(book: Ebook, part: Part) -> None:
    asset = make_asset(part)
    asset.facts = {
        "spine": [["a", 30], ["b", 70]],
        "contents": [
            {"title": "One", "target": "a", "depth": 0},
            {"title": "Two", "target": "b", "depth": 0},
        ],
    }
    asset.save()
    readers(book, part, 0.1, 0.29, 0.31, 0.9, 0.99)

    bars = reading_numbers(book).bars
    assert [(bar.title, bar.readers) for bar in bars] == [("One", 2), ("Two", 3)]


def test_who_reads_both_files_is_one_reader(book: Ebook, part: Part) -> None:
    readers(book, part, 0.1, 0.1, 0.1, 0.1)
    two = reader(book, part, 9, 0.2)
    Progress.objects.create(customer=two, part=make_part(book, kind="pdf"), fraction=0.7)

    found = reading_numbers(book)
    assert found.readers == 5
    assert found.bars[7].readers == 1


def test_readers_of_the_sample_and_strangers_are_not_counted(book: Ebook, part: Part) -> None:
    sample = make_part(book, kind="sample", preview=True)
    readers(book, part, 0.1, 0.1, 0.1, 0.1)
    user = User.objects.create_user("s@example.com")
    Progress.objects.create(customer=Customer.objects.create(user=user), part=sample, fraction=0.5)

    assert reading_numbers(book).readers == 4


def test_many_readers_cost_as_many_queries_as_few(book: Ebook, part: Part) -> None:
    readers(book, part, *[0.1] * 6)
    with CaptureQueriesContext(
        connection,
    ) as few:
        reading_numbers(book)
    for number in range(10, 60):
        reader(book, part, number, 0.4)
    with CaptureQueriesContext(connection) as many:
        reading_numbers(book)

    assert len(few) == len(many) <= 4


def test_the_page_says_it_in_words_and_numbers(
    book: Ebook, part: Part, alice: User, browse: Any, in_store: Store
) -> None:
    readers(book, part, 0.05, 0.15, 0.15, 0.95, 1)
    page = browse(in_store, alice).get(numbers_url(book)).content.decode()

    assert "5 began to read, 1 read to the end." in " ".join(page.split())
    assert page.count("<meter") == 10
    assert "style=" not in page.split("<main")[1]


def test_who_agreed_stands_there_for_who_may_see_customers(
    book: Ebook, charlie: Customer, alice: User, browse: Any, in_store: Store
) -> None:
    sample = make_part(book, kind="sample", preview=True)
    SampleRequest.objects.create(
        part=sample, email="=reader@example.com", customer=charlie, language="en", agreed_at=NOW
    )
    author = User.objects.create_user("author@example.com")
    Staff.objects.create(user=author, name="A", role=Role.AUTHOR)
    owner: Client = browse(in_store, alice)
    writer: Client = browse(in_store, author)

    assert "reader@example.com" in owner.get(numbers_url(book)).content.decode()
    table = owner.get(f"/admin/ebooks/ebook/{book.pk}/agreed.csv").content.decode()
    assert "2026-11-22" in table
    assert "\n=" not in table
    assert "reader@example.com" not in writer.get(numbers_url(book)).content.decode()
    assert writer.get(f"/admin/ebooks/ebook/{book.pk}/agreed.csv").status_code == 403


def test_another_stores_numbers_are_not_found(
    book: Ebook, dana: User, other_store: Store, browse: Any
) -> None:
    assert browse(other_store, dana).get(numbers_url(book)).status_code == 404


def test_the_old_file_says_nothing_of_chapters(book: Ebook, part: Part) -> None:
    asset = make_asset(part)
    Asset.objects.filter(pk=asset.pk).update(facts={"contents": []})
    readers(book, part, *[0.1] * 5)

    assert len(reading_numbers(book).bars) == 10
