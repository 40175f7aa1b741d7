"""A file of people as it comes from anywhere: its letters, its columns, its lines."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from payments.errors import CannotRead

MOST_BYTES = 10 << 20
MOST_ROWS = 20_000
MOST_COLUMNS = 60
LONGEST_CELL = 500
LONGEST_HEAD = 80
SEPARATORS = ",;\t"
LOOKED_AT = 20
"""So many lines tell by what the columns are separated."""
MARKED = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class Line:
    """One line with something in it, and where it begins in the file."""

    number: int
    cells: list[str]


@dataclass(frozen=True)
class Sheet:
    """A file as a table: the names of its columns, and its lines."""

    encoding: str
    delimiter: str
    head: list[str]
    lines: list[Line]


def read(content: bytes) -> Sheet:
    """Return a file as a table; CannotRead says in a sentence why it is none.

    UTF-8 with or without a mark, UTF-16 and windows-1255 are told apart, and so are commas,
    semicolons and tabs. Empty lines are left out, and every cell is tidied.
    """
    if len(content) > MOST_BYTES:
        raise CannotRead(_("This file is too large. Split it, 10 MB each at most."))
    text, encoding = decoded(content)
    delimiter, text, skipped = _separated(text)
    lines = list(_lines(text, delimiter, skipped))
    if not lines:
        raise CannotRead(_("This file is empty."))
    head, *rest = lines
    if not rest:
        raise CannotRead(_("This file has a first line and nothing below it."))
    if len(head.cells) > MOST_COLUMNS:
        raise CannotRead(_("This file has too many columns."))
    names = [name[:LONGEST_HEAD] for name in head.cells]
    return Sheet(encoding, delimiter, names, rest)


def decoded(content: bytes) -> tuple[str, str]:
    """Return a file's text and in which encoding it was written."""
    for mark, encoding in MARKED:
        if content.startswith(mark):
            return _decode(content, encoding), encoding
    if b"\0" in content[:200]:
        is_little = content[1:2] == b"\0"
        encoding = "utf-16-le" if is_little else "utf-16-be"
        return _decode(content, encoding), encoding
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _decode(content, "cp1255"), "windows-1255"


def _decode(content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise CannotRead(
            _("The letters of this file cannot be read. Save it as CSV UTF-8 and try again.")
        ) from error
    if "\0" in text:
        raise CannotRead(_("This is no text. Save the table as CSV and try again."))
    return text


def _separated(text: str) -> tuple[str, str, int]:
    """Return by what columns are separated, the text, and how many lines of it were left out.

    Excel may name it in a line of its own.
    """
    first, _end, rest = text.partition("\n")
    named = first.strip().strip('"').lower()
    if named.startswith("sep=") and len(first.strip().strip('"')) == len("sep=") + 1:
        return first.strip().strip('"')[-1], rest, 1
    if named == "sep=":
        return "\t", rest, 1
    return max(SEPARATORS, key=lambda each: _fit(text, each)), text, 0


def _fit(text: str, delimiter: str) -> tuple[int, int]:
    """Return how well a separator fits: how many lines have as many cells as the first, and how
    many cells that is; a separator that separates nothing fits nothing."""
    widths = []
    for line in _lines(text[: 200 * LOOKED_AT * 4], delimiter, 0):
        widths.append(len(line.cells))
        if len(widths) == LOOKED_AT:
            break
    if not widths or widths[0] < 2:  # noqa: PLR2004 -- one column is not separated
        return (0, 0)
    return (sum(width == widths[0] for width in widths), widths[0])


def _lines(text: str, delimiter: str, skipped: int) -> Iterator[Line]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    count, begins = 0, 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise CannotRead(
                _("Line %(n)s cannot be read: a cell of it never ends.") % {"n": begins + skipped}
            ) from error
        number, begins = begins + skipped, reader.line_num + 1
        tidy = [_tidy(cell) for cell in cells]
        if not any(tidy):
            continue
        if count > MOST_ROWS:
            raise CannotRead(
                _("This file has more than %(n)s lines. Split it in two.") % {"n": MOST_ROWS}
            )
        count += 1
        yield Line(number, tidy)


def _tidy(cell: str) -> str:
    """Return a cell without what nobody sees, and without the apostrophe that keeps a table's
    text from being calculated."""
    text = "".join(each for each in cell if each.isprintable() or each in " \t\n").replace(
        "\u00a0", " "
    )
    text = " ".join(text.split())
    if text.startswith("'") and text[1:2] in set("=+-@"):
        text = text[1:]
    return text[:LONGEST_CELL]
