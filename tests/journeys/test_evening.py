"""A creator's evening: from a file to a book on sale, and its sample in a stranger's hands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from content.models import Upload
from content.services.excerpts import making
from content.services.uploads import checking
from core import clock
from ebooks.models import Ebook
from products.models import Product
from stores.scope import store_scope
from tests.content.excerpts.books import three_chapters
from tests.journeys.conftest import DESK, PHONE, World, assert_sound
from tests.journeys.test_uploads import shot

pytestmark = [pytest.mark.django_db, pytest.mark.browser, pytest.mark.timeout(300)]

MOST_CLICKS, MOST_FIELDS = 12, 6


class Hand:
    """What alice does on a page, counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = self.fields = 0

    def click(self, what: str) -> None:
        self.clicks += 1
        self.page.locator(what).first.click()

    def choose(self, name: str, path: Path) -> None:
        self.clicks += 1
        self.fields += 1
        self.page.set_input_files(f"[name={name}]", path)

    def fill(self, name: str, text: str) -> None:
        self.fields += 1
        self.page.fill(f"[name={name}]", text)


@pytest.fixture
def alice(world: World) -> Iterator[BrowserContext]:
    with store_scope(world.stores["thread"]):
        Upload.objects.all().delete()
    context = world.person(viewport=PHONE, locale="he-IL", has_touch=True)
    world.sign_in(context.new_page(), "thread", "alice@example.com")
    return context


def arrived(world: World, page: Page) -> None:
    """Let the workers judge what came, until the form knows of it."""
    field = page.locator(".upload:has([name=epub_file])")
    for _ in range(240):
        if field.get_attribute("data-state") == "ready":
            return
        with store_scope(world.stores["thread"]):
            checking.check_next(clock.now())
        page.wait_for_timeout(250)
    pytest.fail(field.inner_text())


def make_samples(world: World) -> None:
    with store_scope(world.stores["thread"]):
        making.work_due(clock.now(), most=5)


def test_from_a_file_to_a_book_on_sale_in_one_evening(
    world: World, alice: BrowserContext, tmp_path: Path
) -> None:
    page = alice.new_page()
    hand = Hand(page)
    page.goto(world.at("thread", "/admin/ebooks/ebook/add/"))
    shot(page, "evening-new")
    assert_sound(page)
    hand.choose("epub_file", three_chapters(tmp_path / "evening.epub"))
    arrived(world, page)
    expect(page.locator("[name=title]")).to_have_value("Three chapters")
    expect(page.locator("[name=maker]")).to_have_value("Alice")
    expect(page.locator("[name=language]")).to_have_value("en")
    hand.fill("prices-0-amount_text", "49")
    hand.click(".save-row button")
    page.wait_for_url(re.compile(r"/ebook/\d+/change/"))
    hand.click("nav.tabs a[href$='/content/']")
    hand.click("[name=sample_chapters]")
    hand.click(".save-row button")
    page.wait_for_load_state()
    make_samples(world)
    shot(page, "evening-draft")
    assert_sound(page)
    hand.click(".head a.btn")
    hand.click("form.confirm button[type=submit]")
    page.wait_for_url(re.compile(r"/ebook/\d+/change/"))

    with store_scope(world.stores["thread"]):
        book = Ebook.objects.get(title="Three chapters")
        assert book.status == Product.Status.PUBLISHED
        assert book.prices.get().amount == 4900
        assert book.parts.previews().published().count() == 1
    assert (hand.clicks, hand.fields) <= (MOST_CLICKS, MOST_FIELDS)
    assert hand.clicks <= MOST_CLICKS
    assert hand.fields <= MOST_FIELDS


def test_what_was_typed_is_not_overwritten_by_the_file(
    world: World, alice: BrowserContext, tmp_path: Path
) -> None:
    page = alice.new_page()
    page.goto(world.at("thread", "/admin/ebooks/ebook/add/"))
    page.locator("[name=title]").press_sequentially("שלי")
    page.set_input_files("[name=epub_file]", three_chapters(tmp_path / "typed.epub"))
    arrived(world, page)

    expect(page.locator("[name=maker]")).to_have_value("Alice")
    expect(page.locator("[name=title]")).to_have_value("שלי")


def test_covers_to_choose_from_and_the_numbers_are_sound(
    world: World, alice: BrowserContext
) -> None:
    with store_scope(world.stores["thread"]):
        book = Ebook.objects.filter(status=Product.Status.PUBLISHED).order_by("pk").first()
        assert book is not None
    page = alice.new_page()
    for end in ("cover", "numbers"):
        for size in (PHONE, DESK):
            page.set_viewport_size(size)  # type: ignore[arg-type]  # a width and a height
            page.goto(world.at("thread", f"/admin/ebooks/ebook/{book.pk}/{end}/"))
            page.wait_for_load_state("networkidle")
            shot(page, f"evening-{end}-{size['width']}")
            assert_sound(page)


def test_a_stranger_reads_the_sample_to_its_end_and_asks_for_it_by_mail(world: World) -> None:
    person = world.person(viewport=PHONE, locale="he-IL")
    page = person.new_page()
    page.goto(world.at("thread", "/p/התפר-הראשון/"))
    page.locator(".outline a").first.click()
    page.wait_for_selector("html[data-reader=ready]")
    panel = page.locator("#sample-end")
    expect(panel).to_be_hidden()
    page.locator("#along").evaluate(
        "slider => { slider.value = 1; slider.dispatchEvent(new Event('change')) }"
    )
    expect(panel).to_be_visible()
    shot(page, "evening-sample-end")
    assert_sound(page)
    panel.locator("a.btn").click()
    expect(page.locator("a[href*='/buy/']").first).to_be_visible()  # it has several prices

    page.goto(world.at("thread", "/p/התפר-הראשון/"))
    page.locator("a[href$='/sample/']").click()
    shot(page, "evening-by-mail")
    assert_sound(page)
    page.fill("[name=email]", "reader@example.com")
    page.check("[name=wants_news]")
    page.locator("main form button").click()
    assert_sound(page)
    (message,) = world.mails("reader@example.com")
    found = re.search(r"http://\S+/sample/\S+", message.body)
    assert found
    page.goto(found[0])
    shot(page, "evening-from-mail")
    assert_sound(page)
    page.locator("main form button").click()
    expect(page.locator("[role=status]")).to_be_visible()
