import pytest

from sandbox.money import decimals, fee, minimum, shown


@pytest.mark.parametrize(("currency", "digits"), [("ils", 2), ("jpy", 0), ("kwd", 3)])
def test_currencies_differ_in_decimals(currency, digits):
    assert decimals(currency) == digits


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [(4900, "ils", "₪49.00"), (4900, "jpy", "¥4,900"), (4900, "kwd", "KWD4.900")],
)
def test_amounts_are_shown_as_people_write_them(amount, currency, text):
    assert shown(amount, currency).replace("\xa0", "") == text


def test_hebrew_writes_the_sign_after_the_number():
    assert shown(4900, "ils", "he").rstrip("\u200f").endswith("₪")


def test_stripe_keeps_a_share_and_a_little():
    assert fee(10_000) == 320


def test_little_is_too_little_where_stripe_says_so():
    assert minimum("usd") == 50
    assert minimum("xyz") == 1
