"""The shop window."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stores.models import Store
from stores.scope import store_scope
from tests.conftest import make_product


def home(browse: Any, store: Store, path: str = "/") -> str:
    response = browse(store).get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_the_window_shows_who_sells_and_what(store: Store, browse: Any) -> None:
    Store.objects.update(tagline="Small books on sewing", about="I sew, and teach it.")
    with store_scope(store):
        make_product(title="The First Stitch")
    shown = home(browse, store)
    for words in ("Small books on sewing", "I sew, and teach it.", "The First Stitch", "₪49"):
        assert words in shown


@pytest.mark.parametrize("status", ["draft", "hidden", "retired"])
def test_only_listed_products_stand_in_the_window(store: Store, browse: Any, status: str) -> None:
    with store_scope(store):
        make_product(title="Not for the window", status=status)
    assert "Not for the window" not in home(browse, store)


@pytest.mark.parametrize(
    ("status", "words"), [("coming_soon", "coming soon"), ("closed", "closed for now")]
)
def test_the_window_says_what_cannot_be_bought_yet(
    store: Store, browse: Any, status: str, words: str
) -> None:
    with store_scope(store):
        make_product(status=status)
    shown = home(browse, store)
    assert words in shown
    assert "₪49" not in shown


def test_a_gift_has_its_own_place(store: Store, browse: Any) -> None:
    with store_scope(store):
        make_product()
        make_product(title="Measuring alone", amount=0)
    shown = home(browse, store)
    assert "A gift" in shown
    assert "Get it free" in shown


def test_another_stores_products_stay_in_their_own_window(
    store: Store, other_store: Store, browse: Any
) -> None:
    with store_scope(other_store):
        make_product(title="Rye, Slowly")
    assert "Rye, Slowly" not in home(browse, store)
    assert "Rye, Slowly" in home(browse, other_store)


def test_an_empty_store_says_so_kindly(store: Store, browse: Any) -> None:
    assert "The shelves are being filled" in home(browse, store)


def test_staff_of_an_empty_store_are_shown_the_next_step(
    store: Store, browse: Any, alice: Any
) -> None:
    shown = browse(store, alice).get("/").content.decode()
    assert "Add a product" in shown


def test_a_second_language_has_a_prefix_and_its_own_canonical(store: Store, browse: Any) -> None:
    Store.objects.update(languages=["he"])
    with store_scope(store):
        make_product()
    shown = home(browse, store, "/he/")
    assert '<html lang="he" dir="rtl">' in shown
    assert 'href="/he/p/the-first-stitch/"' in shown
    assert '<link rel="canonical" href="http://thread.localhost:8000/he/">' in shown


def test_the_foot_leads_to_the_same_page_in_another_language(store: Store, browse: Any) -> None:
    Store.objects.update(languages=["he"])
    with store_scope(store):
        make_product()
    assert 'href="/he/p/the-first-stitch/" lang="he"' in home(browse, store, "/p/the-first-stitch/")
    assert 'href="/p/the-first-stitch/" lang="en"' in home(browse, store, "/he/p/the-first-stitch/")


def test_hostile_words_stay_words(store: Store, browse: Any) -> None:
    Store.objects.update(tagline="<script>alert(1)</script>", about="{{ settings.SECRET_KEY }}")
    with store_scope(store):
        make_product(title='"><img src=x onerror=alert(1)>')
    shown = home(browse, store)
    assert "<script>alert" not in shown
    assert "<img src=x" not in shown
    assert "{{ settings.SECRET_KEY }}" in shown


@pytest.mark.parametrize("count", [1, 30])
def test_the_window_takes_as_many_queries_for_one_as_for_thirty(
    store: Store, browse: Any, count: int
) -> None:
    with store_scope(store):
        for number in range(count):
            make_product(title=f"Book {number}")
    visitor = browse(store)
    with CaptureQueriesContext(connection) as queries:
        visitor.get("/")
    assert len(queries) == 4  # whether a copy is kept, whose host it is, products, prices
