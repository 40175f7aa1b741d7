"""VAT: rates by day, and sums that are exact to the last unit."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.vat import RATES, percent, vat_of, vat_of_part, vat_rate

amounts = st.integers(0, 99_999_999)
rates = st.integers(0, 3000)


@pytest.mark.parametrize(
    ("country", "day", "rate"),
    [
        ("IL", date(2024, 12, 31), 1700),
        ("IL", date(2025, 1, 1), 1800),
        ("DE", date(2026, 11, 22), 1900),
        ("FI", date(2024, 8, 31), 2400),
        ("FI", date(2024, 9, 1), 2550),
        ("US", date(2026, 1, 1), 0),
    ],
)
def test_the_rate_is_the_one_of_the_day(country: str, day: date, rate: int) -> None:
    assert vat_rate(country, day) == rate


def test_each_countrys_rates_stand_in_the_order_of_their_days() -> None:
    for rates_of in RATES.values():
        days = [rate.day for rate in rates_of]
        assert days == sorted(set(days))


def test_inclusive_and_exclusive_prices_are_split_as_written() -> None:
    assert vat_of(11_800, 1800, is_inclusive=True) == (10_000, 1_800, 11_800)
    assert vat_of(4_900, 1800, is_inclusive=True) == (4_153, 747, 4_900)
    assert vat_of(4_900, 1800, is_inclusive=False) == (4_900, 882, 5_782)
    assert percent(1800) == "18"
    assert percent(2550) == "25.5"


@given(amounts, rates, st.booleans())
def test_net_and_vat_always_add_up(amount: int, rate: int, is_inclusive: bool) -> None:  # noqa: FBT001 -- hypothesis calls it by name
    net, vat, gross = vat_of(amount, rate, is_inclusive=is_inclusive)
    assert net + vat == gross
    assert (gross if is_inclusive else net) == amount
    assert abs(vat * 10_000 - net * rate) <= (10_000 + rate) // 2 + 1


@given(st.lists(st.integers(1, 100_000), min_size=1, max_size=12), rates)
def test_the_vat_of_pieces_adds_up_to_the_wholes(pieces: list[int], rate: int) -> None:
    _net, vat, total = vat_of(sum(pieces), rate, is_inclusive=True)
    before = vat_before = 0
    for piece in pieces:
        part = vat_of_part(piece, before=before, vat_before=vat_before, total=total, vat=vat)
        assert 0 <= part <= piece
        before, vat_before = before + piece, vat_before + part
    assert vat_before == vat
