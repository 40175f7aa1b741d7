import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.errors import BadPlace, UnsatisfiableRange
from content.rules import ByteRange, parse_place, parse_range


@pytest.mark.parametrize(
    ("header", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-99", 0, 100),
        ("bytes=10-", 10, 100),
        ("bytes=-10", 90, 100),
        ("bytes=-1000", 0, 100),
        ("bytes=90-5000", 90, 100),
        ("Bytes= 5-6 ", 5, 7),
    ],
)
def test_one_range_is_understood(header: str, start: int, stop: int) -> None:
    assert parse_range(header, 100) == ByteRange(start, stop)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "bytes=",
        "bytes=-",
        "bytes=0-1,5-6",
        "bytes=9-3",
        "bytes=a-b",
        "lines=0-1",
        "bytes=٣-٤",
        "bytes=--5",
        "bytes=0x0-0xf",
        "bytes=" + "9" * 40 + "-",
    ],
)
def test_what_is_no_single_range_means_the_whole_file(header: str) -> None:
    assert parse_range(header, 100) is None


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0", "bytes=999-"])
def test_a_range_that_begins_after_the_end_cannot_be_satisfied(header: str) -> None:
    with pytest.raises(UnsatisfiableRange):
        parse_range(header, 100)


def test_an_empty_file_satisfies_no_range() -> None:
    with pytest.raises(UnsatisfiableRange):
        parse_range("bytes=-1", 0)


@given(st.text(max_size=40), st.integers(min_value=0, max_value=10**12))
def test_whatever_is_asked_a_range_lies_inside_the_file(tail: str, size: int) -> None:
    try:
        found = parse_range(f"bytes={tail}", size)
    except UnsatisfiableRange:
        return
    assert found is None or 0 <= found.start < found.stop <= size


def test_a_readers_place_is_taken() -> None:
    sent = parse_place(b'{"place": {"cfi": "epubcfi(/6/4!/2)"}, "fraction": 0.25}')
    assert (sent.place, sent.fraction) == ({"cfi": "epubcfi(/6/4!/2)"}, 0.25)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"null",
        b'{"place": {}}',
        b'{"place": {}, "fraction": 0.5, "more": 1}',
        b'{"place": [], "fraction": 0.5}',
        b'{"place": {"a": {"b": 1}}, "fraction": 0.5}',
        b'{"place": {"a": "\\u0000"}, "fraction": 0.5}',
        b'{"place": {"a": "\\ud800"}, "fraction": 0.5}',
        b'{"place": {"a": NaN}, "fraction": 0.5}',
        b'{"place": {"a": 1e400}, "fraction": 0.5}',
        b'{"place": {}, "fraction": NaN}',
        b'{"place": {}, "fraction": -0.1}',
        b'{"place": {}, "fraction": 1.5}',
        b'{"place": {}, "fraction": true}',
        b'{"place": {}, "fraction": "0.5"}',
        b'{"place": {"' + b"k" * 30 + b'": 1}, "fraction": 0.5}',
        b'{"place": {"a": "' + b"v" * 1600 + b'"}, "fraction": 0.5}',
        b"[" * 3000,
        b'{"place": {}, "fraction": 0.5' + b" " * 5000 + b"}",
    ],
)
def test_anything_else_is_refused(body: bytes) -> None:
    with pytest.raises(BadPlace):
        parse_place(body)


def test_too_many_keys_are_refused() -> None:
    body = json.dumps({"place": {f"k{n}": n for n in range(13)}, "fraction": 0}).encode()
    with pytest.raises(BadPlace):
        parse_place(body)
