"""The fields of a card, and the test cards that fill them in."""

from __future__ import annotations

from sandbox.cards import CARDS, by_number
from sandbox.pages.html import Markup, tag

LONGEST = 250
Words = dict[str, str]


def field(words: Words, name: str, value: str, **attributes: str | bool) -> Markup:
    """Return an input with its label."""
    given: dict[str, str | bool] = {"dir": "ltr", "autocomplete": "off", **attributes}
    return tag(
        "label",
        tag("span", words[name]),
        tag("input", name=name, value=value, maxlength=LONGEST, **given),
    )


def card_fields(words: Words, form: dict[str, str]) -> Markup:
    """Return the fields, with what was typed or chosen so far."""
    number = by_number(form.get("fill", ""))
    shown = number.spaced if number else form.get("card", "")
    expiry = "12 / 34" if number else form.get("expiry", "")
    code = "123" if number else form.get("cvc", "")
    return tag(
        "fieldset",
        field(words, "card", shown, inputmode="numeric", required=True),
        tag(
            "div",
            field(words, "expiry", expiry, placeholder="12 / 34"),
            field(words, "cvc", code, inputmode="numeric"),
            class_="pair",
        ),
        field(words, "name", form.get("name", ""), dir="auto"),
    )


def test_cards(words: Words) -> Markup:
    """Return the cards to choose from, each a button that fills the fields."""
    choices = [
        tag(
            "li",
            tag(
                "button",
                tag("bdi", card.spaced, dir="ltr"),
                tag("span", words[card.tells]),
                name="fill",
                value=card.number,
                formnovalidate=True,
            ),
        )
        for card in CARDS
        if card.tells
    ]
    return tag(
        "section",
        tag("h2", words["cards"]),
        tag("p", words["cards_help"]),
        tag("ul", choices, class_="cards"),
    )
