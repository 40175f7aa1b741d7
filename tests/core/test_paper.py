"""Lines on paper: words in both directions stand as they read."""

from __future__ import annotations

import pytest

from core.paper import Run, apart, lines_of


def stands(text: str, *, is_rtl: bool = False, width: float = 1000) -> list[str]:
    """Return each line as it is seen, letter by letter from the left edge."""
    lines = lines_of(text, width=width, is_rtl=is_rtl, measure=len)
    return ["".join(run.text[::-1] if run.is_rtl else run.text for run in line) for line in lines]


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("+972-3-555-1234", "+972-3-555-1234"),
        ("שיעור 12 מתוך 30", "30 ךותמ 12 רועיש"),
        ("קורס Python 3.11", "Python 3.11 סרוק"),
        ("Excel 2024: מ-0 ל-100 לכולם", "םלוכל 100-ל 0-מ :Excel 2024"),
        ("Amit (עמית 2)", "Amit (2 תימע)"),
    ],
)
@pytest.mark.parametrize("is_rtl", [True, False])
def test_what_was_typed_reads_the_same_on_any_page(typed: str, seen: str, *, is_rtl: bool) -> None:
    assert stands(apart(typed), is_rtl=is_rtl) == [seen]


def test_a_name_inside_a_sentence_leaves_its_order_alone() -> None:
    assert stands(f"Part of: {apart('שיעור 12')}, paid") == ["Part of: 12 רועיש, paid"]
    assert stands(f"עבור {apart('Lesson 12')}.", is_rtl=True) == [".Lesson 12 רובע"]


def test_marks_that_would_turn_a_line_are_taken_out_of_what_was_typed() -> None:
    assert apart("\u202egnp.exe\u2069") == apart("gnp.exe")
    assert apart(" \n") == ""


def test_a_line_holds_whole_words_and_a_word_too_long_is_cut() -> None:
    assert stands("aa bb cccccccc d", width=5) == ["aa bb", "ccccc", "ccc d"]
    assert stands("", width=5) == [""]
    assert stands("10.00\xa0X 2", width=5) == ["10.00", "\xa0X 2"]


def test_a_mark_stays_with_its_letter_where_a_word_is_cut() -> None:
    assert lines_of("אבְג", width=2, is_rtl=True, measure=len)[0] == [Run("א", is_rtl=True)]
