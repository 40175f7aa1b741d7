from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from core.tables import rows_to_csv, safe_cell


@pytest.mark.parametrize(
    "text",
    [
        *("=1+1", "+972501234567", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u200f=1"),
        *("\ufeff=1", "＝1+1", "＋1", "－1", "＠x", "\u2066=1", "\x00=1", "\u3000＝1"),
    ],
)
def test_text_that_begins_like_a_formula_is_held_by_an_apostrophe(text: str) -> None:
    assert safe_cell(text) == "'" + text.replace("\0", "")


def test_other_text_stays_as_it_is() -> None:
    for text in ("plain", "מחברת תפירה", "a=b", "100%", "", "'=1", "3+4"):
        assert safe_cell(text) == text


def test_numbers_stay_numbers_and_days_are_iso() -> None:
    assert safe_cell(Decimal("-1.50")) == "-1.50"
    assert safe_cell(-3) == "-3"
    assert safe_cell(date(2026, 3, 1)) == "2026-03-01"
    assert safe_cell(None) == ""
    with timezone.override(ZoneInfo("Asia/Jerusalem")):
        assert safe_cell(datetime(2026, 3, 1, 22, 30, tzinfo=UTC)) == "2026-03-02 00:30:00"


@given(st.lists(st.text(st.characters(codec="utf-8")), min_size=1, max_size=4))
def test_any_text_comes_back_out_of_the_table_and_calculates_nothing(cells: list[str]) -> None:
    table = "".join(rows_to_csv(["a"], [cells]))
    found = list(csv.reader(io.StringIO(table.removeprefix("\ufeff"), newline="")))[1]
    for cell, shown in zip(cells, found, strict=True):
        assert shown in {cell.replace("\0", ""), "'" + cell.replace("\0", "")}
        assert shown[:1] not in set("=+-@\t\r\n＝＋－＠")


def test_excel_is_told_that_it_is_utf_8_and_the_header_comes_first() -> None:
    assert "".join(rows_to_csv(["שם", "סכום"], [["נועה", 5]])) == "\ufeffשם,סכום\r\nנועה,5\r\n"
