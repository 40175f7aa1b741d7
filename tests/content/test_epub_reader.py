"""The EPUB reader in Chromium: notes, search, footnotes, pictures, and how pages look."""

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from access.models import Access
from access.services.granting import revoke
from content.models import Note
from content.services.notes import keeping
from stores.models import Store
from tests.conftest import NOW
from tests.content.files import epub, opf, page, picture
from tests.content.reading import DESK, Reading, along, inside, turn
from tests.plugins.browser import axe_violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OPS = 'xmlns:epub="http://www.idpf.org/2007/ops"'
ONE = page(
    f"<div {OPS}><h1>Cutting</h1>"
    "<p id='first'>Cut along the grain, never across it.</p>"
    "<p>Linen <a epub:type='noteref' href='#f1' id='call'>1</a> frays.</p>"
    "<p>Cotton<sup><a href='ends.xhtml#e1' id='end-call'>2</a></sup> too.</p>"
    "<p style='font-size: 10px' id='small'>Small print.</p>"
    "<p><img src='p.png' alt='A seam'/></p>"
    "<aside epub:type='footnote' id='f1'><p>Wash it <em>first</em>.</p>"
    "<script>top.stolen = 1</script></aside></div>"
)
TWO = page("<h1>שְׁנַיִם</h1><p>הַתֶּפֶר הָרִאשׁוֹן</p>" + "<p>Sew slowly and press each seam.</p>" * 60)
ENDS = page("<h1>Notes</h1><ol><li id='e1'>Cotton shrinks.</li></ol>")
ITEMS = "".join(
    f'<item id="{name}" href="{name}.xhtml" media-type="application/xhtml+xml"/>'
    for name in ("two", "ends")
)
NAV = (
    f'<html xmlns="http://www.w3.org/1999/xhtml" {OPS}><head><title>t</title></head><body>'
    '<nav epub:type="toc"><ol><li><a href="one.xhtml">Cutting</a></li>'
    '<li><a href="two.xhtml">Sewing</a></li></ol></nav></body></html>'
)


@pytest.fixture
def book(reading: Reading, tmp_path):
    """A small book with a footnote, an endnote, a picture and a long second chapter."""
    package = opf(items=ITEMS + '<item id="p" href="p.png" media-type="image/png"/>').replace(
        '<itemref idref="one"/>',
        '<itemref idref="one"/><itemref idref="two"/><itemref idref="ends"/>',
    )
    extra = {
        "E/two.xhtml": TWO,
        "E/ends.xhtml": ENDS,
        "E/p.png": picture((900, 600), "PNG"),
    }
    path = epub(tmp_path / "b.epub", extra, opf=package, one=ONE, nav=NAV)
    return reading.book(path.read_bytes())


def select(tab, css: str, start: int, end: int) -> None:
    """Select letters of an element in the book, as a finger or a mouse would leave them."""
    inside(tab).evaluate(
        "([css, start, end]) => { const text = document.querySelector(css).firstChild;"
        "getSelection().setBaseAndExtent(text, start, text, end) }",
        [css, start, end],
    )
    expect(tab.locator("#selected")).to_be_visible()


def saved(tab, count: int) -> list[Note]:
    """The notes the server keeps, once there are that many."""
    for _ in range(100):
        found = list(Note.objects.all())
        if len(found) == count:
            return found
        tab.wait_for_timeout(50)
    raise AssertionError(f"not kept: {found}")


def written(tab) -> Note:
    """The one note the server keeps, once it has words."""
    for _ in range(100):
        (note,) = saved(tab, 1)
        if note.text:
            return note
        tab.wait_for_timeout(50)
    raise AssertionError("no words were kept")


def test_chosen_words_are_marked_and_found_on_another_device(reading, book):
    tab = reading.open(book)
    select(tab, "#first", 0, 19)
    tab.get_by_role("button", name="Mark in green").click()
    (note,) = saved(tab, 1)
    assert (note.kind, note.colour, note.chapter) == ("highlight", "green", "Cutting")
    assert note.quote == "Cut along the grain"
    expect(tab.locator("#selected")).to_be_hidden()
    desk = reading.open(book, size=DESK)
    desk.get_by_role("button", name="My notes").first.click()
    expect(desk.locator("#notes-list")).to_contain_text("Cut along the grain")
    assert reading.troubles == []


def test_a_mark_is_tapped_written_beside_and_taken_out(reading, book):
    tab = reading.open(book)
    select(tab, "#first", 0, 19)
    tab.get_by_role("button", name="Mark in yellow").click()
    saved(tab, 1)
    inside(tab).locator("#first").click(position={"x": 20, "y": 8})
    expect(tab.locator("#note-quote")).to_have_text("Cut along the grain")
    tab.get_by_label("My words").fill("Ask about linen.")
    tab.get_by_role("button", name="Save").click()
    note = written(tab)
    assert (note.kind, note.text) == ("note", "Ask about linen.")
    inside(tab).locator("#first").click(position={"x": 20, "y": 8})
    tab.get_by_role("button", name="Take out").click()
    saved(tab, 0)


def test_a_note_is_written_on_chosen_words_and_its_line_leads_there(reading, book):
    tab = reading.open(book)
    select(tab, "#first", 4, 9)
    tab.get_by_role("button", name="Write a note").click()
    tab.get_by_label("My words").fill("הערה שלי")
    tab.get_by_role("button", name="Save").click()
    saved(tab, 1)
    tab.locator("#along").evaluate("e => { e.value = 0.6; e.dispatchEvent(new Event('change')) }")
    tab.wait_for_timeout(400)
    tab.click("#open-contents")
    tab.locator("#contents").get_by_role("button", name="My notes").click()
    tab.locator(".note-line").click()
    tab.wait_for_timeout(400)
    assert inside(tab).inner_text("h1") == "Cutting"
    tab.get_by_role("button", name="Back to where I was").click()
    tab.wait_for_timeout(400)
    assert along(tab) > 0.3


def test_a_note_not_saved_is_not_kept(reading, book):
    tab = reading.open(book)
    select(tab, "#first", 4, 9)
    tab.get_by_role("button", name="Write a note").click()
    tab.keyboard.press("Escape")
    tab.wait_for_timeout(400)
    assert not Note.objects.exists()


def test_the_bookmark_is_of_the_page_and_goes_by_a_second_press(reading, book):
    tab = reading.open(book)
    tab.locator("#along").evaluate("e => { e.value = 0.5; e.dispatchEvent(new Event('change')) }")
    tab.wait_for_timeout(400)
    mark = tab.locator("#bookmark")
    mark.click()
    expect(mark).to_have_attribute("aria-pressed", "true")
    (note,) = saved(tab, 1)
    assert (note.kind, note.chapter) == ("bookmark", "Sewing")
    assert note.quote.startswith("Sew slowly")
    turn(tab, "PageDown")
    expect(mark).to_have_attribute("aria-pressed", "false")
    turn(tab, "PageUp")
    mark.click()
    saved(tab, 0)


def test_notes_made_without_a_net_are_sent_when_it_is_back(reading, book):
    tab = reading.open(book)
    tab.wait_for_timeout(300)
    tab.context.set_offline(True)
    tab.click("#bookmark")
    expect(tab.locator("#said")).to_contain_text("Your notes are kept on this device")
    assert not Note.objects.exists()
    tab.context.set_offline(False)
    saved(tab, 1)


def test_after_a_refund_no_note_is_taken(reading, book):
    tab = reading.open(book)
    access = Access.objects.get(customer=reading.charlie, product=book.product)
    revoke(access, because="refund", now=NOW)
    tab.click("#bookmark")
    expect(tab.locator("#said")).to_contain_text("no longer open")
    assert not Note.objects.exists()


def test_a_note_that_is_not_taken_is_given_back_with_its_words(reading, book, monkeypatch):
    monkeypatch.setattr(keeping, "MOST_NOTES", 0)
    tab = reading.open(book)
    select(tab, "#first", 4, 9)
    tab.get_by_role("button", name="Write a note").click()
    tab.get_by_label("My words").fill("Ask about linen.")
    with tab.expect_response(lambda answer: "/notes/" in answer.url and answer.status == 409):
        tab.get_by_role("button", name="Save").click()
    expect(tab.locator("#said")).to_contain_text("2,000 notes")
    expect(tab.get_by_label("My words")).to_have_value("Ask about linen.")
    expect(tab.locator("#note")).to_be_visible()


def test_a_strangers_notes_stay_in_the_browser_and_become_theirs_by_signing_in(reading, book):
    book.preview = True
    book.save()
    tab = reading.device()
    cookies = tab.context.cookies()
    tab.context.clear_cookies()
    url = reading.origin + reverse("content:read", args=[book.public_id])
    tab.goto(url)
    tab.wait_for_selector("html[data-reader=ready]")
    tab.click("#bookmark")
    tab.reload()
    tab.wait_for_selector("html[data-reader=ready]")
    expect(tab.locator("#bookmark")).to_have_attribute("aria-pressed", "true")
    tab.click("#open-contents")
    tab.locator("#contents").get_by_role("button", name="My notes").click()
    expect(tab.locator("#notes")).to_contain_text("on this device only")
    expect(tab.get_by_role("link", name="Download my notes")).to_be_hidden()
    assert not Note.objects.exists()
    tab.context.add_cookies(cookies)
    tab.goto(url)
    assert saved(tab, 1)[0].customer == reading.charlie


def test_notes_are_downloaded_from_their_list(reading, book):
    tab = reading.open(book)
    tab.click("#bookmark")
    saved(tab, 1)
    tab.click("#open-contents")
    tab.locator("#contents").get_by_role("button", name="My notes").click()
    with tab.expect_download() as download:
        tab.get_by_role("link", name="Download my notes").click()
    assert download.value.suggested_filename.endswith(".md")
    assert "## Cutting" in download.value.path().read_text()


def test_a_note_whose_place_moved_is_drawn_where_its_words_are(reading, book):
    """A new edition: the place says the small print, the words stand in the first line."""
    tab = reading.open(book)
    select(tab, "#small", 0, 5)
    tab.get_by_role("button", name="Mark in blue").click()
    saved(tab, 1)
    Note.objects.update(quote="along the grain")
    tab.reload()
    tab.wait_for_selector("html[data-reader=ready]")
    tab.wait_for_timeout(400)
    inside(tab).locator("#first").click(position={"x": 60, "y": 8})
    expect(tab.locator("#note-quote")).to_have_text("along the grain")


def test_search_finds_in_every_chapter_without_points_or_case_and_goes_there(reading, book):
    tab = reading.open(book)
    tab.keyboard.press("Control+f")
    words = tab.locator("#search-words")
    words.fill("התפר הראשון")
    words.press("Enter")
    expect(tab.locator("#search-said")).to_have_text("One place")
    expect(tab.locator("#search-list h3")).to_have_text("Sewing")
    words.fill("LINEN")
    words.press("Enter")
    expect(tab.locator("#search-list mark")).to_have_text(["Linen"])
    words.fill("press each")
    words.press("Enter")
    expect(tab.locator("#search-said")).to_have_text("60 places")
    tab.locator("#search-list button").nth(50).click()
    tab.wait_for_timeout(500)
    assert along(tab) > 0.5


def test_a_search_that_finds_nothing_says_so(reading, book):
    tab = reading.open(book)
    tab.click("#open-search")
    tab.locator("#search-words").fill("<b>zebra")
    tab.get_by_role("button", name="Search", exact=True).click()
    expect(tab.locator("#search-said")).to_have_text("Nothing in the book says “<b>zebra”.")


def test_a_footnote_opens_in_place_without_anything_that_acts(reading, book):
    tab = reading.open(book)
    before = along(tab)
    assert inside(tab).locator("#f1").is_hidden()
    inside(tab).locator("#call").click()
    expect(tab.locator("#footnote-text em")).to_have_text("first")
    expect(tab.locator("#footnote-go")).to_be_hidden()
    assert tab.locator("#footnote-text script").count() == 0
    assert tab.evaluate("window.stolen") is None
    tab.keyboard.press("Escape")
    assert along(tab) == before


def test_an_endnote_opens_in_place_and_leads_to_its_own(reading, book):
    tab = reading.open(book)
    inside(tab).locator("#end-call").click()
    expect(tab.locator("#footnote-text")).to_have_text("Cotton shrinks.")
    tab.get_by_role("button", name="To its place in the book").click()
    tab.wait_for_timeout(400)
    assert inside(tab).inner_text("h1") == "Notes"


def test_a_picture_opens_large_by_tap_and_by_key(reading, book):
    tab = reading.open(book)
    image = inside(tab).get_by_role("button", name="Enlarge the picture: A seam")
    image.click()
    expect(tab.locator("#picture-large")).to_be_visible()
    expect(tab.locator("#picture-words")).to_have_text("A seam")
    tab.get_by_role("button", name="Full size").click()
    assert tab.locator("#picture-large").bounding_box()["width"] == 900
    tab.keyboard.press("Escape")
    image.focus()
    tab.keyboard.press("Enter")
    expect(tab.locator("#picture-large")).to_be_visible()


def style_of(tab, css: str, name: str) -> Any:
    return inside(tab).evaluate(
        "([css, name]) => getComputedStyle(document.querySelector(css))[name]", [css, name]
    )


@pytest.mark.parametrize(("with_shift", "is_taken"), [(False, True), (True, False)])
def test_an_arrow_turns_the_page_and_with_shift_is_left_to_choosing_words(
    reading, book, with_shift, is_taken
):
    tab = reading.open(book)
    went_on = inside(tab).evaluate(
        """shiftKey => document.body.dispatchEvent(new KeyboardEvent(
          'keydown', { key: 'ArrowRight', shiftKey, bubbles: true, cancelable: true }))""",
        with_shift,
    )
    assert went_on is not is_taken


def test_letters_lines_and_fixed_sizes_follow_the_reader_until_reset(reading, book):
    tab = reading.open(book)
    tab.click("#open-settings")
    tab.check("input[value=sans]")
    tab.locator("input[name=line]").fill("200")
    tab.locator("input[name=size]").fill("200")
    assert style_of(tab, "#first", "fontFamily").startswith("Assistant")
    assert style_of(tab, "#small", "fontSize") == "20px"
    assert style_of(tab, "#small", "lineHeight") == "40px"
    tab.reload()
    tab.wait_for_selector("html[data-reader=ready]")
    assert style_of(tab, "#first", "fontFamily").startswith("Assistant")
    tab.click("#open-settings")
    tab.get_by_role("button", name="Back to how it was").click()
    assert "Frank Ruhl" in style_of(tab, "#first", "fontFamily")
    assert style_of(tab, "#small", "fontSize") == "10px"


def columns(tab) -> int:
    """How many columns of the long chapter are in sight."""
    tab.locator("#along").evaluate("e => { e.value = 0.5; e.dispatchEvent(new Event('change')) }")
    tab.wait_for_timeout(400)
    return inside(tab).evaluate(
        """() => new Promise(resolve => {
          const watch = new IntersectionObserver(seen => resolve(new Set(seen
            .filter(each => each.intersectionRatio > 0.5)
            .map(each => Math.round(each.boundingClientRect.left))).size))
          for (const each of document.querySelectorAll('p')) watch.observe(each) })"""
    )


def test_a_wide_screen_shows_two_pages_or_one(reading, book):
    tab = reading.open(book, size=DESK)
    assert columns(tab) == 2
    tab.click("#open-settings")
    tab.check("input[value=one]")
    turn(tab, "Escape")
    assert columns(tab) == 1


def test_scrolled_it_goes_on_past_the_end_of_a_chapter(reading, book):
    tab = reading.open(book, size=DESK)
    tab.click("#open-settings")
    tab.check("input[value=scrolled]")
    turn(tab, "Escape")
    tab.mouse.move(640, 400)
    for _ in range(6):
        tab.mouse.wheel(0, 300)
        tab.wait_for_timeout(80)
    tab.wait_for_timeout(500)
    assert inside(tab).inner_text("h1") == "שְׁנַיִם"
    start = along(tab)
    turn(tab, "ArrowDown", 4)
    tab.wait_for_timeout(400)
    assert along(tab) > start


def swipe(tab, start: int, end: int) -> None:
    """Draw a finger over the page, as Chromium's own input would."""
    session = tab.context.new_cdp_session(tab)

    def touch(kind: str, *points: int) -> None:
        at = [{"x": x, "y": 400} for x in points]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    touch("touchStart", start)
    for step in range(1, 6):
        touch("touchMove", start + (end - start) * step // 5)
        tab.wait_for_timeout(16)
    touch("touchEnd")
    tab.wait_for_timeout(600)


@pytest.mark.parametrize(("kind", "onward"), [("english_epub", -1), ("hebrew_epub", 1)])
def test_a_swipe_turns_as_the_book_is_read(reading, request, kind, onward):
    part = reading.book(request.getfixturevalue(kind))
    tab = reading.open(part, has_touch=True, is_mobile=True)
    turn(tab, "PageDown", 2)
    before = along(tab)
    swipe(tab, 180 - 100 * onward, 180 + 100 * onward)
    assert along(tab) > before
    swipe(tab, 180 + 100 * onward, 180 - 100 * onward)
    assert along(tab) == pytest.approx(before, abs=0.002)


def test_a_book_without_contents_says_so(reading, tmp_path):
    path = epub(tmp_path / "c.epub", one=ONE, nav=page("<p>none</p>"))
    tab = reading.open(reading.book(path.read_bytes()))
    tab.click("#open-contents")
    expect(tab.locator("#contents-none")).to_be_visible()


@pytest.mark.parametrize(
    ("language", "size"), [("he", {"width": 320, "height": 640}), ("en", DESK)], ids=["he", "en"]
)
def test_axe_finds_nothing_in_notes_search_footnotes_and_pictures(
    reading, book, in_store, language, size
):
    Store.objects.filter(pk=in_store.pk).update(language=language)
    tab = reading.open(book, size=size)
    tab.click("#bookmark")
    select(tab, "#first", 0, 19)
    found = axe_violations(tab)
    tab.click("#selected [data-colour=pink]")
    openers = {
        "notes": lambda: (tab.click("#open-contents"), tab.click("#contents [data-opens=notes]")),
        "note": lambda: inside(tab).locator("#first").click(position={"x": 20, "y": 8}),
        "search": lambda: tab.click("#open-search"),
        "footnote": lambda: inside(tab).locator("#call").click(),
        "picture": lambda: inside(tab).locator("img").press("Enter"),
    }
    for name, opener in openers.items():
        opener()
        expect(tab.locator(f"#{name}")).to_be_visible()
        found += axe_violations(tab)
        assert tab.evaluate("document.documentElement.scrollWidth") <= size["width"]
        tab.keyboard.press("Escape")
    assert found == []
    assert reading.troubles == []
