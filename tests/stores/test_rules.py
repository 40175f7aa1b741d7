"""Colours that can be read, whatever a creator chooses."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stores.rules import (
    READABLE,
    VISIBLE,
    brand_on,
    carries_white,
    contrast,
    is_readable,
    link_on,
    luminance,
    mix,
    object_colours,
    on_colour,
    pressed,
    surfaces,
)

COLOURS = st.integers(min_value=0, max_value=0xFFFFFF).map(lambda number: f"#{number:06x}")
CUBE = [
    f"#{r:02x}{g:02x}{b:02x}" for r, g, b in itertools.product((0, 64, 128, 191, 255), repeat=3)
]
INK, SOFT = ("#231f1c", "#efe8df"), ("#635a53", "#b0a498")


@pytest.mark.parametrize(
    ("colour", "expected"), [("#000000", 0), ("#ffffff", 1), ("#808080", 0.2158605)]
)
def test_luminance_is_as_wcag_defines_it(colour: str, expected: float) -> None:
    assert luminance(colour) == pytest.approx(expected)


def test_contrast_is_as_wcag_defines_it() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)
    assert contrast("#ffffff", "#777777") == contrast("#777777", "#ffffff")


@pytest.mark.parametrize(
    ("colour", "share", "ground", "expected"),
    [
        ("#a8412c", 0.04, "#fdfcfa", "#faf4f1"),
        ("#000000", 0.5, "#ffffff", "#636363"),
        ("#ff0000", 1, "#ffffff", "#ff0000"),
        ("#ff0000", 0, "#123456", "#123456"),
    ],
)
def test_mixing_gives_what_browsers_give(
    colour: str, share: float, ground: str, expected: str
) -> None:
    assert mix(colour, share, ground) == expected


@given(COLOURS)
def test_text_on_the_brand_is_read_in_light_and_dark(colour: str) -> None:
    for dark in (False, True):
        brand = brand_on(colour, dark=dark)
        assert contrast(on_colour(brand), brand) >= READABLE


@given(COLOURS)
def test_a_button_under_the_pointer_reads_better_still(colour: str) -> None:
    assert contrast(on_colour(colour), pressed(colour)) >= contrast(on_colour(colour), colour)


@given(COLOURS)
def test_links_are_read_on_paper_sheet_and_tint(colour: str) -> None:
    for dark in (False, True):
        grounds = surfaces(brand_on(colour, dark=dark), dark=dark)
        assert is_readable(link_on(colour, dark=dark), grounds)


@given(COLOURS)
def test_white_is_read_on_all_twelve_objects(colour: str) -> None:
    objects = object_colours(colour)
    assert len(objects) == 12
    assert all(carries_white(each) for each in objects)


@pytest.mark.parametrize("colour", CUBE)
def test_the_corners_of_the_colour_cube_are_read_too(colour: str) -> None:
    for dark in (False, True):
        brand = brand_on(colour, dark=dark)
        grounds = surfaces(brand, dark=dark)
        assert contrast(on_colour(brand), brand) >= READABLE
        assert is_readable(link_on(colour, dark=dark), grounds)
        assert is_readable(INK[dark], grounds)
        assert is_readable(SOFT[dark], grounds)


@given(COLOURS)
def test_a_button_is_never_lost_on_its_page(colour: str) -> None:
    for dark in (False, True):
        paper = surfaces(colour, dark=dark)[0]
        assert contrast(brand_on(colour, dark=dark), paper) >= VISIBLE


def test_a_colour_that_is_readable_already_is_left_alone() -> None:
    assert brand_on("#a8412c", dark=False) == "#a8412c"
    assert link_on("#a8412c", dark=False) == "#a8412c"
