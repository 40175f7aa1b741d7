"""Without any colour: a page is still read, its states are still told, and two shops told apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest

from stores.admin.look import READY
from stores.models import Look
from stores.rules import (
    READABLE,
    brand_on,
    contrast,
    link_on,
    luminance,
    object_colours,
    on_colour,
    surfaces,
)

CSS = Path(__file__).parents[2] / "static" / "css"
FIELDS = ("type_pair", "corner", "mark_line")
SEEN = 3.0
"""WCAG 2.2, success criterion 1.4.11: the contrast of what marks a field or a state."""
PALETTES = [Look._meta.get_field("colour").default] + [
    choices["colour"] for _label, choices in READY.values()
]


def grey(colour: str) -> str:
    """Return a colour as a screen without colour shows it: the grey of its luminance."""
    light = luminance(colour)
    value = 12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055
    return "#" + f"{round(value * 255):02x}" * 3


def tokens() -> Iterator[tuple[str, str, str]]:
    """Yield each colour of the text and the states as tokens.css says it: name, day, night."""
    text = (CSS / "tokens.css").read_text()
    yield from re.findall(r"--(\w+): light-dark\((#\w{6}), (#\w{6})\);", text)


def test_the_tokens_are_found() -> None:
    assert {"ink", "soft", "edge", "good", "warn", "bad"} <= {name for name, *_rest in tokens()}


@pytest.mark.parametrize("colour", PALETTES)
@pytest.mark.parametrize("dark", [False, True], ids=["day", "night"])
def test_a_page_is_read_in_grey(colour: str, *, dark: bool) -> None:
    grounds = [grey(each) for each in surfaces(brand_on(colour, dark=dark), dark=dark)]
    texts = {name: night if dark else day for name, day, night in tokens()}
    texts["link"] = link_on(colour, dark=dark)
    for name, text in texts.items():
        least = min(contrast(grey(text), ground) for ground in grounds)
        assert least >= (SEEN if name == "edge" else READABLE) - 0.05, (name, least)
    button = brand_on(colour, dark=dark)
    assert contrast(grey(on_colour(button)), grey(button)) >= READABLE - 0.05
    for each in object_colours(colour):
        assert contrast("#ffffff", grey(each)) >= READABLE - 0.05


def test_two_shops_differ_by_more_than_their_colour() -> None:
    fresh = Look()
    looks = {
        key: tuple(choices.get(name, getattr(fresh, name)) for name in FIELDS)
        for key, (_label, choices) in READY.items()
    }
    for one, other in combinations(looks, 2):
        assert looks[one] != looks[other], (one, other)


STATES = {
    # what a state must be told by, beside its colour
    '.top [aria-current="page"]': "box-shadow",
    '.bar [aria-current="page"]': "box-shadow",
    ".hints [aria-current]": "box-shadow",
    ".ticked > li::before": "content",
    ".field .error": "font-weight",
    '.btn:is(:disabled, [aria-disabled="true"])': "cursor",
    ".round i.free": "border-style",
    ".notice": "border-inline-start",
}


@pytest.mark.parametrize(("selector", "sign"), STATES.items())
def test_a_state_is_told_by_more_than_its_colour(selector: str, sign: str) -> None:
    text = "".join(path.read_text() for path in CSS.glob("*.css"))
    rules = re.findall(rf"(?m)^\s*{re.escape(selector)}\s*{{([^}}]*)}}", text)
    assert rules, f"{selector} has no rule of its own"
    assert any(sign in rule for rule in rules)


def test_links_in_running_text_are_underlined() -> None:
    base = (CSS / "base.css").read_text()
    rule = re.search(r"(?m)^\s*a\s*{([^}]*)}", base)
    assert rule is not None
    assert "text-decoration: none" not in rule[1]
