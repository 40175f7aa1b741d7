"""Odd books open right, or are refused with a reason; pictures of pages stay in var/pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from content.services.judge import Refused
from tests.content.files import SAMPLES
from tests.content.odd_books import OPENED, REFUSED
from tests.content.reading import DESK, PHONE, Reading, inside, picture, turn

SEEN = {
    "fixed-layout": "Page 1",
    "mathml": "whenever",
    "media-overlay": "The thread follows.",
    "vertical-japanese": "名前はまだ無い",
    "arabic": "هذا كتاب عن الخياطة",
    "no-contents": "Chapter 1",
    "large-pictures": "Album",
    "obfuscated-font": "Its own letters",
    "epub-2": "Salt\xa0and\xa0bread — café.",
}


def in_chromium(test: Any) -> Any:
    return pytest.mark.browser(pytest.mark.django_db(transaction=True)(test))


@pytest.fixture
def opened(reading: Reading) -> Callable[..., Any]:
    """Open an odd book on a device, look at what is seen, and keep a picture of it."""

    def open_it(name: str, *, size: dict[str, int] = DESK) -> Any:
        tab = reading.open(reading.book(OPENED[name]()), size=size)
        assert SEEN[name] in shown(tab)
        picture(tab, f"odd-{name}")
        assert reading.troubles == []
        return tab

    return open_it


def shown(tab: Any) -> str:
    """The words of the chapters that are loaded."""
    return " ".join(f.evaluate("document.body.innerText") for f in frames(tab))


def frames(tab: Any) -> list[Any]:
    return [frame for frame in tab.frames if frame.url.startswith("blob:")]


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused_with_a_reason(
    name: str, refusal: Callable[..., Refused], tmp_path: Path
) -> None:
    make, code = REFUSED[name]
    (tmp_path / "upload").write_bytes(make())
    assert refusal(tmp_path / "upload").code == code


@in_chromium
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("name", OPENED)
def test_an_odd_book_shows_its_words(
    name: str, size: dict[str, int], opened: Callable[..., Any]
) -> None:
    tab = opened(name, size=size)
    wide = tab.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wide, "nothing stands out of the window"


@in_chromium
def test_drawn_pages_are_shown_whole_and_turn(opened: Callable[..., Any]) -> None:
    tab = opened("fixed-layout")
    box = inside(tab).frame_element().bounding_box()
    assert 0 <= box["y"] < box["y"] + box["height"] <= DESK["height"] + 1
    turn(tab, "ArrowRight", 2)
    assert "Page 3" in shown(tab)


@in_chromium
def test_formulas_are_set_and_not_written_in_a_row(opened: Callable[..., Any]) -> None:
    fraction = inside(opened("mathml")).locator("mfrac")
    above, below = (fraction.locator("> mrow").nth(n).bounding_box() for n in (0, 1))
    assert above["y"] + above["height"] <= below["y"] + 2


@in_chromium
def test_japanese_stands_from_top_to_bottom_and_turns_from_the_right(
    opened: Callable[..., Any],
) -> None:
    tab = opened("vertical-japanese")
    assert inside(tab).evaluate("getComputedStyle(document.body).writingMode") == "vertical-rl"
    assert tab.locator("#reader").get_attribute("data-turns") == "rtl"
    title, line = (inside(tab).locator(css).first.bounding_box() for css in ("h1", "p"))
    assert title["x"] > line["x"], "the first line stands at the right"


@in_chromium
def test_arabic_turns_from_the_right_though_only_its_language_says_so(
    opened: Callable[..., Any],
) -> None:
    tab = opened("arabic")
    assert tab.locator("#reader").get_attribute("data-turns") == "rtl"
    while "الثانية" not in (here := shown(tab)):
        before = here
        turn(tab, "ArrowLeft")
        assert tab.locator("#along").input_value() != "1" or "الثانية" in shown(tab), before


@in_chromium
def test_without_contents_every_chapter_is_reached_all_the_same(
    opened: Callable[..., Any],
) -> None:
    tab = opened("no-contents", size=PHONE)
    tab.click("#open-contents")
    picture(tab, "odd-no-contents-sheet")
    tab.keyboard.press("Escape")
    turn(tab, "ArrowRight", 2)
    assert "Chapter 3" in shown(tab)


@in_chromium
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_no_picture_is_larger_than_its_page_or_out_of_shape(
    opened: Callable[..., Any], size: dict[str, int]
) -> None:
    tab = opened("large-pictures", size=size)
    turn(tab, "ArrowRight", 1 if size is PHONE else 0)
    picture(tab, "odd-large-pictures-next")
    for css, ratio in (("img[alt='A wall']", 9000 / 7000), ("img[alt='A ribbon']", 30)):
        box = inside(tab).locator(css).bounding_box()
        assert box["width"] <= size["width"]
        assert box["height"] <= size["height"]
        assert box["width"] / box["height"] == pytest.approx(ratio, rel=0.15)


@in_chromium
def test_a_scrambled_font_is_put_in_order_and_used(opened: Callable[..., Any]) -> None:
    letters = inside(opened("obfuscated-font"))
    assert letters.evaluate("document.fonts.check('40px Squares')")
    wide = letters.evaluate(
        "() => { const range = document.createRange(); const text = "
        "document.querySelector('#squares').firstChild; range.setStart(text, 0); "
        "range.setEnd(text, 1); return range.getBoundingClientRect().width }"
    )
    assert wide == pytest.approx(120, abs=2)


@pytest.mark.may_skip  # real books are tried where somebody put some; none are ours to commit
@pytest.mark.skipif(not SAMPLES.is_dir(), reason="SAMPLE_BOOKS names no folder of real books")
@in_chromium
@pytest.mark.parametrize("name", ["israel-sailing-he", "waste-land-en", "childrens-literature-en"])
def test_real_books_are_seen(name: str, reading: Reading) -> None:
    part = reading.book((SAMPLES / f"{name}.epub").read_bytes())
    for size in (PHONE, DESK):
        tab = reading.open(part, size=size)
        picture(tab, f"real-{name}-1")
        on = "ArrowLeft" if name.endswith("he") else "ArrowRight"
        for leaf in (2, 3):
            turn(tab, on, 3)
            picture(tab, f"real-{name}-{leaf}")
        assert len(shown(tab)) > 0
    assert reading.troubles == []
