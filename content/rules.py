"""Byte ranges as RFC 9110 reads them, and what may be kept as a place in a book."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass

from content.errors import BadPlace, UnsatisfiableRange

RANGE = re.compile(r"bytes=[ \t]*(\d{0,18})-(\d{0,18})[ \t]*", re.ASCII | re.IGNORECASE)
MOST_KEYS = 12
LONGEST_KEY = 24
LONGEST_VALUE = 1_500
LONGEST_PLACE = 4_000
OLDEST = 366 * 24 * 3600
REQUIRED, OPTIONAL = {"place", "fraction"}, {"file", "seconds", "again", "age"}
LONGEST_READING = 3_600
"""Seconds that are believed between two places."""
FINISHED = 0.985
"""Nobody turns the very last blank page."""


@dataclass(frozen=True)
class ByteRange:
    """Bytes ``start`` up to but not including ``stop``."""

    start: int
    stop: int

    @property
    def length(self) -> int:
        """How many bytes that is."""
        return self.stop - self.start


def parse_range(header: str, size: int) -> ByteRange | None:
    """Return the one range asked for, or None where the whole file is to be sent.

    Several ranges at once, other units and nonsense are ignored, as RFC 9110 (14.2) allows;
    UnsatisfiableRange when the range begins after the end.
    """
    match = RANGE.fullmatch(header.strip())
    if match is None or not any(match.groups()):
        return None
    first, last = match.groups()
    if not first:
        return _suffix(int(last), size)
    start = int(first)
    stop = int(last) + 1 if last else size
    if last and stop <= start:
        return None
    if start >= size:
        raise UnsatisfiableRange(size)
    return ByteRange(start, min(stop, size))


def _suffix(length: int, size: int) -> ByteRange:
    if length == 0 or size == 0:
        raise UnsatisfiableRange(size)
    return ByteRange(max(0, size - length), size)


@dataclass(frozen=True)
class Place:
    """Where somebody is: what the reader needs to find it again, and how far along, 0 to 1.

    ``age`` says how many seconds ago they were there: a device without a connection sends later.
    """

    place: dict[str, str | int | float | bool]
    fraction: float
    file: str = ""
    """The public id of the file it is of, where the reader says it."""
    seconds: int = 0
    """For how long they read since the last place was sent."""
    is_again: bool = False
    """Whether they began once more, from the beginning."""
    age: int = 0


def parse_place(body: bytes) -> Place:
    """Return the place a reader's script sent; BadPlace for anything it would not send."""
    if len(body) > LONGEST_PLACE:
        raise BadPlace("too long")
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadPlace("no JSON") from error
    if not isinstance(sent, dict) or not REQUIRED <= set(sent) <= REQUIRED | OPTIONAL:
        raise BadPlace("an object of place and fraction is expected")
    return Place(
        _clean_place(sent["place"]),
        _clean_fraction(sent["fraction"]),
        _clean_file(sent.get("file", "")),
        _clean_seconds(sent.get("seconds", 0)),
        sent.get("again") is True,
        _clean_age(sent.get("age", 0)),
    )


def _clean_file(file: object) -> str:
    if not isinstance(file, str) or len(file) > LONGEST_KEY or not _is_plain(file):
        raise BadPlace("the name of a file is expected")
    return file


def _clean_seconds(seconds: object) -> int:
    if isinstance(seconds, bool) or not isinstance(seconds, int) or seconds < 0:
        raise BadPlace("whole seconds are expected")
    return min(seconds, LONGEST_READING)


def _clean_place(place: object) -> dict[str, str | int | float | bool]:
    if not isinstance(place, dict) or len(place) > MOST_KEYS:
        raise BadPlace("a small object is expected")
    if not all(len(key) <= LONGEST_KEY and _is_plain(value) for key, value in place.items()):
        raise BadPlace("short keys and plain values are expected")
    return place


def _is_plain(value: object) -> bool:
    if isinstance(value, str):
        # Neither database stores NUL or half a surrogate pair in JSON.
        return len(value) <= LONGEST_VALUE and "\0" not in value and _is_unicode(value)
    if isinstance(value, bool):
        return True
    return isinstance(value, int | float) and math.isfinite(value) and abs(value) < 2**53


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _clean_fraction(fraction: object) -> float:
    if isinstance(fraction, bool) or not isinstance(fraction, int | float):
        raise BadPlace("a number is expected")
    if not 0 <= fraction <= 1:
        raise BadPlace("a number between 0 and 1 is expected")
    return float(fraction)


def _clean_age(age: object) -> int:
    if isinstance(age, bool) or not isinstance(age, int) or not 0 <= age <= OLDEST:
        raise BadPlace("seconds since then are expected")
    return age
