import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.plugins.browser import axe_violations
from tests.toolchain import gallery

STATIC = gallery.ROOT / "static"
SHEETS = [STATIC / "css" / f"{name}.css" for name in ("tokens", "base", "parts", "things", "pages")]
PHYSICAL = (
    r"(?<![\w-])(margin|padding|border)-(left|right)|(?<![\w-])(left|right|float|text-align): ?"
)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with gallery.served({name: gallery.render(name) for name in ("he", "en")}) as address:
        yield address


@pytest.fixture
def open_page(browser: Browser, address: str):
    """Open the gallery; the test fails on anything the policy refused or the page complained of."""
    complaints: list[str] = []
    contexts = []

    def opened(language: str, *, width: int, scheme: str = "light") -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 640}, color_scheme=scheme, reduced_motion="reduce"
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("requestfailed", lambda request: complaints.append(request.url))
        page.goto(f"{address}/{language}")
        page.evaluate("document.fonts.ready")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("language", ["he", "en"])
def test_axe_finds_nothing_in_any_component(
    open_page, language: str, width: int, scheme: str
) -> None:
    assert axe_violations(open_page(language, width=width, scheme=scheme)) == []


@pytest.mark.browser
@pytest.mark.parametrize("language", ["he", "en"])
def test_nothing_is_wider_than_a_phone(open_page, language: str) -> None:
    page = open_page(language, width=360)
    assert page.evaluate("document.documentElement.scrollWidth") == 360


@pytest.mark.browser
@pytest.mark.parametrize("language", ["he", "en"])
def test_a_title_of_twelve_words_leaves_the_button_on_a_phones_first_screen(
    open_page, language: str
) -> None:
    box = open_page(language, width=360).locator(".offer .btn").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 640


@pytest.mark.browser
def test_targets_are_large_enough_for_a_thumb(open_page) -> None:
    page = open_page("he", width=360)
    targets = page.locator(
        ".btn, .top a, .bar a, .foot a, select, input:not([type=radio], [type=checkbox])"
    )
    heights = [box["height"] for box in (one.bounding_box() for one in targets.all()) if box]
    assert heights
    assert min(heights) >= 44


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_white_letters_are_read_on_every_hue(open_page, scheme: str) -> None:
    page = open_page("en", width=1280, scheme=scheme)
    faces = page.locator(".goods .face").evaluate_all(
        """faces => faces.map(face => {
            const canvas = Object.assign(document.createElement('canvas'), {width: 1, height: 1});
            const paint = canvas.getContext('2d');
            paint.fillStyle = getComputedStyle(face).backgroundColor;
            paint.fillRect(0, 0, 1, 1);
            return [...paint.getImageData(0, 0, 1, 1).data].slice(0, 3);
        })"""
    )
    assert len({tuple(face) for face in faces}) >= 12
    assert min(contrast_with_white(face) for face in faces) >= 4.5


def contrast_with_white(colour: list[int]) -> float:
    """WCAG 2.2's contrast ratio (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio)."""
    parts = [value / 255 for value in colour]
    red, green, blue = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def test_no_component_writes_inline_style_or_script() -> None:
    html = gallery.render("he")
    assert not re.search(r"<style|<script|\sstyle=|\son\w+=|javascript:", html)


def test_a_visitors_page_asks_for_no_account(rf) -> None:
    html = gallery.render("en", customer=None)
    assert "Sign in" in html
    assert 'class="bar"' not in html


def test_what_a_person_wrote_is_escaped_in_every_component() -> None:
    hostile = dict.fromkeys(gallery.WORDS["en"], "<script>alert(1)</script>\"'>")
    html = gallery.render("en", words=hostile)
    assert "<script>" not in html
    assert "\"'>" not in html


def test_the_stylesheets_keep_to_their_share_of_the_wire() -> None:
    css = b"".join(sheet.read_bytes() for sheet in [*SHEETS, STATIC / "built" / "fonts.css"])
    assert len(gzip.compress(css)) <= 10_000


def test_the_default_type_pair_weighs_no_more_than_55_kilobytes() -> None:
    fonts = STATIC / "built" / "fonts"
    names = ("frank-ruhl-libre", "assistant")
    files = [fonts / f"{name}-{script}.woff2" for name in names for script in ("hebrew", "latin")]
    assert sum(file.stat().st_size for file in files) <= 55_000


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_the_stylesheets_know_no_left_and_right(sheet: Path) -> None:
    known = {"left: 50%"}  # a circle's middle is the same from both sides
    text = sheet.read_text()
    found = [m.group(0) for m in re.finditer(rf"({PHYSICAL})[^;}}]*", text)]
    allowed = {"text-align: start", "text-align: end", "text-align: center"} | known
    assert [one for one in found if one not in allowed] == []
