"""The readers in Chromium: real books, opened, turned, left and found again."""

import io
import re
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from PIL import Image
from playwright.sync_api import expect

from access.contract import Source
from access.models import Access
from access.services.granting import grant, revoke
from content.models import Asset, Progress
from stores.models import Store
from tests.conftest import NOW, make_product
from tests.content.files import SAMPLES, epub, opf, page
from tests.content.library import make_asset, make_part
from tests.content.reading import DESK, along, inside, kept, place_of, turn
from tests.plugins.browser import axe_violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_an_epub_opens_and_its_pages_turn_by_keys_and_buttons(reading, english_epub):
    tab = reading.open(reading.book(english_epub))
    turn(tab, "ArrowRight", 3)
    forward = along(tab)
    tab.click("#on")
    tab.wait_for_timeout(250)
    assert along(tab) > forward > 0
    turn(tab, "ArrowLeft")
    tab.click("#back")
    tab.wait_for_timeout(250)
    assert along(tab) < forward
    assert reading.troubles == []


def test_a_hebrew_epub_turns_from_the_right(reading, hebrew_epub):
    tab = reading.open(reading.book(hebrew_epub))
    assert tab.locator("#reader").get_attribute("data-turns") == "rtl"
    turn(tab, "ArrowLeft", 3)
    assert along(tab) > 0
    assert inside(tab).evaluate("getComputedStyle(document.body).direction") == "rtl"
    turn(tab, "ArrowRight", 3)
    assert along(tab) < 0.1


def test_the_place_is_found_again_on_another_device(reading, hebrew_epub):
    part = reading.book(hebrew_epub)
    phone = reading.open(part)
    phone.click("#open-contents")
    phone.get_by_role("button", name="מכפלת ישרה").click()
    place_of(phone, part, lambda row: 0.3 < row.fraction < 0.8)
    desk = reading.open(part, size=DESK)
    desk.wait_for_timeout(300)
    assert "מכפלת ישרה" in inside(desk).inner_text("h1")
    current = desk.locator("#contents-list [aria-current]")
    assert "מכפלת" in current.text_content()


def test_leaving_at_once_still_keeps_the_place(reading, english_epub):
    part = reading.book(english_epub)
    tab = reading.device()
    # The reader's own pause before it sends never ends here: only leaving is left.
    tab.add_init_script(
        "const wait = setTimeout;"
        "window.setTimeout = (what, time, ...rest) =>"
        " wait(what, time === 1200 ? 1e9 : time, ...rest)"
    )
    tab.goto(reading.origin + reverse("content:read", args=[part.public_id]))
    tab.wait_for_selector("html[data-reader=ready]")
    turn(tab, "PageDown", 2)
    kept(tab, lambda: tab.evaluate("dispatchEvent(new Event('pagehide'))"))
    assert Progress.objects.get(part=part).fraction > 0


def test_the_chosen_colours_and_size_stay_chosen(reading, english_epub):
    tab = reading.open(reading.book(english_epub))
    tab.click("#open-settings")
    tab.check("input[value=night]")
    tab.locator("input[name=size]").fill("150")
    tab.check("input[value=scrolled]")
    tab.reload()
    tab.wait_for_selector("html[data-reader=ready]")
    style = inside(tab).evaluate(
        "[document.body, document.documentElement].map(e => getComputedStyle(e))"
        ".flatMap((style, n) => n ? [style.fontSize] : [style.color])"
    )
    assert style == ["rgb(207, 203, 196)", "24px"]
    assert tab.locator("foliate-view").count() == 1
    assert tab.locator("input[value=scrolled]").is_checked()


def test_night_reaches_every_word(reading, english_epub):
    tab = reading.open(reading.book(english_epub))
    tab.click("#open-settings")
    tab.check("input[value=night]")
    turn(tab, "Escape")
    turn(tab, "PageDown", 3)
    colours = inside(tab).evaluate(
        "[...document.querySelectorAll('p, li, h1, strong')].map(e => getComputedStyle(e).color)"
    )
    assert set(colours) == {"rgb(207, 203, 196)"}


def test_the_colour_reaches_the_edge_of_the_page(reading, english_epub):
    tab = reading.open(reading.book(english_epub))
    tab.click("#open-settings")
    tab.check("input[value=sepia]")
    turn(tab, "Escape", 2)
    with Image.open(io.BytesIO(tab.screenshot())) as seen:
        assert seen.convert("RGB").getpixel((3, 200)) == (243, 231, 207)


def test_a_hebrew_reader_speaks_hebrew(reading, hebrew_pdf, in_store):
    Store.objects.filter(pk=in_store.pk).update(language="he")
    tab = reading.open(reading.book(hebrew_pdf))
    expect(tab.locator("#where")).to_have_text("עמוד 1 מתוך 7")
    for key in tab.locator(".reader-bar :is(a, button)").all():
        assert any("א" <= letter <= "ת" for letter in key.text_content())


def test_opening_alone_moves_no_place(reading, english_epub, english_pdf):
    for content in (english_epub, english_pdf):
        part = reading.book(content)
        tab = reading.open(part)
        tab.wait_for_timeout(1600)
        assert not Progress.objects.filter(part=part).exists()


HOSTILE = (
    "<h1>Here</h1><script>top.stolen = 1</script><script src='/static/stolen.js'/>"
    "<img src='x' onerror='top.stolen = 1' alt=''/><a href='javascript:top.stolen = 1'>go</a>"
    "<iframe src='data:text/html,&lt;script&gt;top.stolen = 1&lt;/script&gt;'/>"
    "<img src='https://spy.example/pixel.gif' alt=''/>"
)


def test_scripts_in_a_book_never_run_even_had_the_judge_let_them_by(reading, tmp_path):
    raw = epub(tmp_path / "a.epub", one=page(HOSTILE)).read_bytes()
    part = make_asset(make_part(make_product()), content=raw).part
    source = Source("order_line", "1")
    grant(reading.charlie, product=part.product, source=source, starts_at=NOW, now=NOW)
    asked = []
    tab = reading.device()
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(reading.origin + reverse("content:read", args=[part.public_id]))
    tab.wait_for_selector("html[data-reader=ready]")
    inside(tab).get_by_text("go").click()
    tab.wait_for_timeout(400)
    assert inside(tab).inner_text("h1") == "Here"
    assert tab.evaluate("window.stolen") is None
    assert [url for url in asked if url.endswith("stolen.js")] == []


def test_a_large_book_opens_before_it_has_all_arrived(reading, tmp_path):
    items = '<item id="p" href="p.jpg" media-type="image/jpeg"/>'
    noise = Image.effect_noise((2600, 2600), 200).convert("RGB")
    out = io.BytesIO()
    noise.save(out, "JPEG", quality=95)
    path = epub(tmp_path / "a.epub", {"E/p.jpg": out.getvalue()}, opf=opf(items=items))
    part = reading.book(path.read_bytes(), preview=True)  # a reader's own is then kept whole
    size = Asset.objects.get(part=part).size
    lengths = []
    tab = reading.device()
    tab.on(
        "response",
        lambda answer: (
            "/files/" in answer.url
            and lengths.append((answer.status, int(answer.headers["content-length"])))
        ),
    )
    tab.goto(reading.origin + reverse("content:read", args=[part.public_id]))
    tab.wait_for_selector("html[data-reader=ready]")
    assert size > 3_000_000
    assert {status for status, _ in lengths} == {206}
    assert sum(length for _, length in lengths) < 1_500_000


def test_a_pdf_opens_with_its_words_and_keeps_its_page(reading, hebrew_pdf):
    part = reading.book(hebrew_pdf)
    tab = reading.open(part)
    expect(tab.locator("#where")).to_have_text("Page 1 of 7")
    turn(tab, "PageDown", 3)
    expect(tab.locator("#where")).to_have_text("Page 4 of 7")
    place_of(tab, part, lambda row: row.place["page"] == 4)
    desk = reading.open(part, size=DESK)
    expect(desk.locator("#where")).to_have_text("Page 4 of 7")
    sheet = desk.locator("[data-number='4']")
    expect(sheet.locator("canvas")).to_have_attribute("dir", "ltr")
    expect(sheet.locator(".sheet-text")).to_contain_text("תוספות תפר")
    assert reading.troubles == []


def test_a_pdf_lists_its_contents_and_goes_there(reading, english_pdf):
    tab = reading.open(reading.book(english_pdf))
    tab.click("#open-contents")
    tab.get_by_role("button", name="Warmth and time").click()
    expect(tab.locator("#where")).to_have_text("Page 5 of 6")
    expect(tab.locator("#contents-list [aria-current]")).to_have_text("Warmth and time")


def test_a_pdf_grows_and_stays_at_its_page(reading, english_pdf):
    tab = reading.open(reading.book(english_pdf))
    turn(tab, "PageDown", 2)
    before = tab.locator("[data-number='3']").bounding_box()["width"]
    tab.click("#open-settings")
    tab.locator("input[name=size]").fill("150")
    turn(tab, "Escape")
    expect(tab.locator("#where")).to_have_text("Page 3 of 6")
    after = tab.locator("[data-number='3']").bounding_box()["width"]
    assert round(after / before, 1) == 1.5


@pytest.mark.parametrize("kind", ["english_epub", "english_pdf"])
def test_a_sample_is_open_to_a_stranger_and_its_place_stays_on_the_device(reading, request, kind):
    part = reading.book(request.getfixturevalue(kind), preview=True)
    tab = reading.device()
    tab.context.clear_cookies()
    asked = []
    tab.on("request", lambda each: asked.append(each.method))
    tab.goto(reading.origin + reverse("content:read", args=[part.public_id]))
    tab.wait_for_selector("html[data-reader=ready]")
    assert tab.locator(".reader-sample").is_visible()
    turn(tab, "PageDown", 2)
    tab.wait_for_timeout(1500)
    place = along(tab)
    tab.reload()
    tab.wait_for_selector("html[data-reader=ready]")
    tab.wait_for_timeout(400)
    assert place > 0
    assert along(tab) == pytest.approx(place, abs=0.05)
    assert "POST" not in asked


def test_a_refund_while_reading_is_told(reading, english_epub):
    part = reading.book(english_epub)
    tab = reading.open(part)
    access = Access.objects.get(customer=reading.charlie, product=part.product)
    revoke(access, because="refund", now=NOW)
    turn(tab, "PageDown")
    expect(tab.locator("#said")).to_contain_text("no longer open")


def test_losing_the_net_keeps_the_place_and_sends_it_later(reading, english_epub):
    part = reading.book(english_epub)
    tab = reading.open(part)
    tab.wait_for_timeout(1500)
    tab.context.set_offline(True)
    turn(tab, "PageDown", 2)
    expect(tab.locator("#said")).to_contain_text("kept on this device")
    kept(tab, lambda: tab.context.set_offline(False))
    assert Progress.objects.get(part=part).fraction > 0.05


def test_without_javascript_there_is_a_sentence_and_the_file(reading, english_epub):
    part = reading.book(english_epub)
    tab = reading.device(java_script_enabled=False)
    tab.goto(reading.origin + reverse("content:read", args=[part.public_id]))
    link = tab.get_by_role("link", name="Download the book")
    assert "/files/" in link.get_attribute("href")
    assert "needs JavaScript" in tab.locator(".reader-plain").inner_text()


def test_a_file_that_cannot_be_opened_says_so(reading):
    part = make_asset(make_part(make_product())).part
    source = Source("order_line", "1")
    grant(reading.charlie, product=part.product, source=source, starts_at=NOW, now=NOW)
    tab = reading.device()
    tab.goto(reading.origin + reverse("content:read", args=[part.public_id]))
    expect(tab.locator("#said")).to_contain_text("could not be opened")


@pytest.mark.parametrize("kind", ["hebrew_epub", "english_epub", "hebrew_pdf"])
@pytest.mark.parametrize("language", ["en", "he"])
def test_axe_finds_nothing_in_the_readers(reading, request, in_store, kind, language):
    Store.objects.filter(pk=in_store.pk).update(language=language)
    tab = reading.open(reading.book(request.getfixturevalue(kind)))
    assert tab.evaluate("document.documentElement.lang") == language
    found = axe_violations(tab)
    for name in ("contents", "settings"):
        tab.click(f"#open-{name}")
        found += axe_violations(tab)
        tab.keyboard.press("Escape")
    assert found == []


@pytest.mark.parametrize("width", [320, 360, 1280])
@pytest.mark.parametrize("kind", ["hebrew_epub", "hebrew_pdf"])
def test_nothing_sticks_out_sideways(reading, request, kind, width):
    part = reading.book(request.getfixturevalue(kind))
    tab = reading.open(part, size={"width": width, "height": 700})
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    small = tab.evaluate(
        """[...document.querySelectorAll('.reader-bar button, .reader-bar a')]
        .filter(e => e.offsetParent && e.getBoundingClientRect().height < 44).length"""
    )
    assert small == 0


@pytest.mark.may_skip  # real books are tried where somebody put some; none are ours to commit
@pytest.mark.skipif(not SAMPLES.is_dir(), reason="SAMPLE_BOOKS names no folder of real books")
@pytest.mark.parametrize("name", ["israel-sailing-he", "waste-land-en", "childrens-literature-en"])
def test_real_books_are_read_the_whole_way(reading, name):
    part = reading.book((SAMPLES / f"{name}.epub").read_bytes())
    tab = reading.open(part)
    turn(tab, "PageDown", 4)
    assert along(tab) > 0
    lines = tab.locator("#contents-list button")
    tab.click("#open-contents")
    lines.nth(lines.count() - 1).click()
    place_of(tab, part, lambda row: row.fraction > 0.5)
    assert len(inside(tab).inner_text("body")) > 50
    assert reading.troubles == []


@pytest.mark.parametrize("kind", ["english_epub", "english_pdf"])
def test_at_the_end_of_a_sample_stands_the_way_to_buy_and_can_be_closed(reading, request, kind):
    part = reading.book(request.getfixturevalue(kind), preview=True)
    tab = reading.open(part)
    panel = tab.locator("#sample-end")
    expect(panel).to_be_hidden()
    for _page in range(60):  # sheets grow while they are drawn: read on until the end is there
        if panel.is_visible():
            break
        turn(tab, "PageDown", 1)
        tab.wait_for_timeout(200)
    expect(panel).to_be_visible()
    expect(panel.get_by_role("link", name="Buy the whole book")).to_have_attribute(
        "href", re.compile("/buy/")
    )
    panel.get_by_role("button", name="Close").click()
    expect(panel).to_be_hidden()
    assert not reading.troubles


def test_a_link_into_a_sample_opens_at_its_chapter(reading, english_epub):
    part = reading.book(english_epub, preview=True)
    target = part.assets.get().facts["contents"][2]
    tab = reading.device()
    address = reading.origin + reverse("content:read", args=[part.public_id])
    tab.goto(f"{address}#{urlencode({'at': target['target']})}")
    tab.wait_for_selector("html[data-reader=ready]")
    current = tab.locator("#contents-list [aria-current]")
    expect(current).to_have_text(target["title"])
    assert "#" not in tab.url
