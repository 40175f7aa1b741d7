"""The PDF reader in Chromium: notes, search, all pages, size, and how little is fetched."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from access.contract import Source
from access.services.granting import grant
from content.models import Asset, Note
from stores.models import Store
from tests.conftest import NOW, make_product
from tests.content.files import pdf
from tests.content.library import make_asset, make_part
from tests.content.reading import DESK, turn
from tests.content.sheets import heavy, labelled, many, worded
from tests.plugins.browser import axe_violations

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def choose(tab, sheet: int, start: int = 0, end: int = 0) -> str:
    """Choose whole pieces of a sheet's text, as a drawn finger would; what was chosen."""
    tab.wait_for_selector(f".sheet[data-number='{sheet}'] .sheet-text span")
    chosen = tab.evaluate(
        """([sheet, start, end]) => {
          const pieces = [...document.querySelectorAll(
            `.sheet[data-number="${sheet}"] .sheet-text span[role]`)]
            .filter(e => e.textContent.trim())
          const range = document.createRange()
          range.setStart(pieces[start].firstChild, 0)
          range.setEnd(pieces[end].firstChild, pieces[end].firstChild.length)
          document.getSelection().removeAllRanges()
          document.getSelection().addRange(range)
          return pieces[start].textContent
        }""",
        [sheet, start, end],
    )
    expect(tab.locator("#selected")).to_be_visible()
    return chosen


def saved(tab, count: int) -> list[Note]:
    for _ in range(100):
        if Note.objects.count() == count:
            return list(Note.objects.all())
        tab.wait_for_timeout(100)
    raise AssertionError(f"{Note.objects.count()} notes")


def where(tab, text: str) -> None:
    expect(tab.locator("#where")).to_have_text(text)


def set_choice(tab, name: str, value: str) -> None:
    tab.click("#open-settings")
    tab.check(f"input[name={name}][value={value}]")
    turn(tab, "Escape")


def test_chosen_words_are_marked_and_seen_on_another_device(reading, hebrew_pdf):
    part = reading.book(hebrew_pdf)
    tab = reading.open(part)
    turn(tab, "PageDown", 2)
    words = choose(tab, 3)
    tab.click("#selected [data-colour=green]")
    (note,) = saved(tab, 1)
    assert note.anchor["page"] == 3
    assert words.strip() in note.quote
    assert note.chapter
    desk = reading.open(part, size=DESK)
    desk.click("[data-opens=notes] >> nth=0")
    expect(desk.locator(".note-where")).to_contain_text("Page 3")
    desk.locator(".note-line").click()
    where(desk, "Page 3 of 7")
    mark = desk.locator(".sheet[data-number='3'] .sheet-marks .sheet-mark").first
    expect(mark).to_have_attribute("data-colour", "green")
    text = desk.locator(".sheet[data-number='3'] .sheet-text span[role]", has_text=words).first
    over, under = mark.bounding_box(), text.bounding_box()
    assert abs(over["x"] - under["x"]) < 4
    assert abs(over["y"] - under["y"]) < 4
    assert reading.troubles == []


def test_a_note_is_written_beside_words_tapped_and_taken_out(reading, english_pdf):
    tab = reading.open(reading.book(english_pdf))
    turn(tab, "PageDown")
    choose(tab, 2)
    tab.click("#selected-note")
    tab.fill("#note textarea", "Try this on Friday.")
    tab.get_by_role("button", name="Save").click()
    (note,) = saved(tab, 1)
    assert (note.kind, note.text) == ("note", "Try this on Friday.")
    box = tab.locator(".sheet-marks .sheet-mark").first.bounding_box()
    tab.mouse.click(box["x"] + 5, box["y"] + box["height"] / 2)
    tab.get_by_role("button", name="Take out").click()
    saved(tab, 0)


def test_words_chosen_over_two_sheets_are_marked_on_each(reading, english_pdf):
    tab = reading.open(reading.book(english_pdf), size=DESK)
    turn(tab, "PageDown", 2)
    tab.wait_for_selector(".sheet[data-number='4'] .sheet-text span")
    tab.evaluate(
        """() => {
          const last = n => [...document.querySelectorAll(
            `.sheet[data-number="${n}"] .sheet-text span[role]`)].filter(e => e.textContent.trim())
          const range = document.createRange()
          range.setStart(last(3).at(-1).firstChild, 0)
          range.setEnd(last(4)[0].firstChild, 2)
          document.getSelection().addRange(range)
        }"""
    )
    tab.click("#selected [data-colour=pink]")
    assert sorted(note.anchor["page"] for note in saved(tab, 2)) == [3, 4]


def test_the_bookmark_is_of_the_page_and_the_notes_leave_as_one_file(reading, english_pdf):
    part = reading.book(english_pdf)
    tab = reading.open(part)
    turn(tab, "PageDown", 3)
    tab.click("#bookmark")
    expect(tab.locator("#bookmark")).to_have_attribute("aria-pressed", "true")
    (note,) = saved(tab, 1)
    assert (note.kind, note.anchor) == ("bookmark", {"page": 4, "rects": []})
    notebook = reading.client.get(reverse("content:notebook", args=[part.public_id]))
    assert "Page 4" in notebook.content.decode()
    turn(tab, "PageDown")
    expect(tab.locator("#bookmark")).to_have_attribute("aria-pressed", "false")
    turn(tab, "PageUp")
    tab.click("#bookmark")
    saved(tab, 0)


def test_search_lists_what_it_finds_goes_there_and_shows_it(reading, hebrew_pdf):
    tab = reading.open(reading.book(hebrew_pdf))
    tab.keyboard.press("Control+f")
    tab.locator("#search-words").fill("תּוֹספוֹת תפר")
    tab.locator("#search-words").press("Enter")
    expect(tab.locator("#search-said")).to_contain_text("place")
    expect(tab.locator("#search-list mark").first).to_have_text("תוספות תפר")
    tab.locator("#search-list button").last.click()
    expect(tab.locator(".sheet-found [data-here]").first).to_be_in_viewport()
    expect(tab.locator("#return")).to_be_visible()
    tab.click("#return")
    where(tab, "Page 1 of 7")


def test_a_search_says_when_pages_have_no_words(reading, tmp_path):
    tab = reading.open(reading.book(pdf(tmp_path / "a.pdf").read_bytes()))
    tab.click("#open-search")
    tab.locator("#search-words").fill("bread")
    tab.locator("#search-words").press("Enter")
    expect(tab.locator("#search-said")).to_contain_text("are pictures")


def test_a_page_is_asked_for_by_its_label(reading, tmp_path):
    tab = reading.open(reading.book(labelled(tmp_path / "a.pdf").read_bytes()))
    where(tab, "Page i (1 of 6)")
    tab.keyboard.press("g")
    number = tab.locator("#page-number")
    number.fill("2")
    number.press("Enter")
    where(tab, "Page 2 (4 of 6)")
    tab.keyboard.press("g")
    number.fill("99")
    number.press("Enter")
    expect(tab.locator("#page-none")).to_be_visible()


def test_of_a_thousand_pages_only_those_in_sight_are_drawn(reading, tmp_path):
    tab = reading.open(reading.book(many(tmp_path / "a.pdf").read_bytes()), size=DESK)
    tab.click("#open-pages")
    expect(tab.locator("#pages-list li")).to_have_count(1_000)
    expect(tab.locator(".thumb-picture canvas").first).to_be_visible()
    tab.locator("#pages-list li").nth(700).scroll_into_view_if_needed()
    expect(tab.locator("#pages-list li").nth(700).locator("canvas")).to_be_visible()
    tab.wait_for_timeout(500)
    assert tab.locator(".thumb-picture canvas").count() < 80
    tab.locator("#pages-list li").nth(700).locator("button").click()
    where(tab, "Page 701 of 1000")
    expect(tab.locator(".sheet[data-number='701'] canvas")).to_be_visible()
    turn(tab, "PageDown", 8)
    tab.wait_for_timeout(500)
    assert tab.locator(".sheet canvas").count() < 10


SHOWN_AT = """
new MutationObserver(() => {
  if (document.querySelector('.sheet[data-number="1"] canvas')) window.shownAt ??= performance.now()
}).observe(document, { childList: true, subtree: true })
"""
FETCHED = """
performance.getEntriesByType('resource')
  .filter(({ name, startTime }) => name.includes('/files/') && startTime <= shownAt)
  .map(({ encodedBodySize, responseStatus }) => [responseStatus, encodedBodySize])
"""


def test_300_mb_show_their_first_page_after_two(reading, tmp_path):
    part = reading.book(heavy(tmp_path / "a.pdf").read_bytes())
    assert Asset.objects.get(part=part).size > 300_000_000
    tab = reading.device(size=DESK)
    tab.add_init_script(SHOWN_AT)
    tab.goto(reading.origin + reverse("content:read", args=[part.public_id]))
    tab.wait_for_selector(".sheet[data-number='1'] canvas", timeout=30_000)
    fetched = tab.evaluate(FETCHED)
    assert {status for status, _ in fetched} == {206}
    assert 1_000_000 < sum(length for _, length in fetched) <= 2_000_000


@pytest.mark.parametrize(
    ("turned", "side"), [(0, "top"), (90, "right"), (180, "bottom"), (270, "left")]
)
def test_words_stand_where_they_are_seen_on_a_turned_page(reading, tmp_path, turned, side):
    content = worded(tmp_path / "a.pdf", turned=turned).read_bytes()
    tab = reading.open(reading.book(content), size=DESK)
    set_choice(tab, "layout", "one")
    turn(tab, "ArrowRight")
    choose(tab, 2)
    tab.click("#selected [data-colour=green]")
    saved(tab, 1)
    sheet = tab.locator(".sheet[data-number='2']").bounding_box()
    mark = tab.locator(".sheet[data-number='2'] .sheet-mark").first.bounding_box()
    x = (mark["x"] + mark["width"] / 2 - sheet["x"]) / sheet["width"]
    y = (mark["y"] + mark["height"] / 2 - sheet["y"]) / sheet["height"]
    assert {"top": y < 0.2, "right": x > 0.8, "bottom": y > 0.8, "left": x < 0.2}[side]


@pytest.mark.slow
def test_a_long_reading_of_a_large_file_holds_little_of_it(reading, tmp_path):
    tab = reading.open(reading.book(heavy(tmp_path / "a.pdf", 90).read_bytes()), size=DESK)
    first = list(tab.workers)
    for number in range(2, 90):
        tab.keyboard.press("PageDown")
        expect(tab.locator(f".sheet[data-number='{number}'] canvas")).to_be_visible()
    tab.wait_for_timeout(16_000)
    assert len(tab.workers) == 1
    assert tab.workers != first
    turn(tab, "Home")
    expect(tab.locator(".sheet[data-number='1'] canvas")).to_be_visible()
    assert reading.troubles == []


def test_a_page_stands_whole_alone_or_beside_another(reading, english_pdf):
    tab = reading.open(reading.book(english_pdf), size=DESK)
    set_choice(tab, "layout", "two")
    shown = tab.locator(".sheet[data-here]")
    expect(shown).to_have_count(1)
    turn(tab, "ArrowRight")
    expect(shown).to_have_count(2)
    first, second = (shown.nth(n).bounding_box() for n in (0, 1))
    assert first["x"] < second["x"]
    assert second["y"] + second["height"] <= DESK["height"]
    turn(tab, "ArrowRight")
    where(tab, "Page 4 of 6")
    turn(tab, "ArrowLeft", 2)
    where(tab, "Page 1 of 6")
    set_choice(tab, "layout", "one")
    turn(tab, "ArrowRight")
    expect(shown).to_have_count(1)
    where(tab, "Page 2 of 6")


def test_two_hebrew_pages_stand_and_turn_from_the_right(reading, hebrew_pdf):
    tab = reading.open(reading.book(hebrew_pdf), size=DESK)
    set_choice(tab, "layout", "two")
    turn(tab, "ArrowLeft")
    where(tab, "Page 2 of 7")
    first, second = (
        tab.locator(f".sheet[data-number='{number}']").bounding_box() for number in (2, 3)
    )
    assert first["x"] > second["x"]
    turn(tab, "ArrowRight")
    where(tab, "Page 1 of 7")


def swipe(tab, *fingers: tuple[int, int], down: int = 400) -> None:
    """Draw fingers over the page, each from one place to another."""
    session = tab.context.new_cdp_session(tab)

    def touch(kind: str, xs: list[int]) -> None:
        points = [{"x": x, "y": down, "id": n} for n, x in enumerate(xs)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", [start for start, _ in fingers])
    for step in range(1, 6):
        touch("touchMove", [start + (end - start) * step // 5 for start, end in fingers])
        tab.wait_for_timeout(16)
    touch("touchEnd", [])
    tab.wait_for_timeout(500)


@pytest.mark.parametrize(("kind", "onward"), [("english_pdf", -1), ("hebrew_pdf", 1)])
def test_a_swipe_turns_and_two_fingers_enlarge(reading, request, kind, onward):
    part = reading.book(request.getfixturevalue(kind))
    tab = reading.open(part, has_touch=True, is_mobile=True)
    set_choice(tab, "layout", "one")
    swipe(tab, (180 - 90 * onward, 180 + 90 * onward))
    expect(tab.locator("#where")).to_contain_text("Page 2")
    before = tab.locator(".sheet[data-here]").bounding_box()["width"]
    swipe(tab, (170, 90), (190, 270))
    after = tab.locator(".sheet[data-here]").bounding_box()["width"]
    assert after > before * 1.5
    swipe(tab, (180 - 90 * onward, 180 + 90 * onward))
    expect(tab.locator("#where")).to_contain_text("Page 2")


def test_size_by_keys_and_by_buttons_and_the_whole_page(reading, english_pdf):
    tab = reading.open(reading.book(english_pdf), size=DESK)
    sheet = tab.locator(".sheet[data-number='1']")
    before = sheet.bounding_box()["width"]
    tab.keyboard.press("+")
    tab.click("#larger")
    assert sheet.bounding_box()["width"] == pytest.approx(before * 1.5, rel=0.01)
    tab.keyboard.press("0")
    assert sheet.bounding_box()["width"] == pytest.approx(before, rel=0.01)
    set_choice(tab, "fit", "page")
    assert sheet.bounding_box()["height"] < DESK["height"]
    set_choice(tab, "fit", "width")
    assert sheet.bounding_box()["width"] > before


def test_a_turned_page_is_told_to_who_listens(reading, english_pdf):
    tab = reading.open(reading.book(english_pdf))
    turn(tab, "PageDown", 2)
    expect(tab.locator("#spoken")).to_have_text("Page 3 of 6")
    sheet = tab.get_by_role("group", name="Page 3", exact=True)
    assert len(sheet.locator(".sheet-text").inner_text()) > 50


def test_night_and_sepia_reach_the_sheets(reading, english_pdf):
    tab = reading.open(reading.book(english_pdf))
    for theme, word in (("night", "invert"), ("sepia", "sepia"), ("paper", "none")):
        set_choice(tab, "theme", theme)
        canvas = tab.locator(".sheet canvas").first
        assert word in canvas.evaluate("canvas => getComputedStyle(canvas).filter")


@pytest.mark.parametrize(
    ("over", "said"),
    [({"encryption": {"user": "secret", "owner": "o"}}, "asks for a password"), ({}, "damaged")],
)
@pytest.mark.parametrize("language", ["en", "he"])
def test_a_file_that_cannot_be_shown_says_why(reading, in_store, tmp_path, over, said, language):
    import pikepdf

    Store.objects.filter(pk=in_store.pk).update(language=language)
    if over:
        over = {"encryption": pikepdf.Encryption(**over["encryption"])}
    content = pdf(tmp_path / "a.pdf", **over).read_bytes() if over else b"%PDF-1.7 nothing" * 400
    part = make_asset(make_part(make_product()), content=content, kind=Asset.Kind.PDF).part
    source = Source("order_line", "1")
    grant(reading.charlie, product=part.product, source=source, starts_at=NOW, now=NOW)
    tab = reading.device()
    tab.goto(reading.origin + reverse("content:read", args=[part.public_id]))
    hebrew = {"asks for a password": "סיסמה", "damaged": "פגום"}
    expect(tab.locator("#said")).to_contain_text(said if language == "en" else hebrew[said])


@pytest.mark.parametrize("language", ["en", "he"])
@pytest.mark.parametrize("size", [{"width": 320, "height": 640}, DESK], ids=["phone", "desk"])
def test_axe_finds_nothing_in_notes_search_and_pages(reading, hebrew_pdf, in_store, language, size):
    Store.objects.filter(pk=in_store.pk).update(language=language)
    tab = reading.open(reading.book(hebrew_pdf), size=size)
    turn(tab, "PageDown")
    choose(tab, 2)
    found = axe_violations(tab)
    tab.click("#selected [data-colour=pink]")
    for opener in ("#open-search", "#bookmark", "#open-contents", "#contents [data-opens=pages]"):
        tab.click(opener)
        tab.wait_for_timeout(200)
        found += axe_violations(tab)
        if opener != "#open-contents":
            turn(tab, "Escape")
    tab.click("#open-contents")
    tab.click("#contents [data-opens=notes]")
    found += axe_violations(tab)
    assert found == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= size["width"]
