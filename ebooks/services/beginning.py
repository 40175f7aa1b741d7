"""How a first book begins: short, one question, a price that is easily paid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from products.contract import Draft
from products.rules import like_shekels

PRICE, PRICE_FOR_A_NAME = 49, 39
"""In shekels. Who wants to be known first asks a little less, and is read by more."""


def begun(answers: Mapping[str, Any], currency: str) -> Draft:
    """Return the draft for what was answered."""
    wants_a_name = answers.get("authority") == "yes"
    amount = like_shekels(PRICE_FOR_A_NAME if wants_a_name else PRICE, currency)
    return Draft(
        title=_("A short guide to what I know best"),
        tagline=_("One question, answered in one evening."),
        prices=({"kind": "one_time", "amount": amount},),
        outline=(
            _("The question, and whose question it is"),
            _("Where most people go wrong"),
            _("How it is done, step by step"),
            _("One example, from beginning to end"),
            _("What to do tomorrow morning"),
        ),
        checklist=(*_first_lines("text" in answers.get("has", ())), *_last_lines()),
    )


def _first_lines(has_text: bool) -> tuple[str, ...]:  # noqa: FBT001 -- the one thing it is about
    one = _("Write down the one question the book answers, in the reader's own words")
    if has_text:
        return (one, _("Gather what you have already, and cut what answers another question"))
    return (one, _("Write forty pages: one chapter a sitting, five sittings"))


def _last_lines() -> tuple[str, ...]:
    return (
        _("Let three people read it, and mend where they stopped"),
        _("Save it as EPUB or PDF and put it in here"),
        _("Choose a chapter as the sample: it sells the rest"),
        _("Say in one sentence what the reader can do afterwards"),
        _("Look at its page as a buyer, on a phone"),
    )
