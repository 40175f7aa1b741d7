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
        found: Page = Page.objects.filter(title=WORDS[label]["title"]).latest("pk")
        return found


def kinds(world: World, label: str) -> list[str]:
    """The kinds of the draft's blocks, in order."""
    with store_scope(world.stores[label]):
        return [each["key"] for each in draft_blocks(page_of(world, label))]


def is_saved(desk: Browser) -> None:
    """Wait until all that was typed is kept."""
    expect(desk.locator("[data-state]")).to_have_text(re.compile("Saved in the draft|נשמר בטיוטה"))


def row_of(sketch: str) -> str:
    """Where a block of a kind stands in the list."""
    return f".block-row:has(.sketch-{sketch})"


def begin(world: World, label: str) -> Browser:
    """The creator's browser, in the editor of a landing page just begun."""
    desk = world.person().new_page()
    world.sign_in(desk, label, OWNERS[label])
    desk.goto(world.at(label, "/admin/storefront/page/add/"))
    desk.fill("input[name=title]", WORDS[label]["title"])
    desk.check("input[name=kind][value=landing]")
    desk.click("main form button[type=submit]")
    desk.wait_for_url(re.compile(r"/blocks/"))
    return desk


def write_the_opening(desk: Browser, words: str) -> None:
    """By keyboard: the page beside the form changes while it is typed."""
    preview = desk.frame_locator("iframe[data-preview]")
    expect(preview.locator("main")).to_be_visible()
    tab_to(desk, f"{row_of('hero')} [data-open]")
    desk.keyboard.press("Enter")
    expect(desk.locator("[data-panel] [name=heading]")).to_be_focused()
    desk.keyboard.press("Control+a")
    desk.keyboard.type(words)
    expect(preview.locator("h1")).to_have_text(words)
    form, page = (
        desk.locator(each).bounding_box() for each in (".opened [data-panel]", "[data-frame]")
    )
    assert form
    assert page
    assert page["x"] >= form["x"] + form["width"] or page["x"] + page["width"] <= form["x"]
    is_saved(desk)


def add_and_move_a_quote(world: World, label: str, desk: Browser) -> None:
    """After the open block; down by keyboard, and to the top of the page by drag."""
    words = WORDS[label]["quote"]
    desk.click("[data-adding] > summary")
    desk.click("[data-add=quote] button")
    quote = desk.locator(row_of("quote"))
    quote.locator("[name=text]").fill(words)
    is_saved(desk)
    preview = desk.frame_locator("iframe[data-preview]")
    expect(preview.locator("blockquote")).to_contain_text(words)
    assert kinds(world, label) == ["hero", "quote", "features", "signup"]
    quote.locator("[data-close]").click()
    expect(quote.locator("[data-open]")).to_be_focused()
    quote.locator("[data-act=down] button").focus()
    desk.keyboard.press("Enter")
    expect(desk.locator("[data-said]")).to_have_text(re.compile("3"))
    expect(quote.locator("[data-act=down] button")).to_be_focused()
    assert kinds(world, label) == ["hero", "features", "quote", "signup"]
    with desk.expect_response(re.compile("/order/")):
        quote.locator("[data-handle]").drag_to(desk.locator(row_of("hero")))
    expect(desk.locator(".block-row").first).to_contain_text(words)
    assert kinds(world, label)[0] == "quote"


def ask_for_an_address(desk: Browser, listed: MailingList, gift: Product) -> None:
    """The form block: a list, and a gift."""
    form = desk.locator(row_of("signup"))
    form.locator("[data-open]").click()
    form.locator("[name=heading]").fill("Where to?")
    form.locator("[name=button]").fill("Send it")
    form.locator("[name=list]").select_option(str(listed.pk))
    form.locator("[name=gift]").select_option(gift.public_id)
    form.locator("[data-save]").click()
    is_saved(desk)


def join(world: World, label: str, visitor: Browser, email: str) -> None:
    """Type an address, say yes in the mail, and open the gift."""
    visitor.fill("input[name=email]", email)
    visitor.check("input[name=wants_news]")
    visitor.click("main form .btn")
    expect(visitor.locator("main")).to_contain_text(email)
    with store_scope(world.stores[label]):
        assert not Access.objects.filter(customer__user__email=email).exists()
    link = re.search(r"http://\S+?/joined/[^/\s]+/[^/\s]+/", world.mails(email)[0].body)
    assert link is not None
    visitor.goto(link.group())
    visitor.click("main form .btn")
    visitor.click("main form[action*='/gift/'] .btn")
    visitor.wait_for_url(re.compile("/read/"))


@pytest.mark.parametrize("label", ["thread", "crumb"])
def test_a_landing_page_is_built_published_and_brings_a_reader_in(world: World, label: str) -> None:
    with store_scope(world.stores[label]):
        listed, _is_new = MailingList.objects.get_or_create(title="News")
        gift = Product.objects.listed().filter(prices__kind="free").earliest("pk")
    desk = begin(world, label)
    write_the_opening(desk, WORDS[label]["heading"])
    assert_sound(desk)
    add_and_move_a_quote(world, label, desk)
    ask_for_an_address(desk, listed, gift)
    desk.reload()
    expect(desk.locator(".block-row").first).to_contain_text(WORDS[label]["quote"])

    visitor = world.person(viewport=PHONE).new_page()
    there = world.at(label, f"/pages/{page_of(world, label).slug}/")
    before = visitor.goto(there)
    assert before is not None
    assert before.status == 404
    desk.click(".head a.btn")
    desk.click("form.confirm button[type=submit]")
    desk.wait_for_load_state()
    with store_scope(world.stores[label]):
        page = page_of(world, label)
        assert published_blocks(page) == draft_blocks(page)

    visitor.goto(there)
    expect(visitor.locator("main .block")).to_have_count(4)
    expect(visitor.locator("main .block").first).to_contain_text(WORDS[label]["quote"])
    expect(visitor.locator("main")).to_contain_text(WORDS[label]["heading"])
    assert_sound(visitor)
    email = f"joins-{label}-{page.pk}@example.com"
    join(world, label, visitor, email)
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
