"""The pages for what went wrong."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.views.defaults import permission_denied, server_error

from stores.models import Store


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


@pytest.mark.parametrize("name", ["400.html", "500.html"])
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
