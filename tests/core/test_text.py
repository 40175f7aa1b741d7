from hypothesis import given
from hypothesis import strategies as st

from core.text import clean_line, clean_text, slugify


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean_text(clean_text(text)) == clean_text(text)
    assert clean_line(clean_line(text)) == clean_line(text)


@given(st.text())
def test_no_control_character_or_override_is_left(text: str) -> None:
    assert not set(clean_line(text)) & set("\x00\x07\x1b\n\u202e\u2066\ud800")


def test_hebrew_and_joined_emoji_stay_whole() -> None:
    assert clean_line(" שָׁלוֹם  👩‍👩‍👧 ") == "שָׁלוֹם 👩‍👩‍👧"


def test_a_slug_keeps_hebrew_without_niqqud() -> None:
    assert slugify("הַתֶּפֶר הָרִאשׁוֹן!") == "התפר-הראשון"
    assert slugify("The First  Loaf?") == "the-first-loaf"
    assert slugify("???") == ""
