"""A page is built of blocks, seen while it is typed, published, and brings a reader in."""

from __future__ import annotations

import io
import re
from itertools import combinations

import pytest
from PIL import Image, ImageChops, ImageStat
from playwright.sync_api import Page as Browser
from playwright.sync_api import expect

from access.models import Access
from core import clock
from products.models import Product
from storefront.models import MailingList, Page
from storefront.services.pages.drafts import new_block
from storefront.services.pages.making import create_page
from storefront.services.pages.showing import draft_blocks, published_blocks
from stores.scope import store_scope
from tests.journeys.buying import tab_to
from tests.journeys.conftest import PHONE, World, assert_sound

pytestmark = [pytest.mark.django_db, pytest.mark.browser, pytest.mark.timeout(120)]
OWNERS = {"thread": "alice@example.com", "crumb": "dana@example.com"}
WORDS = {
    "thread": {"title": "ערב של תפירה", "heading": "תיק אחד, ערב אחד", "quote": "לאט זה מהר."},
    "crumb": {"title": "One evening", "heading": "One loaf, one evening", "quote": "Slow is fast."},
}


def page_of(world: World, label: str) -> Page:
    with store_scope(world.stores[label]):
        found: Page = Page.objects.get(title=WORDS[label]["title"])
        return found


def kinds(world: World, label: str) -> list[str]:
    """The kinds of the draft's blocks, in order."""
    with store_scope(world.stores[label]):
        return [each["key"] for each in draft_blocks(page_of(world, label))]


def is_saved(desk: Browser) -> None:
    """Wait until all that was typed is kept."""
    expect(desk.locator("[data-state]")).to_have_text(re.compile("Saved in the draft|נשמר בטיוטה"))


def row_of(desk: Browser, sketch: str) -> str:
    """Where a block of a kind stands in the list."""
    return f".block-row:has(.sketch-{sketch})"


def add_a_quote(desk: Browser, words: str) -> None:
    desk.click("[data-adding] > summary")
    desk.click("[data-add=quote] button")
    desk.locator(f"{row_of(desk, 'quote')} [name=text]").fill(words)
    is_saved(desk)


@pytest.mark.parametrize("label", ["thread", "crumb"])
def test_a_landing_page_is_built_published_and_brings_a_reader_in(
    world: World, label: str
) -> None:
    words, email = WORDS[label], f"joins-{label}@example.com"
    with store_scope(world.stores[label]):
        listed = MailingList.objects.create(title="News")
        gift = Product.objects.listed().filter(prices__kind="free").earliest("pk")
    desk = world.person().new_page()
    world.sign_in(desk, label, OWNERS[label])
    desk.goto(world.at(label, "/admin/storefront/page/add/"))
    desk.fill("input[name=title]", words["title"])
    desk.check("input[name=kind][value=landing]")
    desk.click("main form button[type=submit]")
    desk.wait_for_url(re.compile(r"/blocks/"))

    # The opening, by keyboard: the page beside it changes while it is typed.
    preview = desk.frame_locator("iframe[data-preview]")
    expect(preview.locator("main")).to_be_visible()
    tab_to(desk, f"{row_of(desk, 'hero')} [data-open]")
    desk.keyboard.press("Enter")
    expect(desk.locator("[data-panel] [name=heading]")).to_be_focused()
    desk.keyboard.press("Control+a")
    desk.keyboard.type(words["heading"])
    expect(preview.locator("h1")).to_have_text(words["heading"])
    assert desk.locator(".editor-preview").bounding_box() is not None
    is_saved(desk)
    assert_sound(desk)

    # One block more; moved up by keyboard, and to the top of the page by drag.
    add_a_quote(desk, words["quote"])
    expect(preview.locator("blockquote")).to_contain_text(words["quote"])
    before = kinds(world, label)
    quote = desk.locator(row_of(desk, "quote"))
    desk.locator(f"{row_of(desk, 'quote')} [data-close]").click()
    quote.locator("[data-act=up] button").focus()
    desk.keyboard.press("Enter")
    expect(desk.locator("[data-said]")).to_have_text(re.compile(r"\d"))
    at = before.index("quote")
    assert kinds(world, label) == [
        *(*before[: at - 1], "quote"),
        *(before[at - 1], *before[at + 1 :]),
    ]
    expect(quote.locator("[data-act=up] button")).to_be_focused()
    with desk.expect_response(re.compile("/order/")):
        quote.locator("[data-handle]").drag_to(desk.locator(row_of(desk, "hero")))
    expect(desk.locator(".block-row").first).to_contain_text(words["quote"])
    assert kinds(world, label)[0] == "quote"

    # The form asks for an address and gives a gift.
    desk.locator(f"{row_of(desk, 'signup')} [data-open]").click()
    form = desk.locator(row_of(desk, "signup"))
    form.locator("[name=heading]").fill("Where to?")
    form.locator("[name=button]").fill("Send it")
    form.locator("[name=list]").select_option(str(listed.pk))
    form.locator("[name=gift]").select_option(gift.public_id)
    form.locator("[data-save]").click()
    is_saved(desk)
    desk.reload()
    expect(desk.locator(".block-row").first).to_contain_text(words["quote"])
    visitor = world.person(viewport=PHONE).new_page()
    hidden = visitor.goto(world.at(label, f"/pages/{page_of(world, label).slug}/"))
    assert hidden is not None
    assert hidden.status == 404

    desk.click(".head a.btn")
    desk.click("form.confirm button[type=submit]")
    desk.wait_for_load_state()
    with store_scope(world.stores[label]):
        page = page_of(world, label)
        assert published_blocks(page) == draft_blocks(page)

    # A visitor on a phone reads it, types an address, says yes in the mail, and has the gift.
    visitor.goto(world.at(label, f"/pages/{page.slug}/"))
    expect(visitor.locator("h1")).to_have_text(words["heading"])
    assert_sound(visitor)
    visitor.fill("input[name=email]", email)
    visitor.check("input[name=wants_news]")
    visitor.click("main form .btn")
    expect(visitor.locator("main")).to_contain_text(email)
    with store_scope(world.stores[label]):
        assert not Access.objects.filter(customer__user__email=email).exists()
    link = re.search(r"http://\S+/join/\S+", world.mails(email)[0].body)
    assert link is not None
    visitor.goto(link.group())
    visitor.click("main form .btn")
    visitor.click("main form[action*='/gift/'] .btn")
    visitor.wait_for_url(re.compile("/read/"))
    with store_scope(world.stores[label]):
        assert Access.objects.live(clock.now()).filter(customer__user__email=email).exists()
        assert page.sign_ups.standing().count() == 1


def test_on_a_phone_a_button_leads_from_the_blocks_to_the_page_and_back(world: World) -> None:
    label = "thread"
    with store_scope(world.stores[label]):
        opening = new_block("hero", {"heading": "ככה תופרים"})
        about = create_page(
            Page.Kind.ABOUT, title="מי אני", language="he", now=clock.now(), blocks=[opening]
        )
    desk = world.person(viewport=PHONE, color_scheme="dark").new_page()
    world.sign_in(desk, label, OWNERS[label])
    desk.goto(world.at(label, f"/admin/storefront/page/{about.pk}/blocks/"))
    desk.locator("[data-open]").first.click()
    heading = desk.locator("[data-panel] [name=heading]")
    heading.fill("כותרת אחרת")
    assert_sound(desk)
    desk.click("[data-go=preview]")
    expect(desk.frame_locator("iframe[data-preview]").locator("h1")).to_have_text("כותרת אחרת")
    expect(heading).to_be_hidden()
    assert_sound(desk)
    desk.click("[data-go=blocks]")
    expect(heading).to_have_value("כותרת אחרת")
    is_saved(desk)


def test_without_any_colour_the_seven_objects_are_told_apart(world: World) -> None:
    """Each has a shape of its own: in grey, at one size, no two pictures of them are alike."""
    desk = world.person().new_page()
    world.sign_in(desk, "crumb", OWNERS["crumb"])
    desk.goto(world.at("crumb", "/admin/stores/look/pattern/"))
    assert_sound(desk)
    drawn = {}
    for each in desk.locator(".specimens >> nth=0").locator(".thing").all():
        shot = Image.open(io.BytesIO(each.screenshot())).convert("L")
        drawn[each.get_attribute("data-kind")] = shot.resize((32, 32))
    assert len(drawn) == 8
    for one, other in combinations(drawn, 2):
        differ = ImageStat.Stat(ImageChops.difference(drawn[one], drawn[other])).mean[0]
        assert differ > 6, (one, other, differ)
