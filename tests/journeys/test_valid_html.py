"""W3C's checker finds no error in any page type, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Request

from tests.journeys.conftest import World, product_at
from tests.journeys.test_every_page_is_sound import own_pages, shop_pages
from tests.plugins.markup import markup_errors

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.browser,
    pytest.mark.java,
    pytest.mark.timeout(400),
]

SHOPS = [
    ("thread", "התפר-הראשון", ""),
    ("thread", "התפר-הראשון", "/en"),
    ("crumb", "the-first-loaf", ""),
]


def read(person: BrowserContext, addresses: list[str]) -> dict[str, str]:
    """Return each page as it was sent; nothing else is fetched."""
    page = person.new_page()
    page.route("**/*", lambda way: way.continue_() if is_page(way.request) else way.abort())
    found = {}
    for address in addresses:
        answer = page.goto(address, wait_until="commit")
        assert answer is not None
        found[answer.url] = answer.text()
    return found


def is_page(request: Request) -> bool:
    return request.resource_type == "document"


def test_no_page_of_the_shop_has_an_error(world: World, tmp_path: Path) -> None:
    visitor = world.person()
    addresses = [each for shop in SHOPS for each in shop_pages(world, *shop)]
    pages = read(visitor, [*addresses, world.at(""), world.at("", "/start/")])
    assert len(pages) > len(SHOPS)
    errors = markup_errors(pages, tmp_path)
    assert not errors, "\n".join(errors)


def test_no_page_of_customers_or_creators_has_an_error(world: World, tmp_path: Path) -> None:
    person = world.person()
    world.sign_in(person.new_page(), "thread", "alice@example.com")
    paths = own_pages(world, product_at(world, "thread", "התפר-הראשון"))
    addresses = [world.at("thread", lead + path) for lead in ("", "/en") for path in paths]
    pages = read(person, addresses)
    assert len(pages) > len(paths)
    errors = markup_errors(pages, tmp_path)
    assert not errors, "\n".join(errors)
