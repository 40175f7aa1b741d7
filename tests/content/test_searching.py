"""Searching in parts: read after they came, found as people type, and only where it opens."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection
from django.test.utils import CaptureQueriesContext

from access.contract import Source, Viewer
from access.services.granting import grant, revoke
from accounts.models import Customer
from content.models import Asset, PartText, SearchEntry
from content.services.files import keep_file
from content.services.judge import judge
from content.services.searching import Found, Section, index_text, reading, search
from core.limited import TooHeavyError
from products.models import Part, Product
from products.services.catalogue import set_status
from stores.models import Store
from stores.scope import store_scope
from stores.services.opening import touch
from tests.conftest import NOW, make_product
from tests.content.library import make_part

TEXT = "פתחתי את הַסֵּפֶר של סבתא.\nבג׳ינס עבה תופרים לאט."


@pytest.fixture
def part(in_store: Store) -> Part:
    return make_part(make_product(title="Sewing"))


@pytest.fixture
def bought(part: Part, charlie: Customer) -> Viewer:
    return buy(charlie, part)


def buy(customer: Customer, part: Part) -> Viewer:
    source = Source("order_line", part.public_id)
    grant(customer, product=part.product, source=source, starts_at=NOW, now=NOW)
    return Viewer(customer=customer)


def put(part: Part, content: bytes, into: Path) -> Asset:
    path = into / "upload"
    path.write_bytes(content)
    return keep_file(part, judge(path, into=into), original_name="book", now=NOW)


def read_all() -> None:
    reading.notice_changes(NOW)
    while reading.work_due(NOW, most=5):
        pass


def said(part: Part, *texts: str) -> None:
    index_text(part, [Section(text) for text in texts], NOW)


def lines(found: Found) -> list[str]:
    return [hit.snippet.match for group in found.groups for hit in group.hits]


@pytest.mark.parametrize(
    ("query", "match"),
    [
        ("ספר", "הַסֵּפֶר"),
        ("הספר", "הַסֵּפֶר"),
        ("בספר", "הַסֵּפֶר"),
        ("ג'ינס", "בג׳ינס"),
        ("ספר סבתא", "הַסֵּפֶר"),
    ],
)
def test_words_are_found_however_they_are_typed(
    bought: Viewer, part: Part, query: str, match: str
) -> None:
    said(part, TEXT)
    assert lines(search(bought, query, now=NOW)) == [match]


def test_what_was_typed_stands_above_what_only_its_stem_finds(bought: Viewer, part: Part) -> None:
    said(part, "קניתי ספר אחד", "קראתי את הספר")
    assert lines(search(bought, "הספר", now=NOW)) == ["הספר", "ספר"]


def test_all_words_must_stand_in_a_passage(bought: Viewer, part: Part) -> None:
    said(part, "thread and needle", "thread alone")
    assert len(lines(search(bought, "needle thread", now=NOW))) == 1


@pytest.mark.parametrize("query", ["%", "_", "\\", "'", '"; DROP', "x" * 10_000, "a\0b", "", "𝔘𝔫"])
def test_hostile_queries_find_nothing_and_break_nothing(
    bought: Viewer, part: Part, query: str
) -> None:
    said(part, "Plain words.")
    assert search(bought, query, now=NOW).groups == []


def test_nobody_finds_what_is_not_open_to_them(
    bought: Viewer, part: Part, charlie: Customer
) -> None:
    said(part, "secret stitch")
    assert search(Viewer.nobody(), "secret", now=NOW).groups == []
    assert search(Viewer.nobody(), "secret", now=NOW, within=part.product).groups == []
    revoke(charlie.accesses.get(), now=NOW)
    assert search(bought, "secret", now=NOW).groups == []


def test_visitors_find_what_is_open_to_anyone_while_it_is_on_sale(part: Part) -> None:
    sample = make_part(part.product, preview=True)
    said(sample, "a sample stitch")
    assert len(search(Viewer.nobody(), "sample", now=NOW).groups) == 1
    set_status(part.product, Product.Status.HIDDEN)
    assert search(Viewer.nobody(), "sample", now=NOW).groups == []
    assert len(search(Viewer.nobody(), "sample", now=NOW, within=part.product).groups) == 1


def test_a_part_that_opens_later_is_found_then(bought: Viewer, part: Part) -> None:
    said(part, "later stitch")
    Part.objects.filter(pk=part.pk).update(release="after_days", release_days=3)
    assert search(bought, "later", now=NOW).groups == []
    assert search(bought, "later", now=NOW.replace(day=28)).groups


def test_another_store_finds_nothing_of_it(
    bought: Viewer, part: Part, other_store: Store, charlie: Customer
) -> None:
    said(part, "secret stitch")
    with store_scope(other_store):
        assert search(Viewer(is_staff=True), "secret", now=NOW).groups == []
        assert not SearchEntry.objects.exists()


def test_a_book_is_read_by_its_chapters_after_it_came(
    bought: Viewer, part: Part, english_epub: bytes, tmp_path: Path
) -> None:
    put(part, english_epub, tmp_path)
    assert PartText.objects.get().due_at == NOW
    read_all()
    (group,) = search(bought, "water", now=NOW).groups
    assert group.part == part
    assert group.hits[0].heading
    assert f"/read/{part.public_id}/?find=" in group.hits[0].url
    assert "at=EPUB" in group.hits[0].url
    row = PartText.objects.get()
    assert row.due_at is None
    assert row.word_count > 1000


def test_a_pdf_is_read_by_its_pages_in_the_order_hebrew_is_read(
    bought: Viewer, part: Part, hebrew_pdf: bytes, tmp_path: Path
) -> None:
    put(part, hebrew_pdf, tmp_path)
    read_all()
    (group,) = search(bought, "מחט קהה היא", now=NOW).groups
    assert group.hits[0].page == 5
    assert "page=5" in group.hits[0].url


def test_reading_again_changes_nothing_and_a_new_file_replaces_the_old(
    bought: Viewer, part: Part, english_epub: bytes, hebrew_epub: bytes, tmp_path: Path
) -> None:
    put(part, english_epub, tmp_path)
    read_all()
    before = list(SearchEntry.objects.values_list("pk", flat=True))
    read_all()
    assert list(SearchEntry.objects.values_list("pk", flat=True)) == before
    put(part, hebrew_epub, tmp_path)
    read_all()
    assert search(bought, "water", now=NOW).groups == []
    assert search(bought, "מחט", now=NOW).groups


def test_what_is_no_longer_out_is_taken_out(
    part: Part, english_epub: bytes, tmp_path: Path, store: Store
) -> None:
    put(part, english_epub, tmp_path)
    read_all()
    assert SearchEntry.objects.exists()
    Part.objects.filter(pk=part.pk).update(published_at=None)
    notice(store)
    assert not SearchEntry.objects.exists()


def notice(store: Store) -> None:
    """What a change of a product does: the store's version is raised, and the sweep comes."""
    touch(store)
    store.refresh_from_db()
    assert reading.stores_to_look_at(NOW) == [store.pk]
    with store_scope(store):
        read_all()
    assert reading.stores_to_look_at(NOW) == []


def test_titles_are_found_too_and_follow_their_product(
    bought: Viewer, part: Part, store: Store
) -> None:
    read_all()
    assert search(bought, "sewing", now=NOW).groups
    Product.objects.filter(pk=part.product_id).update(title="Knitting", tagline="With wool")
    notice(store)
    assert search(bought, "sewing", now=NOW).groups == []
    assert search(bought, "wool", now=NOW).groups


def test_a_file_that_kills_its_reader_is_left_after_three_times(
    part: Part, english_epub: bytes, tmp_path: Path, monkeypatch: Any
) -> None:
    put(part, english_epub, tmp_path)

    def heavy(*_args: Any, **_more: Any) -> Any:
        raise TooHeavyError("too much")

    monkeypatch.setattr(reading, "run_limited", heavy)
    read_all()
    assert PartText.objects.get().due_at is None
    assert not SearchEntry.objects.filter(source="file").exists()


def test_a_book_in_two_files_is_found_once(bought: Viewer, part: Part) -> None:
    other = make_part(part.product, position=2)
    for each in (part, other):
        said(each, "one single thread through the needle")
    assert len(lines(search(bought, "thread", now=NOW))) == 1


def test_few_places_of_each_part_are_shown_beside_others_and_all_within_one(
    bought: Viewer, part: Part
) -> None:
    said(part, *(f"needle number {number}" for number in range(20)))
    (group,) = search(bought, "needle", now=NOW).groups
    assert (len(group.hits), group.has_more) == (5, True)
    (group,) = search(bought, "needle", now=NOW, within=part.product).groups
    assert (len(group.hits), group.has_more) == (20, False)


def test_searching_costs_as_many_queries_in_twenty_books_as_in_one(
    bought: Viewer, part: Part, charlie: Customer
) -> None:
    said(part, "needle")
    search(bought, "needle", now=NOW)
    with CaptureQueriesContext(connection) as one:
        search(bought, "needle", now=NOW)
    for number in range(20):
        more = make_part(make_product(title=f"Book {number}"))
        buy(charlie, more)
        said(more, f"needle {number}")
    with CaptureQueriesContext(connection) as many:
        found = search(bought, "needle", now=NOW)
    assert len(found.groups) == 21
    assert len(many) == len(one) <= 8


def test_long_text_is_kept_in_pieces_of_a_page(bought: Viewer, part: Part) -> None:
    said(part, "word " * 5000 + "needle")
    assert SearchEntry.objects.count() > 5
    assert all(len(entry.text) <= 5000 for entry in SearchEntry.objects.all())
    assert len(lines(search(bought, "needle", now=NOW))) == 1


def trigram_indexes() -> list[str]:
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, SearchEntry._meta.db_table)
    return [name for name in found if "trigram" in name]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_on_postgresql_words_have_a_trigram_index_where_it_may_be_made() -> None:
    migration = import_module("content.migrations.0010_words_have_a_trigram_index")
    is_postgres = connection.vendor == "postgresql"
    with connection.schema_editor() as editor:
        migration.make(apps, editor)
    assert bool(trigram_indexes()) == is_postgres
    with connection.schema_editor() as editor:
        migration.drop(apps, editor)
    assert not trigram_indexes()
    with connection.schema_editor() as editor:
        migration.make(apps, editor)


@pytest.mark.postgres
def test_where_nobody_may_make_the_extension_searching_goes_without_its_index(
    bought: Viewer, part: Part, monkeypatch: Any
) -> None:
    migration = import_module("content.migrations.0010_words_have_a_trigram_index")

    class Editor:
        connection = type("Refusing", (), {"vendor": "postgresql", "alias": "default"})

        def execute(self, sql: str) -> None:
            raise ProgrammingError("permission denied to create extension")

    migration.make(apps, Editor())
    said(part, "needle")
    assert search(bought, "needle", now=NOW).groups
