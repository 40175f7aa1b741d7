"""The pages for what went wrong."""

from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import OperationalError
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.views.defaults import permission_denied

from stores.models import Store
from stores.sorry import server_error


def test_a_lost_visitor_is_told_in_the_stores_own_look(store: Store, browse: Any) -> None:
    response = browse(store).get("/no/such/page/")
    assert response.status_code == 404
    assert "There is no such page" in response.content.decode()
    assert "/theme/" in response.content.decode()


def test_a_lost_visitor_of_a_hebrew_store_is_told_in_hebrew(store: Store, browse: Any) -> None:
    Store.objects.update(language="he")
    assert "אין עמוד כזה" in browse(store).get("/no/such/page/").content.decode()


def test_a_lost_visitor_is_never_led_to_another_host(store: Store, browse: Any) -> None:
    Store.objects.update(languages=["en"], language="he")
    shown = browse(store).get("/", PATH_INFO="/en//evil.example/?#").content.decode()
    assert 'href="//evil' not in shown
    assert 'href="/evil.example/%3F%23"' in shown


def test_the_platform_has_its_own_page(db: None, browse: Any) -> None:
    response = browse(None).get("/no/such/page/")
    assert response.status_code == 404
    assert "There is no such page" in response.content.decode()


@pytest.mark.parametrize("name", ["400.html", "500.html", "503.html"])
def test_the_last_resort_needs_nothing_that_could_be_broken(name: str) -> None:
    shown = render_to_string(name)
    assert 'lang="he"' in shown
    text = (Path(settings.BASE_DIR) / "templates" / name).read_text()
    assert "{%" not in text
    assert "{{" not in text


def test_a_broken_page_answers_without_asking_for_anything() -> None:
    response = server_error(RequestFactory().get("/"))
    assert response.status_code == 500
    assert b"Something broke on our side" in response.content


def test_a_closed_door_has_a_page(in_store: Store) -> None:
    request = RequestFactory().get("/")
    request.store = in_store
    assert permission_denied(request, PermissionError()).status_code == 403


@pytest.fixture
def broken(store: Store, browse: Any) -> Any:
    """A page whose view breaks in this way, for a browser that shows what a visitor gets."""

    def ask(error: Exception, where: str = "storefront.views.home.window") -> Any:
        with patch(where, side_effect=error):
            return browse(store, raise_request_exception=False).get("/")

    return ask


def test_what_breaks_is_told_in_the_stores_look_with_its_number(broken: Any, store: Store) -> None:
    answer = broken(ValueError("secret"))
    page = answer.content.decode()
    assert answer.status_code == 500
    assert "/theme/" in page
    assert store.name in page
    assert answer["X-Request-ID"] in page
    assert "secret" not in page
    assert answer["X-Frame-Options"] == "DENY"


def test_it_is_told_in_the_stores_language(broken: Any, store: Store) -> None:
    Store.objects.update(language="he")
    page = broken(ValueError()).content.decode()
    assert 'lang="he" dir="rtl"' in page
    assert "משהו נשבר אצלנו" in page


def test_a_database_that_is_away_is_a_moments_rest_and_no_fault(broken: Any) -> None:
    answer = broken(OperationalError(), "stores.middleware.AT_HOST.first")
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert answer["X-Request-ID"] in answer.content.decode()
    assert 'lang="he"' in answer.content.decode()


def test_the_page_that_says_sorry_asks_the_database_nothing(
    broken: Any, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(3):  # the test's own, whether a copy is kept, whose host it is
        broken(OperationalError())


def test_a_page_that_says_sorry_and_breaks_too_leaves_a_file(broken: Any) -> None:
    with patch("stores.sorry.theme_of", side_effect=ValueError()):
        answer = broken(ValueError())
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.content.decode()


def test_a_request_that_cannot_be_read_is_told_so_in_the_stores_look(broken: Any) -> None:
    answer = broken(SuspiciousOperation("x"))
    assert answer.status_code == 400
    assert "/theme/" in answer.content.decode()


def test_while_it_is_worked_on_every_page_says_so(store: Store, browse: Any, settings: Any) -> None:
    browse(store).get("/")
    settings.MAINTENANCE = True
    for host, path in ((store, "/"), (store, "/admin/"), (None, "/")):
        answer = browse(host).get(path)
        assert (answer.status_code, answer["Cache-Control"]) == (503, "no-store")
    assert browse(store).get("/healthz").status_code == 200


def test_a_lost_visitor_can_tell_the_number_of_the_request(store: Store, browse: Any) -> None:
    answer = browse(store).get("/no/such/page/")
    assert answer["X-Request-ID"] in answer.content.decode()
