"""Whole pages kept for visitors."""

from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from products.models import Product
from products.services.catalogue import change_price, set_status
from products.services.covers import remove_cover
from stores.models import Domain, Store
from stores.scope import store_scope
from stores.services.opening import touch
from tests.conftest import make_price, make_product

PAGE = "/p/the-first-stitch/"


@pytest.fixture
def product(in_store: Store) -> Product:
    return make_product()


@pytest.fixture
def visitor(product: Product, store: Store, browse: Any) -> Client:
    return browse(store)


@pytest.mark.parametrize("path", ["/", PAGE, "/shelf/", "/robots.txt", "/sitemap.xml"])
def test_a_second_visit_asks_the_database_only_who_the_host_is(visitor: Client, path: str) -> None:
    first = visitor.get(path)
    with CaptureQueriesContext(connection) as queries:
        second = visitor.get(path)
    assert len(queries) == 1
    assert second.content == first.content
    assert second.status_code == 200


@pytest.mark.parametrize("path", ["/", PAGE, "/shelf/"])
def test_a_visitors_page_sets_no_cookie_and_carries_no_token(visitor: Client, path: str) -> None:
    for response in (visitor.get(path), visitor.get(path)):
        assert not response.cookies
        assert b"csrfmiddlewaretoken" not in response.content
        assert response["Cache-Control"] == "public, max-age=0, must-revalidate"
        assert "Cookie" in response["Vary"]


def test_a_kept_page_has_the_same_guards_as_a_fresh_one(visitor: Client) -> None:
    fresh, kept = visitor.get(PAGE), visitor.get(PAGE)
    for name in ("Content-Security-Policy", "X-Frame-Options", "Content-Language", "Content-Type"):
        assert kept[name] == fresh[name]


def test_a_kept_page_is_answered_before_sessions_tokens_and_addresses(visitor: Client) -> None:
    fresh = visitor.get(PAGE)
    with patch("django.core.handlers.base.BaseHandler.resolve_request") as resolve:
        kept = visitor.get(PAGE)
    assert not resolve.called
    assert kept.content == fresh.content
    assert set(fresh.headers) <= {*kept.headers, "Content-Length"}


def test_a_kept_page_is_found_in_each_language(visitor: Client, store: Store) -> None:
    Store.objects.update(languages=["en", "he"])
    for path in (PAGE, f"/he{PAGE}"):
        fresh = visitor.get(path)
        with patch("django.core.handlers.base.BaseHandler.resolve_request") as resolve:
            kept = visitor.get(path)
        assert not resolve.called
        assert kept.content == fresh.content
        assert kept["Content-Language"] == fresh["Content-Language"]


def test_an_address_that_is_not_the_primary_one_goes_the_whole_way(
    visitor: Client, store: Store
) -> None:
    visitor.get(PAGE)
    with store_scope(store):
        Domain.objects.create(host="second.localhost", is_primary=False, verified_at=timezone.now())
    answer = visitor.get(PAGE, headers={"Host": "second.localhost"})
    assert (answer.status_code, answer["Location"]) == (301, f"http://thread.localhost{PAGE}")


def test_an_unchanged_page_is_not_sent_again(visitor: Client) -> None:
    etag = visitor.get(PAGE)["ETag"]
    again = visitor.get(PAGE, headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == etag


def test_what_follows_a_question_mark_makes_no_second_copy(visitor: Client) -> None:
    visitor.get(PAGE)
    with CaptureQueriesContext(connection) as queries:
        visitor.get(PAGE + "?utm_source=letter&next=//evil.example")
    assert len(queries) == 1


def test_a_new_price_shows_at_once(visitor: Client, product: Product) -> None:
    visitor.get(PAGE)
    change_price(product.prices.get(), amount=5900)
    assert "₪59" in visitor.get(PAGE).content.decode()


def test_a_price_added_shows_at_once(visitor: Client, product: Product) -> None:
    visitor.get("/")
    make_price(product, amount=1200, position=0)
    assert "₪12" in visitor.get(PAGE).content.decode()


def test_a_closed_product_closes_at_once(visitor: Client, product: Product) -> None:
    visitor.get(PAGE)
    set_status(product, "draft")
    assert visitor.get(PAGE).status_code == 404


def test_a_cover_taken_off_goes_at_once(visitor: Client, product: Product, store: Store) -> None:
    version = Store.objects.get(pk=store.pk).version
    remove_cover(product)
    assert Store.objects.get(pk=store.pk).version == version + 1


def test_touching_one_store_leaves_the_others_copies(
    visitor: Client, store: Store, other_store: Store, browse: Any
) -> None:
    theirs = browse(other_store)
    theirs.get("/")
    touch(store)
    with CaptureQueriesContext(connection) as queries:
        theirs.get("/")
    assert len(queries) == 1


def test_two_stores_at_one_path_have_two_copies(
    visitor: Client, other_store: Store, browse: Any
) -> None:
    with store_scope(other_store):
        make_product(title="Rye, Slowly")
    assert b"Rye" not in visitor.get("/").content
    assert b"Rye" in browse(other_store).get("/").content


def test_two_languages_at_one_path_have_two_copies(visitor: Client) -> None:
    Store.objects.update(languages=["he"])
    english, hebrew = visitor.get(PAGE), visitor.get("/he" + PAGE)
    assert english.content != hebrew.content
    assert visitor.get("/he" + PAGE).content == hebrew.content


def test_whoever_carries_a_session_gets_a_page_of_their_own(
    visitor: Client, store: Store, browse: Any, charlie: Any
) -> None:
    visitor.get("/")
    mine = browse(store, charlie.user).get("/")
    assert mine["Cache-Control"] == "private, no-cache"
    assert "ETag" not in mine
    assert ">Me<" in mine.content.decode()
    assert ">Me<" not in visitor.get("/").content.decode()


def test_what_is_not_found_is_not_kept(visitor: Client) -> None:
    assert visitor.get("/p/later/").status_code == 404
    make_product(title="Later")
    assert visitor.get("/p/later/").status_code == 200


def test_head_is_answered_from_the_same_copy(visitor: Client) -> None:
    etag = visitor.get(PAGE)["ETag"]
    response = visitor.head(PAGE)
    assert (response.content, response["ETag"]) == (b"", etag)


def test_a_page_is_only_looked_at(visitor: Client) -> None:
    assert visitor.post(PAGE).status_code == 405
