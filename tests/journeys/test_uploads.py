"""A creator sends a book from a phone whose network comes and goes."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page

from content.models import Asset, Upload
from content.services.uploads import checking
from content.views import policies
from core import clock
from core.storages import s3_storages
from ebooks.models import Ebook
from stores.admin import door
from stores.scope import store_scope
from tests.content.bucket import bucket_for_browsers, documented_rules
from tests.content.files import epub, opf
from tests.journeys.conftest import PHONE, World, assert_sound

pytestmark = [pytest.mark.django_db, pytest.mark.browser, pytest.mark.timeout(300)]

ADD = "/admin/ebooks/ebook/add/"
PART = 5 * 1024 * 1024
FORM = ".upload:has([name=epub_file])"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """An EPUB of three parts; what makes it large does not pack, and is no part of the book."""
    return epub(
        tmp_path / "ספר התפרים.epub",
        {"E/rest": os.urandom(2 * PART + PART // 2)},
        opf=opf(title="ספר התפרים"),
    )


@pytest.fixture
def phone(world: World) -> Iterator[BrowserContext]:
    """Alice's phone, signed in; no file of another test waits."""
    with store_scope(world.stores["thread"]):
        Upload.objects.all().delete()
    context = world.person(viewport=PHONE, locale="he-IL", has_touch=True)
    world.sign_in(context.new_page(), "thread", "alice@example.com")
    return context


class Line:
    """The network between a page and us: it counts what is put, and can be cut after a part."""

    def __init__(self, page: Page) -> None:
        self.put: list[int] = []
        self.is_cut_after: int | None = None
        page.route(re.compile("/bytes/$"), self._pass)

    def _pass(self, route: Any) -> None:
        number = int(route.request.url.split("/")[-3])
        if self.is_cut_after is not None and number > self.is_cut_after:
            route.abort("connectionfailed")
            return
        self.put.append(number)
        route.continue_()


def form_of(world: World, context: BrowserContext) -> tuple[Page, Locator, Line]:
    page = context.new_page()
    line = Line(page)
    page.goto(world.at("thread", ADD))
    return page, page.locator(FORM), line


def until(world: World, field: Locator, state: str) -> None:
    """Wait for a state of the field, judging what arrives meanwhile as the workers would."""
    for _ in range(240):
        if field.get_attribute("data-state") == state:
            return
        with store_scope(world.stores["thread"]):
            checking.check_next(clock.now())
        field.page.wait_for_timeout(250)
    pytest.fail(f"{field.get_attribute('data-state')}: {field.inner_text()}")


def shot(page: Page, name: str) -> None:
    """Keep a picture of the page, where somebody wants to look at it."""
    folder = os.environ.get("PICTURES")
    if folder:
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def test_a_line_that_breaks_in_the_middle_costs_nothing_that_was_sent(
    world: World, phone: BrowserContext, book: Path
) -> None:
    page, field, line = form_of(world, phone)
    line.is_cut_after = 1
    page.set_input_files("[name=epub_file]", book)
    until(world, field, "offline")
    page.wait_for_function(f"document.querySelector('{FORM} [data-upload-bar]').value >= 0.39")
    shot(page, "offline")
    assert_sound(page)

    line.is_cut_after = None
    phone.set_offline(True)
    phone.set_offline(False)  # the phone says that it is back: nobody waits for the next try
    until(world, field, "ready")

    assert sorted(line.put) == [1, 2, 3]
    shot(page, "ready")
    assert_sound(page)
    page.fill("[name=prices-0-amount_text]", "49")
    page.click(".save-row button")
    page.wait_for_url(re.compile(r"/ebook/\d+/change/"))
    with store_scope(world.stores["thread"]):
        assert Asset.objects.order_by("-id").first().original_name == "ספר התפרים.epub"


def test_a_closed_tab_is_gone_on_with_by_choosing_the_file_again(
    world: World, phone: BrowserContext, book: Path
) -> None:
    page, field, line = form_of(world, phone)
    line.is_cut_after = 2
    page.set_input_files("[name=epub_file]", book)
    until(world, field, "offline")
    page.click(f"{FORM} [data-upload-pause]")
    until(world, field, "paused")
    shot(page, "paused")
    page.close()

    page, field, line = form_of(world, phone)
    until(world, field, "begun")
    shot(page, "begun")
    assert_sound(page)
    page.set_input_files("[name=epub_file]", book)
    until(world, field, "ready")

    assert line.put == [3]


def test_pause_and_go_on_by_keyboard_and_save_waits(
    world: World, phone: BrowserContext, book: Path
) -> None:
    page, field, line = form_of(world, phone)
    line.is_cut_after = 0
    page.set_input_files("[name=epub_file]", book)
    until(world, field, "offline")
    page.focus(f"{FORM} [data-upload-pause]")
    page.keyboard.press("Enter")
    assert field.get_attribute("data-state") == "paused"
    assert page.evaluate("document.activeElement.hasAttribute('data-upload-on')")

    line.is_cut_after = None
    page.keyboard.press("Enter")
    page.fill("[name=prices-0-amount_text]", "49")
    page.click(".save-row button")
    for _ in range(240):
        if "/change/" in page.url:
            break
        with store_scope(world.stores["thread"]):
            checking.check_next(clock.now())
        page.wait_for_timeout(250)

    assert "/change/" in page.url
    with store_scope(world.stores["thread"]):
        assert Ebook.objects.order_by("-pk").first().title == "ספר התפרים"


def test_a_refusal_stands_at_its_field_and_several_files_come_at_once(
    world: World, phone: BrowserContext, book: Path, tmp_path: Path
) -> None:
    page, field, _line = form_of(world, phone)
    wrong = tmp_path / "program.pdf"
    wrong.write_bytes(b"MZ\x90\x00")
    picture = tmp_path / "cover.svg"
    picture.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    page.set_input_files("[name=pdf_file]", wrong)
    page.set_input_files("[name=cover_file]", picture)
    page.set_input_files("[name=epub_file]", book)

    until(world, field, "ready")
    until(world, page.locator(".upload:has([name=pdf_file])"), "refused")
    until(world, page.locator(".upload:has([name=cover_file])"), "refused")
    shot(page, "refused")
    assert_sound(page)
    assert "זו תוכנה" in page.locator(".upload:has([name=pdf_file])").inner_text()


@pytest.fixture
def far(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Private files in a bucket, with the CORS rules that the documentation gives it."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with bucket_for_browsers(documented_rules()) as bucket:
        settings.STORAGE_URL = bucket.url
        private = s3_storages(bucket.url)["private"]
        settings.STORAGES = settings.STORAGES | {"private": private}
        for policy in (door._CONNECT, policies._MORE["connect-src"]):  # read with the settings
            policy.append(bucket.origin)
        yield bucket
        for policy in (door._CONNECT, policies._MORE["connect-src"]):
            policy.remove(bucket.origin)


def test_parts_go_straight_to_a_bucket_and_come_back_into_the_reader(
    world: World, phone: BrowserContext, far: Any, book: Path
) -> None:
    page = phone.new_page()
    page.goto(world.at("thread", ADD))
    page.set_input_files("[name=epub_file]", book)
    until(world, page.locator(FORM), "ready")
    put = [origin for method, origin in far.asked if method == "PUT" and origin]
    assert put == [world.at("thread")[:-1]] * 3
    page.fill("[name=prices-0-amount_text]", "49")
    page.click(".save-row button")
    page.wait_for_url(re.compile(r"/ebook/\d+/change/"))
    with store_scope(world.stores["thread"]):
        part = Asset.objects.order_by("-id").first().part.public_id
    page.goto(world.at("thread", f"/read/{part}/"))
    page.wait_for_selector("html[data-reader=ready]")
    assert [method for method, origin in far.asked if method == "GET" and origin]


def test_a_bucket_that_lets_nobody_in_is_told_of_and_costs_no_part(
    world: World, phone: BrowserContext, far: Any, book: Path
) -> None:
    rules, far.rules = far.rules, []
    page = phone.new_page()
    page.goto(world.at("thread", ADD))
    page.set_input_files("[name=epub_file]", book)
    until(world, page.locator(FORM), "offline")
    far.rules = rules
    until(world, page.locator(FORM), "ready")
