"""Tables for spreadsheets: CSV that Excel reads in any script, and takes for no formula."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

MARK = "\ufeff"
"""Without it Excel reads UTF-8 as the machine's own code page, and Hebrew as noise."""
FORMULA_STARTS = frozenset("=+-@\t\r\n")
"""What a spreadsheet would calculate (OWASP, "CSV injection"), in full width too."""


def rows_to_csv(header: Sequence[object], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Yield a table line by line, its header first behind the mark for Excel."""
    yield MARK + _line(header)
    for row in rows:
        yield _line(row)


def safe_cell(cell: object) -> str:
    """Return what stands in a cell: numbers as numbers, days as ISO, text that is no formula.

    Text that begins like a formula, be it behind spaces or invisible letters, gets an apostrophe
    in front: spreadsheets then show it as it is. Moments are told in the zone in force.
    """
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return timezone.localtime(cell).replace(tzinfo=None).isoformat(" ", "seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, (int, Decimal)):
        return str(cell)
    text = str(cell).replace("\0", "")
    return f"'{text}" if _is_like_a_formula(text) else text


def _is_like_a_formula(text: str) -> bool:
    """Whether a spreadsheet might calculate it, whatever letters nobody sees stand in front."""
    if text[:1] in FORMULA_STARTS:
        return True
    for letter in text:
        if letter.isspace() or unicodedata.category(letter) in {"Cf", "Cc"}:
            continue
        return unicodedata.normalize("NFKC", letter)[:1] in FORMULA_STARTS
    return False


def _line(cells: Sequence[object]) -> str:
    paper = io.StringIO()
    csv.writer(paper).writerow([safe_cell(cell) for cell in cells])
    return paper.getvalue()
