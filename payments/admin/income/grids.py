"""Tables of numbers: a cell stands on the page, opens its rows and goes into a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format

from core import money
from payments.services.income.scopes import Scope

HOME = "admin:payments_returningincome_changelist"


@dataclass(frozen=True)
class Cell:
    """What stands in a table: as it is read, as a spreadsheet takes it, and where its rows are."""

    text: str
    value: Any
    url: str = ""

    @property
    def is_nothing(self) -> bool:
        """Whether nobody needs to read it."""
        return bool(self.value == 0)


@dataclass(frozen=True)
class Grid:
    """One table; the first cell of each row names it."""

    key: str
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    csv_url: str
    is_wide: bool = False

    @property
    def lines(self) -> Iterator[tuple[Cell, list[tuple[str, Cell]]]]:
        """Each row: what names it, and the others with the name of their column."""
        for name, *cells in self.rows:
            yield name, list(zip(self.columns[1:], cells, strict=True))


def query(scope: Scope, **more: object) -> str:
    """Return the query string that asks for the same again, and for more."""
    asked: dict[str, object] = {"months": len(scope.months), "currency": scope.currency}
    asked |= {"product": scope.product} if scope.product else {}
    return urlencode(asked | more)


def rows_url(scope: Scope, what: str, key: object = "") -> str:
    """Return the address of the rows behind a number."""
    asked = query(scope, what=what, key=key)
    return f"{reverse('admin:payments_returningincome_rows')}?{asked}"


def csv_url(scope: Scope, table: str) -> str:
    """Return the address of a table to take away."""
    return f"{reverse('admin:payments_returningincome_csv')}?{query(scope, table=table)}"


def amount(scope: Scope, minor: int, url: str = "") -> Cell:
    """Return an amount; nothing is opened where it is nothing."""
    shown = money.display(minor, scope.currency)
    return Cell(shown, money.to_major(minor, scope.currency), url if minor else "")


def count(number: int, url: str = "") -> Cell:
    """Return how many."""
    return Cell(str(number), number, url if number else "")


def named(text: str) -> Cell:
    """Return a name."""
    return Cell(text, text)


def month(day: date) -> Cell:
    """Return a month by its name."""
    return Cell(str(date_format(day, "YEAR_MONTH_FORMAT")), f"{day:%Y-%m}")


def key_of(day: date) -> str:
    """Return a month as the key of rows."""
    return f"{day:%Y-%m}"


def share(part: int, whole: int) -> Cell:
    """Return how many of a whole, in percent to one decimal; empty of nothing."""
    if not whole:
        return Cell("–", None)
    tenths = (part * 1000 + whole // 2) // whole
    number = Decimal(tenths) / 10
    return Cell(f"{number:f}%", number)
