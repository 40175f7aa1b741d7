"""Searching a shop with thousands of pages: quickly found, and never what is gone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import caches
from hypothesis import given
from hypothesis import strategies as st

from core import clock
from core.searching import parse_query
from products.models import Product
from storefront.models import ShopText
from storefront.services.finding import keeping
from storefront.services.finding.lines import Lines, rank
from storefront.tasks import gather_texts
from stores.models import Store
from stores.scope import store_scope
from stores.services.opening import touch
from stores.slots import SiteText
from tests.conftest import make_product

WORDS = st.sampled_from(["book", "bookbinding", "7", "77", "ספר", "הספר", "שבספר", "red", "a red"])
PHRASES = st.lists(WORDS, max_size=3).map(" ".join)
TEXTS = st.lists(st.tuples(PHRASES, PHRASES), max_size=8)


@given(said=TEXTS, asked=PHRASES, most=st.integers(1, 9))
def test_lines_find_what_looking_at_each_text_finds(
    said: list[tuple[str, str]], asked: str, most: int
) -> None:
    query = parse_query(asked)
    if not query:
        return
    texts = [SiteText(number, title, (), "", words) for number, (title, words) in enumerate(said)]
    answers = sorted(texts, key=lambda text: -rank(text, query))
    wanted = [("products", text.id) for text in answers if rank(text, query)]
    lines = Lines.of(("products", text) for text in texts)
    assert lines.best(query, most) == wanted[:most]


def test_names_of_lines_are_not_searched() -> None:
    lines = Lines.of([("products", SiteText(77, "Book", (), ""))])
    assert lines.best(parse_query("77"), 9) == lines.best(parse_query("products"), 9) == []


@pytest.fixture
def large(in_store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A shop of which three pages are many."""
    monkeypatch.setattr(keeping, "SMALL", 2)
    for number in range(3):
        make_product(title=f"Book {number}", slug=f"book-{number}")
    return in_store


def links(browse: Any, store: Store, asked: str = "book") -> set[str]:
    """Return the products that are found where no page is kept."""
    caches["pages"].clear()
    body = browse(store).get("/search/", {"q": asked}).content.decode()
    shown = body[body.index("<main") : body.index("</main>")]
    return {slug for slug in ("book-0", "book-1", "book-2", "fourth") if f'"/p/{slug}/"' in shown}


def test_after_a_change_it_is_searched_as_it_was_and_shown_as_it_is(
    large: Store, browse: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[str] = []
    monkeypatch.setattr(keeping, "wake_once", woken.append)
    assert links(browse, large) == {"book-0", "book-1", "book-2"}
    assert ShopText.objects.get().due_at is None

    make_product(title="The fourth book", slug="fourth")
    Product.objects.filter(slug="book-1").update(status=Product.Status.DRAFT)
    Product.objects.filter(slug="book-2").update(title="Something else", description="")
    touch(large)
    assert links(browse, large) == links(browse, large) == {"book-0"}
    assert woken == ["storefront.tasks.gather_texts"]

    gather_texts()
    assert ShopText.objects.get().due_at is None
    assert links(browse, large) == {"book-0", "fourth"}
    assert links(browse, large, "something") == {"book-2"}
    assert len(woken) == 1


def test_where_no_worker_comes_whoever_searches_gathers(large: Store, browse: Any) -> None:
    links(browse, large)
    make_product(title="The fourth book", slug="fourth")
    touch(large)
    ShopText.objects.update(due_at=clock.now() - keeping.LATE - timedelta(seconds=1))
    assert "fourth" in links(browse, large)
    assert ShopText.objects.get().due_at is None


def test_each_language_has_its_own_text(large: Store, browse: Any) -> None:
    Store.objects.update(languages=["he"])
    links(browse, large)
    browse(large).get("/he/search/", {"q": "book"})
    assert set(ShopText.objects.values_list("language", flat=True)) == {"en", "he"}


def test_a_shop_that_became_small_is_gathered_at_each_change(large: Store, browse: Any) -> None:
    links(browse, large)
    Product.objects.filter(slug="book-2").update(status=Product.Status.DRAFT)
    touch(large)
    links(browse, large)
    gather_texts()
    assert not ShopText.objects.exists()
    make_product(title="The fourth book", slug="fourth", status=Product.Status.DRAFT)
    Product.objects.filter(slug="book-1").update(title="Something else")
    touch(large)
    assert links(browse, large) == {"book-0"}


def test_the_worker_gathers_each_shop_in_its_own_scope(
    large: Store, other_store: Store, browse: Any
) -> None:
    with store_scope(other_store):
        for number in range(3):
            make_product(title=f"Bread {number}", slug=f"bread-{number}")
    for store in (large, other_store):
        browse(store).get("/search/", {"q": "b"})
        touch(store)
        browse(store).get("/search/", {"q": "b"})
    gather_texts()
    with store_scope(other_store):
        row = ShopText.objects.get()
    assert (row.due_at, row.size) == (None, 3)
    assert "bread" in row.titles
    assert "book" not in row.texts
