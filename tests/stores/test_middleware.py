from copy import deepcopy
from unittest.mock import patch

import pytest
from django.test import Client

from products.models import Product
from stores.models import Store
from stores.scope import store_scope
from tests.conftest import make_product

FOREIGN_HOSTS = [
    "evil.example.com",
    "thread.localhost.evil.com",
    "nobody.localhost",
    "thread.localhost@evil.com",
    "..",
    "",
    "a" * 300 + ".localhost",
    "thread_localhost",
    "xn--\u05d0.localhost",
    "[::2]",
]


@pytest.mark.parametrize("host", FOREIGN_HOSTS)
@pytest.mark.parametrize("path", ["/", "/admin/", "/p/x/", "/static-not/", "/en/"])
def test_no_view_is_reached_with_a_foreign_host(host: str, path: str, store: Store) -> None:
    with patch("django.core.handlers.base.BaseHandler.resolve_request") as resolve:
        answer = Client().get(path, HTTP_HOST=host)
    assert answer.status_code == 404
    assert not resolve.called
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("host", ["thread.localhost:8000", "THREAD.localhost", "thread.localhost."])
def test_a_store_is_found_by_its_host_however_it_is_written(host: str, store: Store) -> None:
    assert Client().get("/", HTTP_HOST=host).status_code == 200


@pytest.mark.parametrize("host", ["thread.localhost", "evil.example.com", "", "localhost"])
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_pages_answer_first_on_any_host(path: str, host: str, db: None) -> None:
    assert Client().get(path, HTTP_HOST=host).json()["ok"] is True


def test_being_alive_does_not_ask_the_database(django_assert_num_queries) -> None:
    assert Client().get("/healthz", HTTP_HOST="x").status_code == 200


def test_a_second_language_lives_under_its_prefix_and_links_keep_it(browse, store: Store) -> None:
    Store.objects.update(languages=["en", "he"])
    plain, hebrew = browse(store).get("/"), browse(store).get("/he/")
    assert 'lang="en" dir="ltr"' in plain.content.decode()
    assert 'lang="he" dir="rtl"' in hebrew.content.decode()
    assert 'href="/he/shelf/"' in hebrew.content.decode()


def test_the_prefix_does_not_leak_into_the_next_request(browse, store: Store) -> None:
    Store.objects.update(languages=["he"])
    browse(store).get("/he/")
    assert 'href="/shelf/"' in browse(store).get("/").content.decode()


def test_a_language_the_store_does_not_speak_is_no_page(browse, store: Store) -> None:
    assert browse(store).get("/he/").status_code == 404


def test_the_browsers_language_is_never_read_on_a_storefront(browse, store: Store) -> None:
    answer = browse(store).get("/", HTTP_ACCEPT_LANGUAGE="he")
    assert answer.headers["Content-Language"] == "en"


def test_a_session_carried_to_another_store_is_nobodys(
    browse, store: Store, other_store: Store, alice
) -> None:
    at_thread = browse(store, alice)
    assert at_thread.get("/admin/").status_code == 200
    at_crumb = browse(other_store)
    at_crumb.cookies = deepcopy(at_thread.cookies)
    assert at_crumb.get("/account/").status_code == 302
    assert at_crumb.get("/admin/").status_code in {302, 404}
    assert at_thread.get("/admin/").status_code == 200


def test_cookies_are_of_one_host_only_and_unread_by_scripts(browse, store: Store) -> None:
    client = browse(store)
    client.get("/sign-in/")
    client.post("/sign-in/", {"email": "charlie@example.com"})
    assert client.cookies
    for cookie in client.cookies.values():
        assert not cookie["domain"]
        assert cookie["samesite"] == "Lax"


def test_a_product_of_another_store_is_no_page_here(
    browse, store: Store, other_store: Store
) -> None:
    with store_scope(other_store):
        make_product(title="Danas Bread", slug="danas-bread")
        assert Product.objects.count() == 1
    assert browse(other_store).get("/p/danas-bread/").status_code == 200
    assert browse(store).get("/p/danas-bread/").status_code == 404
