"""The page that searches in what somebody has."""

from typing import Any

import pytest

from access.contract import Source
from access.services.granting import grant
from content.services.searching import Section, index_text
from core.limits import Limit
from products.models import Part
from storefront.views import searching
from stores.models import Store
from tests.conftest import NOW, make_product
from tests.content.library import make_asset, make_part

SEARCH = "/shelf/search/"


@pytest.fixture
def book(in_store: Store, charlie: Any) -> Part:
    part = make_asset(make_part(make_product(title="Sewing"), kind="epub")).part
    grant(charlie, product=part.product, source=Source("hand", "1"), starts_at=NOW, now=NOW)
    section = Section("Thread <b>the</b> needle.", "Chapter two", {"href": "two.xhtml"})
    index_text(part, [section], NOW)
    return part


def test_charlie_finds_a_place_in_his_book_and_opens_it_there(
    book: Part, browse: Any, store: Store, charlie: Any
) -> None:
    answer = browse(store, charlie.user).get(SEARCH, {"q": "needle"})
    shown = answer.content.decode()
    assert answer["Cache-Control"] == "private, no-store"
    assert f"/read/{book.public_id}/?find=needle.&amp;at=two.xhtml" in shown
    assert "Chapter two" in shown
    assert "&lt;b&gt;the&lt;/b&gt; <mark>needle.</mark>" in shown
    assert "One place" in shown or "1 place" in shown


def test_the_shelf_has_a_field_to_search_in(
    book: Part, browse: Any, store: Store, charlie: Any
) -> None:
    assert f'action="{SEARCH}"' in browse(store, charlie.user).get("/shelf/").content.decode()


def test_in_hebrew_the_page_speaks_hebrew(
    book: Part, browse: Any, store: Store, charlie: Any
) -> None:
    Store.objects.filter(pk=store.pk).update(language="he")
    shown = browse(store, charlie.user).get(SEARCH, {"q": "needle"}).content.decode()
    assert "חיפוש" in shown
    assert "Search" not in shown


@pytest.mark.parametrize("query", ["", " ", "%", "\\", "a\0b", "x" * 10_000, "needle\ud800"[:6]])
def test_whatever_is_asked_the_page_answers(
    book: Part, browse: Any, store: Store, charlie: Any, query: str
) -> None:
    for more in ({}, {"in": book.product.public_id}, {"in": "'--"}):
        answer = browse(store, charlie.user).get(SEARCH, {"q": query, **more})
        assert answer.status_code == 200


def test_nothing_found_says_what_to_do(book: Part, browse: Any, store: Store, charlie: Any) -> None:
    shown = browse(store, charlie.user).get(SEARCH, {"q": "linen"}).content.decode()
    assert "Nothing was found" in shown
    shown = browse(store).get(SEARCH, {"q": "needle"}).content.decode()
    assert "Nothing was found" in shown
    assert "Sign in" in shown


def test_whoever_asks_too_often_waits_a_minute(
    book: Part, browse: Any, store: Store, monkeypatch: Any
) -> None:
    monkeypatch.setattr(searching, "FROM_ONE", Limit("search", times=1, seconds=600))
    client = browse(store)
    assert client.get(SEARCH, {"q": "needle"}).status_code == 200
    assert client.get(SEARCH, {"q": "needle"}).status_code == 429
