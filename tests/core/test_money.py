from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import money

amounts = st.integers(0, money.MAX_AMOUNT)
currencies = st.sampled_from(money.CURRENCIES)


@given(amounts, currencies)
def test_minor_units_survive_the_way_there_and_back(amount: int, currency: str) -> None:
    assert money.from_major(money.to_major(amount, currency), currency) == amount


@given(amounts, currencies)
def test_what_is_written_as_a_plain_number_is_read_as_the_same_amount(
    amount: int, currency: str
) -> None:
    assert money.parse(str(money.to_major(amount, currency)), currency) == amount


def test_currencies_have_their_own_decimals() -> None:
    assert money.to_major(500, "JPY") == Decimal(500)
    assert money.to_major(500, "KWD") == Decimal("0.500")
    assert money.to_major(500, "ILS") == Decimal("5.00")


@pytest.mark.parametrize(
    "text", ["", "abc", "1.234", "1e9", "NaN", "Infinity", "١٢", "--3", "=1+1"]
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(money.MoneyError):
        money.parse(text, "ILS")


def test_amounts_are_written_as_the_reader_writes_them() -> None:
    assert money.display(4900, "USD", "en") == "$49"
    assert money.display(4990, "USD", "en") == "$49.90"
    assert money.display(129900, "USD", "en") == "$1,299"
    assert "₪" in money.display(4900, "ILS", "he")
    assert "49" in money.display(4900, "ILS", "he")
    assert "49.00" not in money.display(4900, "ILS", "he")
    assert money.display(500, "JPY", "en") == "¥500"


def test_a_minus_stands_at_the_left_of_its_number_in_hebrew() -> None:
    assert money.display(-6200, "ILS", "he") == "\u200f\u200e\u221262\xa0\u200f₪"
    assert money.display(-6250, "USD", "en") == "-$62.50"


def test_a_label_carries_the_sign_of_its_currency() -> None:
    assert money.symbol("ILS", "he") == "₪"
    assert money.symbol("GBP", "en") == "£"
    assert money.symbol("CHF", "en") == "CHF"
