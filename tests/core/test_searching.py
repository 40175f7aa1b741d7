"""Words as people type them, in Hebrew and elsewhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.searching import MOST_TERMS, normalised, parse_query, snippet, stem


@pytest.mark.parametrize(
    ("written", "searched"),
    [
        ("סֵפֶר הַתְּפִירָה", "ספר התפירה"),
        ("בְּרֵאשִׁ֖ית בָּרָ֣א", "בראשית ברא"),
        ("שׁלוֹם", "שלומ"),
        ("ג׳ירפה", "גירפה"),
        ("ג'ירפה", "גירפה"),
        ("צה״ל", "צהל"),
        ('צה"ל', "צהל"),
        ("תל־אביב", "תל אביב"),
        ("Café—Straße", "cafe strasse"),
        ("don’t", "dont"),
        ("C++ & C#", "c++ c#"),
        ("hy\u00adphen", "hyphen"),
        ("50%_off\\", "50 off"),
        ("a\0b", "a b"),
    ],
)
def test_text_is_searched_without_points_signs_and_case(written: str, searched: str) -> None:
    assert normalised(written) == searched


@pytest.mark.parametrize(
    ("word", "left"),
    [("הספר", "ספר"), ("והספר", "ספר"), ("שבספר", "ספר"), ("בית", "בית"), ("ספר", "ספר")],
)
def test_the_prefixes_of_a_hebrew_word_are_taken_off(word: str, left: str) -> None:
    assert stem(word) == left


def test_a_query_is_bounded_and_says_each_word_once() -> None:
    assert parse_query("ספר הספר ספר").terms == ("ספר", "הספר")
    assert parse_query("% _ \\ ' \0").terms == ()
    assert not parse_query(" ")
    assert len(parse_query(" ".join(f"w{n}" for n in range(5000))).terms) <= MOST_TERMS
    assert len(parse_query("x" * 10_000).phrase) == 200


def test_a_snippet_shows_the_words_as_they_are_written() -> None:
    found = snippet("פתחתי את הַסֵּפֶר בערב ונרדמתי", parse_query("ספר"))
    assert (found.before, found.match, found.after) == ("פתחתי את", "הַסֵּפֶר", "בערב ונרדמתי")


def test_a_snippet_prefers_the_whole_phrase() -> None:
    text = "The running stitch. " + "word " * 60 + "A back stitch holds."
    found = snippet(text, parse_query("back stitch"))
    assert found.match == "back stitch"
    assert found.before.startswith("…")
    assert len(found.before) <= 61


def test_a_snippet_neither_begins_nor_ends_with_a_dot_between_texts() -> None:
    text = "one · two six three · four five"
    found = snippet(text, parse_query("six"), around=7)
    assert (found.before, found.match, found.after) == ("…two", "six", "three…")


def test_where_nothing_matches_the_beginning_is_shown() -> None:
    found = snippet("One two three", parse_query("zzz"))
    assert (found.match, found.after) == ("", "One two three")


@given(st.text())
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    once = normalised(text)
    assert normalised(once) == once
    assert "\0" not in once


def test_a_letter_is_the_same_when_it_is_met_again() -> None:
    said = "Déjà vu: שָׁלוֹם, C++ #1 it's\u00ad fine"
    assert normalised(said) == normalised(said) == "deja vu שלומ c++ #1 its fine"
