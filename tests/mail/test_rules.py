from datetime import timedelta

import pytest

from mail.rules import display_name, header_line, is_for_good, normal_address, retry_after


def test_a_header_is_one_line_and_keeps_the_no_break_space_of_a_code() -> None:
    assert header_line(" 482\u00a0913\r\n is\tyour code ") == "482\u00a0913 is your code"


def test_a_header_has_an_end() -> None:
    assert len(header_line("x" * 1000)) == 250


@pytest.mark.parametrize("typed", ["a@b", "a b@example.com", "@", "@example.com", "a@" + "b" * 300])
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        normal_address(typed)


def test_a_name_full_of_signs_is_a_name() -> None:
    assert display_name('"<a@b>"') == "a b"


def test_giving_up_comes_after_the_last_step() -> None:
    assert retry_after(1) == timedelta(minutes=1)
    assert retry_after(7) is None
    assert retry_after(4, wiped=True) is None


@pytest.mark.parametrize(
    ("code", "expected"), [(550, True), (554, True), (451, False), (535, False)]
)
def test_only_a_refusal_of_this_message_is_for_good(code: int, *, expected: bool) -> None:
    assert is_for_good(code) is expected
