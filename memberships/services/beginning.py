"""How a first club begins: one small thing every month, and a price that is easily paid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from products.contract import Draft
from products.rules import like_shekels

A_MONTH, A_YEAR = 49, 490
"""In shekels. A year costs what ten months do."""


def begun(answers: Mapping[str, Any], currency: str) -> Draft:
    """Return the draft for what was answered."""
    prices = [
        {"kind": "subscription", "amount": like_shekels(A_MONTH, currency), "interval": "month"},
        {"kind": "subscription", "amount": like_shekels(A_YEAR, currency), "interval": "year"},
    ]
    return Draft(
        title=_("A little of it every month"),
        tagline=_("One thing to do, one to hear or watch, on the first of the month."),
        prices=prices,
        outline=(
            _("Month 1: where to begin, and what to do this week"),
            _("Month 2: the one mistake almost everybody makes"),
            _("Month 3: something finished, to show to others"),
        ),
        checklist=(
            _("Write down what a member can do after three months, in one sentence"),
            _first_line("recordings" in answers.get("has", ())),
            _("Have two more months ready before the first member joins"),
            _("Say what stays theirs when they leave"),
            _("Look at its page as a buyer, on a phone"),
        ),
    )


def _first_line(has_recordings: bool) -> str:  # noqa: FBT001 -- the one thing it is about
    if has_recordings:
        return _("Choose the first recording, and write half a page to go with it")
    return _("Make the first month: half a page, and ten minutes spoken into the phone")


def advice_for(ready_ahead: int) -> list[str]:
    """Return what is known of clubs like this one."""
    said = [_("Members stay for what comes next. Small and on its day beats large and late.")]
    if ready_ahead < 1:
        said.append(_("Nothing is ready ahead. One month in reserve lets you be ill for a week."))
    return said
