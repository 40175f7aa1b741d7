"""Files as they come: encodings, separators, dates and amounts as people write them."""

from __future__ import annotations

import csv
import io
from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from payments.errors import CannotRead
from payments.services.moving_in.fields import FIELDS, guessed
from payments.services.moving_in.reading import MOST_ROWS, read
from payments.services.moving_in.values import Reader, every, month_first

READER = Reader(currency="ILS", languages=("he", "en"))
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1255")
HEBREW = st.text("אבגדהוזחטיכלמנסעפצקרשת abc0123,;'\"-", min_size=1, max_size=12).map(
    lambda text: f"ש{text}ם"
)


def written(rows: list[list[str]], delimiter: str) -> str:
    paper = io.StringIO()
    csv.writer(paper, delimiter=delimiter).writerows(rows)
    return paper.getvalue()


@settings(max_examples=60, deadline=None)
@given(
    names=st.lists(HEBREW, min_size=1, max_size=6),
    encoding=st.sampled_from(ENCODINGS),
    delimiter=st.sampled_from(",;\t"),
)
def test_every_encoding_and_separator_reads_the_same(
    names: list[str], encoding: str, delimiter: str
) -> None:
    rows = [["אימייל", "שם", "מחיר"], *([f"a{n}@b.co", name, "45"] for n, name in enumerate(names))]
    sheet = read(written(rows, delimiter).encode(encoding))
    assert sheet.delimiter == delimiter
    assert sheet.head == rows[0]
    assert [line.cells[1] for line in sheet.lines] == [" ".join(name.split()) for name in names]
    assert guessed(sheet.head) == {"email": 0, "name": 1, "amount": 2}


@settings(max_examples=100, deadline=None)
@given(content=st.binary(max_size=300))
def test_no_file_is_a_server_error(content: bytes) -> None:
    with suppress(CannotRead):
        read(content)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_told_by_its_zeros(encoding: str) -> None:
    assert read("email,name\na@b.co,Ann\n".encode(encoding)).lines[0].cells == ["a@b.co", "Ann"]


def test_excels_own_word_about_the_separator_is_taken() -> None:
    sheet = read(b"sep=;\r\nemail;name\r\na@b.co;Ann, the first\r\n")
    assert sheet.lines[0].cells == ["a@b.co", "Ann, the first"]
    assert sheet.lines[0].number == 3


def test_line_numbers_are_those_of_the_file() -> None:
    sheet = read(b'email,name\n\na@b.co,"Ann\nof two lines"\n,,\nc@d.co,Cid\n')
    assert [line.number for line in sheet.lines] == [3, 6]


def test_the_apostrophe_of_a_table_is_taken_off_again() -> None:
    assert read(b"email,phone\na@b.co,'+972 50\n").lines[0].cells[1] == "+972 50"


def test_twenty_thousand_lines_and_no_more() -> None:
    line = b"a@b.co,x\n"
    assert len(read(b"email,name\n" + line * MOST_ROWS).lines) == MOST_ROWS
    with pytest.raises(CannotRead, match="more than 20000"):
        read(b"email,name\n" + line * (MOST_ROWS + 1))


def test_our_own_names_are_known() -> None:
    assert guessed([str(field.label) for field in FIELDS]) == {
        field.key: place for place, field in enumerate(FIELDS)
    }


@settings(max_examples=200, deadline=None)
@given(day=st.dates(date(2000, 1, 1), date(2099, 12, 31)), is_day_first=st.booleans())
def test_a_date_written_any_way_is_that_date(day: date, is_day_first: bool) -> None:  # noqa: FBT001
    reader = Reader("ILS", ("en",), is_day_first=is_day_first)
    one, two = (day.day, day.month) if is_day_first else (day.month, day.day)
    for text in (
        day.isoformat(),
        f"{day:%Y/%m/%d}",
        f"{day:%Y-%m-%d} 00:00:00",
        f"{day:%Y-%m-%d}T10:30:00Z",
        f"{one}/{two}/{day.year}",
        f"{one:02}.{two:02}.{day.year}",
        f"{one}-{two}-{day.year % 100:02}",
    ):
        assert reader.day(text) == day, text


@pytest.mark.parametrize("text", ["31/2/2026", "0/1/2026", "soon", "45000", "2026-13-01", "1/2"])
def test_what_is_no_date_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        READER.day(text)


def test_the_months_place_is_guessed_where_only_one_can_be_right() -> None:
    assert month_first(["1/31/2026", "2/3/2026"])
    assert not month_first(["31/1/2026", "2/3/2026"])
    assert not month_first(["1/2/2026"])


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("45", 4500),
        ("₪45", 4500),
        ("45.90 ₪", 4590),
        ("45,90", 4590),
        ("1,234", 123400),
        ("1,234.50", 123450),
        ("1.234,50", 123450),
        ("ILS 45", 4500),
        ("45 ILS", 4500),
        ('45 ש"ח', 4500),
    ],
)
def test_an_amount_written_any_way_is_that_amount(text: str, amount: int) -> None:
    assert READER.amount(text, {}) == amount


@pytest.mark.parametrize("text", ["$45", "45 USD", "free", "-45", "0.5", "1.234567", "9999999999"])
def test_what_cannot_be_charged_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        READER.amount(text, {})


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        ("month", "month"),
        ("Monthly", "month"),
        ("every month", "month"),
        ("חודשי", "month"),
        ("3 months", "quarter"),
        ("per year", "year"),
        ("שנתי", "year"),
        ("weekly", "week"),
    ],
)
def test_how_often_is_understood(text: str, interval: str) -> None:
    assert every(text) == interval


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from([field.key for field in FIELDS]), st.text(max_size=30)))
def test_no_cell_is_a_server_error(cells: dict[str, str]) -> None:
    said = READER.said(cells)
    assert said.email or said.troubles
