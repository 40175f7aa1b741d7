"""A report in words: its cards, its chart, its tables, each number with the way to its rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from core import countries, money
from payments.admin.reports import chart
from payments.models import Order
from payments.services.reporting import figures
from payments.services.reporting.sets import Scope

if TYPE_CHECKING:
    from datetime import datetime

    from payments.services.reporting.figures import Share, Span


@dataclass(frozen=True)
class Card:
    """One number, what it was before, and where its rows are."""

    label: str
    value: str
    url: str = ""
    before: str = ""


@dataclass(frozen=True)
class Line:
    """One line of a table."""

    name: str
    count: int
    amount: str
    value: int
    url: str


@dataclass(frozen=True)
class Table:
    """A table of shares with what it is about."""

    key: str
    title: str
    of_what: str
    how_many: str
    lines: Sequence[Line]
    most: int
    csv_url: str


def rows_url(what: str, scope: Scope, key: str = "", span: tuple[date, date] | None = None) -> str:
    """Return the address of the rows behind a number."""
    first, last = span or (scope.period.first, scope.period.last)
    asked = {"what": what, "key": key, "from": first, "to": last, "currency": scope.currency}
    return f"{reverse('admin:payments_report_rows')}?{urlencode(asked)}"


def csv_url(table: str, scope: Scope) -> str:
    """Return the address of a table to take away."""
    period = scope.period
    asked = {"table": table, "from": period.first, "to": period.last, "currency": scope.currency}
    return f"{reverse('admin:payments_report_csv')}?{urlencode(asked)}"


def money_cards(scope: Scope, before: Scope) -> list[Card]:
    """Return what came in, went back and stayed."""
    now, then = figures.totals(scope), figures.totals(before)

    def card(label: str, what: str, amount: int, earlier: int) -> Card:
        return Card(label, _shown(amount, scope), rows_url(what, scope), _shown(earlier, scope))

    found = [
        card(_("Sales"), "sales", now.gross, then.gross),
        Card(_("Orders"), str(now.orders), rows_url("sales", scope), str(then.orders)),
        card(_("Given back"), "refunds", -now.refunds, -then.refunds),
        card(_("Taken back by banks"), "disputes", -now.disputes, -then.disputes),
        Card(_("What stays"), _shown(now.net, scope), "", _shown(then.net, scope)),
        card(_("VAT in documents"), "vat", now.vat, then.vat),
        card(_("Of it gifts"), "gifts", now.gifts, then.gifts),
        Card(_("Taken for free"), str(now.free), rows_url("free", scope), str(then.free)),
    ]
    quiet = {_("Taken back by banks"), _("VAT in documents"), _("Of it gifts"), _("Taken for free")}
    nothing = {_shown(0, scope), "0"}
    return [each for each in found if each.label not in quiet or each.value not in nothing]


def people_cards(scope: Scope, before: Scope) -> list[Card]:
    """Return how many people bought, and how many of them again."""
    now, then = figures.count_buyers(scope), figures.count_buyers(before)
    names = {
        "buyers": _("People who bought"),
        "new": _("For the first time"),
        "returning": _("Had bought before"),
        "repeat": _("Bought more than once, ever"),
    }
    return [
        Card(name, str(getattr(now, what)), rows_url(what, scope), str(getattr(then, what)))
        for what, name in names.items()
    ]


def day_chart(scope: Scope, spans: Sequence[Span]) -> chart.Chart | None:
    """Return sales by day as a picture."""
    values = [
        (each.amount, f"{span_name(each)}: {_shown(each.amount, scope)}", _short(each))
        for each in spans
    ]
    most = _shown(max((each.amount for each in spans), default=0), scope)
    return chart.draw(values, top=most, is_rtl=get_language_bidi())


def day_lines(scope: Scope, spans: Sequence[Span]) -> list[Line]:
    """Return the same as lines, the newest first."""
    return [
        Line(
            span_name(each),
            each.count,
            _shown(each.amount, scope),
            each.amount,
            rows_url("sales", scope, span=(each.first, each.last)),
        )
        for each in reversed(spans)
    ]


def tables(scope: Scope) -> list[Table]:
    """Return what sold, by product, price, country and way to pay."""
    found = [
        _table("product", _("By product"), _("Product"), scope, figures.by_product(scope)),
        _table("price", _("By price"), _("Price"), scope, figures.by_price(scope)),
        _table("country", _("By country"), _("Country"), scope, figures.by_country(scope)),
        _table("source", _("By source"), _("Link"), scope, figures.by_source(scope)),
        _table("way", _("By way to pay"), _("Way to pay"), scope, figures.by_way(scope)),
    ]
    return [each for each in found if each.lines]


def top_table(scope: Scope) -> Table:
    """Return who spent most."""
    lines = [
        Line(
            str(customer),
            share.count,
            _shown(share.amount, scope),
            share.amount,
            rows_url("customer", scope, share.key),
        )
        for customer, share in figures.top_buyers(scope)
    ]
    return _made("top", _("Who spent most"), _("Customer"), _("Orders"), scope, lines)


def held_table(scope: Scope, now: datetime) -> Table:
    """Return how many people have each product now."""
    lines = [
        Line(share.name, share.count, "", share.count, rows_url("people", scope, share.key))
        for share in figures.by_product_held(now)
    ]
    return _made("held", _("Who has what now"), _("Product"), _("People"), scope, lines)


NAMES: dict[str, Callable[[str], str]] = {
    "country": lambda code: countries.name_of(code) if code else _("not known"),
    "source": lambda source: source or _("came by themselves"),
    "way": lambda way: str(dict(Order.Provider.choices).get(way, way)),
}


def _table(key: str, title: str, of_what: str, scope: Scope, shares: Sequence[Share]) -> Table:
    name = NAMES.get(key, str)
    lines = [
        Line(
            name(share.name),
            share.count,
            _shown(share.amount, scope),
            share.amount,
            rows_url(key, scope, share.key),
        )
        for share in shares
    ]
    how_many = _("Sold") if key in {"product", "price"} else _("Orders")
    return _made(key, title, of_what, how_many, scope, lines)


def _made(
    key: str, title: str, of_what: str, how_many: str, scope: Scope, lines: Sequence[Line]
) -> Table:
    most = max((line.value for line in lines), default=0)
    return Table(key, title, of_what, how_many, lines, most, csv_url(key, scope))


def span_name(span: Span) -> str:
    """Return a day, or a month, in the page's language."""
    if span.first == span.last:
        return str(date_format(span.first))
    return str(date_format(span.first, "YEAR_MONTH_FORMAT"))


def _short(span: Span) -> str:
    pattern = "MONTH_DAY_FORMAT" if span.first == span.last else "YEAR_MONTH_FORMAT"
    return str(date_format(span.first, pattern))


def _shown(amount: int, scope: Scope) -> str:
    return money.display(amount, scope.currency)


def period_words(first: Any, last: Any) -> str:
    """Return some days in words."""
    if first == last:
        return str(date_format(first))
    return f"{date_format(first)} – {date_format(last)}"
