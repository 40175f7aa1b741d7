"""Which format suits me: the ranking is a sum that a table can check, and says why."""

from __future__ import annotations

import pytest

from products.contract import Advice, ProductFormat, formats
from products.services.choosing import HAS, LACKS, rank, score_of


class Monthly(ProductFormat):
    key, label, plural, object = "monthly", "monthly", "monthlies", "stack"
    advice = Advice(3, 1, 1, 1, ("time_for_calls",), "Each month.")


class Written(ProductFormat):
    key, label, plural, object = "written", "written", "writtens", "book"
    advice = Advice(0, 3, 3, 3, ("text",), "Once.")


class Silent(ProductFormat):
    key, label, plural, object = "silent", "silent", "silents", "book"


BOTH = (Monthly(), Written(), Silent())
BUSY = {"income": "yes", "authority": "no", "technology": "much", "helpers": "yes"}
ALONE = {"income": "no", "authority": "yes", "technology": "little", "helpers": "no"}


@pytest.mark.parametrize(
    ("answers", "has", "order"),
    [
        (BUSY, {"time_for_calls"}, ["monthly", "written"]),
        (ALONE, {"text"}, ["written", "monthly"]),
        (ALONE, set(), ["written", "monthly"]),
        (BUSY, {"text"}, ["written", "monthly"]),  # what is missing outweighs one wish
        ({}, set(), ["monthly", "written"]),  # nothing was said: as they are installed
    ],
)
def test_what_was_answered_decides_the_order(
    answers: dict[str, str], has: set[str], order: list[str]
) -> None:
    assert [each.format.key for each in rank(answers, has, BOTH)] == order


def test_a_score_is_the_weighted_sum_and_what_is_there() -> None:
    assert score_of(Written.advice, ALONE, {"text"}) == 2 * 3 + 2 * 3 + 2 * 3 + HAS
    assert score_of(Monthly.advice, BUSY, set()) == 2 * 3 - LACKS


def test_reasons_follow_from_the_answers_only() -> None:
    first, second = rank(ALONE, {"text"}, BOTH)
    said = [str(each) for each in first.reasons]
    assert "It makes your name in your field." in said
    assert not any("every month" in each for each in said)  # it was not asked for
    assert not first.doubts
    doubts = [str(each) for each in second.doubts]
    assert "It asks for more technology than you want." in doubts
    assert "It needs hours for calls, which you said you don't have." in doubts


def test_a_format_registered_for_a_test_is_ranked_with_the_others() -> None:
    with formats.registered(Monthly()):
        found = [each.format.key for each in rank(BUSY, {"time_for_calls"}, formats)]
    assert found[0] == "monthly"
    assert len(found) > 1
