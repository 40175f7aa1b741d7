"""Which format suits a creator: a sum anybody can follow, and its reasons in plain words.

Pure: answers and the formats' own advice in, a ranking out. Each of the four questions has a
weight from 0 (does not matter) to 2 (matters much); a format brings 0 to 3 for each. What it
needs and the creator has adds ``HAS``; what is missing takes ``LACKS`` away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from products.contract import Advice, ProductFormat

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

HAS, LACKS = 3, 4
GOOD, WEAK = 2, 1
"""From how much on a format is praised for something, and up to how much it is warned of."""
MUCH = 2

WEIGHTS: Mapping[str, Mapping[str, int]] = {
    "income": {"yes": 2, "nice": 1, "no": 0},
    "authority": {"yes": 2, "nice": 1, "no": 0},
    "technology": {"little": 2, "some": 1, "much": 0},
    "helpers": {"no": 2, "some": 1, "yes": 0},
}
"""The four questions, their answers, and how much each makes its quality matter."""
QUALITIES: Mapping[str, str] = {
    "income": "income_every_month",
    "authority": "builds_authority",
    "technology": "little_technology",
    "helpers": "works_alone",
}
FOR: Mapping[str, _StrPromise] = {
    "income": _("It brings money every month, not once."),
    "authority": _("It makes your name in your field."),
    "technology": _("It asks for little technology."),
    "helpers": _("You can do it alone."),
}
AGAINST: Mapping[str, _StrPromise] = {
    "income": _("It is mostly paid once, so each month begins anew."),
    "authority": _("It does less for your name than others."),
    "technology": _("It asks for more technology than you want."),
    "helpers": _("It is hard to do without help."),
}
NEEDS: Mapping[str, tuple[_StrPromise, _StrPromise]] = {
    "text": (
        _("You have text to begin with."),
        _("It begins with text, which you still have to write."),
    ),
    "recordings": (
        _("You have recordings to begin with."),
        _("It begins with recordings, which you still have to make."),
    ),
    "time_for_calls": (
        _("You have time to talk with people."),
        _("It needs hours for calls, which you said you don't have."),
    ),
}
"""What a creator may have: what is said when they do, and when they do not."""


@dataclass(frozen=True)
class Ranked:
    """One format in the answer: how well it fits, and why."""

    format: ProductFormat
    score: int
    reasons: Sequence[str | _StrPromise]
    doubts: Sequence[str | _StrPromise]


def rank(
    answers: Mapping[str, str], has: Iterable[str], of: Iterable[ProductFormat]
) -> list[Ranked]:
    """Return the formats that give advice, the one that suits best first; ties keep their order."""
    owned = set(has)
    found = [
        Ranked(
            each,
            score_of(each.advice, answers, owned),
            *_reasons(each.advice, answers, owned),
        )
        for each in of
        if each.advice is not None
    ]
    return sorted(found, key=lambda ranked: -ranked.score)


def score_of(advice: Advice, answers: Mapping[str, str], has: set[str]) -> int:
    """Return how well a format fits: the weighted sum, and what is there or missing for it."""
    fits = sum(
        weight_of(question, answers) * int(getattr(advice, quality))
        for question, quality in QUALITIES.items()
    )
    return fits + sum(HAS if need in has else -LACKS for need in advice.needs)


def weight_of(question: str, answers: Mapping[str, str]) -> int:
    """Return how much a question matters to who answered; not answered, it does not."""
    return WEIGHTS[question].get(answers.get(question, ""), 0)


def _reasons(
    advice: Advice, answers: Mapping[str, str], has: set[str]
) -> tuple[list[str | _StrPromise], list[str | _StrPromise]]:
    """Return what speaks for a format and what against it, by what was answered only."""
    good: list[str | _StrPromise] = []
    weak: list[str | _StrPromise] = []
    for question, quality in QUALITIES.items():
        weight, brings = weight_of(question, answers), int(getattr(advice, quality))
        if weight and brings >= GOOD:
            good.append(FOR[question])
        elif weight == MUCH and brings <= WEAK:
            weak.append(AGAINST[question])
    for need in advice.needs:
        if need in NEEDS:
            there, missing = NEEDS[need]
            (good if need in has else weak).append(there if need in has else missing)
    return good, weak
