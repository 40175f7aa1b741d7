"""From the platform's front page to a sold book: every press and every field is counted."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from payments.models import Order
from products.models import Product
from stores.models import Store
from stores.scope import store_scope
from tests.content.files import SAMPLES, epub
from tests.journeys.buying import agree, pay, send_the_order, to_the_checkout
from tests.journeys.conftest import PHONE, World, assert_sound

pytestmark = [pytest.mark.django_db, pytest.mark.browser, pytest.mark.timeout(300)]

MOST_CLICKS, MOST_FIELDS = 25, 20


@dataclass
class Hand:
    """A creator's hand: it presses and fills, and counts both."""

    page: Page
    clicks: list[str] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)

    def click(self, selector: str) -> None:
        """Press one thing."""
        self.clicks.append(selector)
        self.page.locator(selector).first.click()

    def fill(self, name: str, value: str) -> None:
        """Write into one field."""
        self.fields.append(name)
        self.page.fill(f"main [name={name}]", value)

    def choose(self, name: str, value: str) -> None:
        """Choose in one list."""
        self.fields.append(name)
        self.page.select_option(f"main select[name={name}]", value)

    def give(self, name: str, path: Path) -> None:
        """Choose one file."""
        self.fields.append(name)
        self.page.set_input_files(f"main [name={name}]", path)

    def save_step(self, key: str) -> None:
        """Press the one button of the step that stands open on Today, and see it tick itself."""
        self.click(f"#step-{key} .step-form button")
        self.page.wait_for_url(re.compile(r"/admin/#first-steps"))
        expect(self.page.locator(f"#step-{key}")).to_have_class("done")


@dataclass(frozen=True)
class Creator:
    """Who opens which store."""

    language: str
    name: str
    label: str
    store: str
    email: str
    line: str
    title: str
    slug: str


ENGLISH = Creator(
    "en", "Gil", "paper-boats-2", "Paper Boats", "gil2@example.com",
    "Fold a boat that floats", "Ten boats that float", "ten-boats-that-float",
)  # fmt: skip
HEBREW = Creator(
    "he", "גיל", "sirot-neyar", "סירות נייר", "gil-he@example.com",
    "לקפל סירה שצפה", "עשר סירות שצפות", "עשר-סירות-שצפות",
)  # fmt: skip


@pytest.mark.parametrize("creator", [ENGLISH, HEBREW], ids=["english", "hebrew"])
def test_from_the_front_page_to_a_sold_book(
    world: World, tmp_path: Path, creator: Creator, capsys: pytest.CaptureFixture[str]
) -> None:
    locale = {"en": "en-US", "he": "he-IL"}[creator.language]
    page = world.person(viewport=PHONE, locale=locale).new_page()
    hand = Hand(page)
    open_the_store(world, hand, creator)
    first_steps(hand, creator, tmp_path)
    try_it(world, hand, creator)
    put_on_sale(hand, creator)

    stranger = world.person(viewport=PHONE, locale=locale).new_page()
    to_the_checkout(
        stranger, world, creator.label, creator.slug, f"buyer-{creator.label}@example.com"
    )
    send_the_order(stranger)
    pay(stranger)
    stranger.wait_for_url(re.compile("/return/"))
    with store_scope(Store.objects.get(name=creator.store)):
        sold = Order.objects.sales().get()
        assert sold.status == Order.Status.PAID
        assert Order.objects.filter(is_test=True).count() == 1
    with capsys.disabled():
        print(f"\n{creator.language}: {len(hand.clicks)} clicks, {len(hand.fields)} fields")
    assert len(hand.clicks) <= MOST_CLICKS, hand.clicks
    assert len(hand.fields) <= MOST_FIELDS, hand.fields


def open_the_store(world: World, hand: Hand, creator: Creator) -> None:
    """From the front page, by one form and one code, into the workroom."""
    page = hand.page
    page.goto(world.at("", "/"))
    assert_sound(page)
    if page.get_attribute("html", "lang") != creator.language:
        hand.click(f"footer button[value={creator.language}]")
        page.locator(f"html[lang={creator.language}]").wait_for()
    hand.click("main a.btn")
    hand.fill("name", creator.store)
    if creator.language == "he":
        hand.fill("label", creator.label)
    else:
        expect(page.locator("[name=label]")).not_to_have_value("")
        hand.fill("label", creator.label)
    hand.fill("email", creator.email)
    hand.fill("owner_name", creator.name)
    hand.click("main form button.wide")
    page.wait_for_url(re.compile("/sign-in/"))
    hand.fill("code", world.code_for(creator.email))
    hand.click("main form:has(input[name=code]) button")
    page.wait_for_url(re.compile(rf"{creator.label}\.localhost.*/admin/"))
    assert_sound(page)


def first_steps(hand: Hand, creator: Creator, room: Path) -> None:
    """Name it, begin the book, put it in, price it, say who sells; on Today alone."""
    hand.fill("tagline", creator.line)
    hand.save_step("business")
    hand.fill("title", creator.title)
    hand.click("main [name=format][value=ebook]")
    hand.save_step("product")
    hand.give("book_file", a_book(creator, room))
    hand.save_step("content")
    hand.fill("amount_text", "49")
    hand.save_step("price")
    if creator.language == "en":
        hand.choose("country", "US")
    else:
        hand.fill("tax_id", "123456782")
    hand.fill("address", "1 Harbour Road")
    hand.fill("city", "Haifa")
    hand.save_step("seller")
    expect(hand.page.locator("#step-ways")).to_have_class("done")
    assert_sound(hand.page)


def a_book(creator: Creator, room: Path) -> Path:
    """Return a real book where the machine has them, and else a small one."""
    real = sorted(SAMPLES.glob(f"*-{creator.language}.epub")) if SAMPLES.is_dir() else []
    if real:
        return real[0]
    return epub(room / "boats.epub")


def try_it(world: World, hand: Hand, creator: Creator) -> None:
    """Walk through the own till: a draft is bought, and nothing is paid."""
    hand.click("#step-test .line-acts a")
    hand.page.wait_for_url(re.compile("/buy/"))
    assert_sound(hand.page)
    for box in hand.page.locator("#buy input[type=checkbox][required]").all():
        hand.clicks.append("consent")
        box.check()
    hand.click("#pay button[name=test]")
    hand.page.wait_for_url(re.compile("/return/"))
    hand.click(".notice a[href$='/admin/']")
    hand.page.wait_for_url(re.compile("/admin/"))
    expect(hand.page.locator("#step-test")).to_have_class("done")


def put_on_sale(hand: Hand, creator: Creator) -> None:
    """Put it on sale, arrive at what to share it with, and see the list end."""
    hand.click("#step-publish .step-form button")
    hand.page.wait_for_url(re.compile("/share/"))
    assert_sound(hand.page)
    expect(hand.page.locator("#whatsapp-text")).to_contain_text("from=whatsapp")
    home = hand.page.locator(".store-name").get_attribute("href")
    assert home
    hand.click(".store-name")
    expect(hand.page.locator(".first-steps")).to_be_visible()
    hand.click(".first-steps > form button")
    expect(hand.page.locator(".first-steps")).to_have_count(0)


def test_where_a_link_was_put_arrives_with_the_order(world: World) -> None:
    page = world.person(viewport=PHONE).new_page()
    page.goto(world.at("crumb", "/?from=whatsapp"))
    page.goto(world.at("crumb", "/p/the-first-loaf/?from=elsewhere"))
    page.click("main a.btn[href*='/buy/']")
    page.fill("input[name=email]", "from@example.com")
    page.fill("input[name=name]", "Charlie")
    agree(page)
    send_the_order(page)
    pay(page)
    page.wait_for_url(re.compile("/return/"))
    with store_scope(world.stores["crumb"]):
        assert Order.objects.get(email="from@example.com").source == "whatsapp"


def test_a_step_is_put_aside_and_taken_up_without_a_script(
    world: World,
) -> None:
    page = world.person(viewport=PHONE, java_script_enabled=False).new_page()
    world.sign_in(page, "crumb", "dana@example.com")
    page.goto(world.at("crumb", "/admin/"))
    page.click("#step-business .linklike")
    expect(page.locator("#step-business")).to_have_class("put-aside")
    page.click("#step-business .line-acts button")
    expect(page.locator("#step-business")).to_have_class("next")


def test_the_chooser_answers_and_begins_a_draft(world: World) -> None:
    page = world.person(viewport=PHONE).new_page()
    world.sign_in(page, "crumb", "dana@example.com")
    page.goto(world.at("crumb", "/admin/products/which/"))
    assert_sound(page)
    for name, value in (
        ("income", "no"),
        ("authority", "yes"),
        ("technology", "little"),
        ("helpers", "no"),
    ):
        page.check(f"[name={name}][value={value}]")
    page.check("[name=has][value=text]")
    page.click(".which button[type=submit]")
    page.wait_for_url(re.compile("/which/answer/"))
    assert_sound(page)
    page.click(".ranked li:first-child button")
    page.wait_for_url(re.compile("/change/"))
    assert_sound(page)
    with store_scope(world.stores["crumb"]):
        draft = Product.objects.order_by("-pk")[0]
        assert draft.status == Product.Status.DRAFT
        assert draft.plan.outline
        assert draft.prices.get().currency == "USD"
