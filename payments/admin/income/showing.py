"""Income that returns in words: cards, the chart, tables, each number with the way to its rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language_bidi, gettext_lazy, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

from core import money
from payments.admin.income.grids import (
    Cell,
    Grid,
    amount,
    count,
    csv_url,
    key_of,
    month,
    named,
    rows_url,
    share,
)
from payments.admin.reports import chart
from payments.models import IncomeStep, LeavingReason
from payments.services.income import figures
from payments.services.income.figures import MOVES, Month
from payments.services.income.rows import UNSAID
from payments.services.income.scopes import Scope
from payments.services.reporting.figures import Share

Kind = IncomeStep.Kind
COLUMNS = {
    Kind.NEW: pgettext_lazy("income", "New"),
    Kind.AGAIN: pgettext_lazy("income", "Joined again"),
    Kind.GREW: pgettext_lazy("income", "Dearer plans"),
    Kind.SHRANK: pgettext_lazy("income", "Cheaper plans"),
    Kind.COUPON: pgettext_lazy("income", "Coupons"),
    Kind.RESTS: pgettext_lazy("income", "Into a rest"),
    Kind.RETURNS: pgettext_lazy("income", "Back from a rest"),
    Kind.HOLD: pgettext_lazy("income", "Put on hold"),
    Kind.RECOVERED: pgettext_lazy("income", "Recovered"),
    Kind.LEFT: pgettext_lazy("income", "Left"),
}
MEANT = {
    Kind.NEW: gettext_lazy("The first charge was paid, after any free days."),
    Kind.AGAIN: gettext_lazy("The same, by who had paid for the same product before."),
    Kind.GREW: gettext_lazy("Changed to a plan that costs more by the month, or as much."),
    Kind.SHRANK: gettext_lazy("Changed to a plan that costs less by the month."),
    Kind.COUPON: gettext_lazy("The same plan, but a coupon has come to its end."),
    Kind.RESTS: gettext_lazy("A rest began: the place is kept, and nothing is paid."),
    Kind.RETURNS: gettext_lazy("A rest ended."),
    Kind.HOLD: gettext_lazy("Not paid in the days to fix a card, or its money went back."),
    Kind.RECOVERED: gettext_lazy("Was on hold, and was paid after all."),
    Kind.LEFT: gettext_lazy("Ended, on the day it ended. Who ended in a rest or on hold takes 0."),
}
ALWAYS = (Kind.NEW, Kind.LEFT)


@dataclass(frozen=True)
class Card:
    """One number, a word about it, and where its rows are."""

    label: str
    value: str
    url: str = ""
    note: str = ""


def cards(scope: Scope, months: Sequence[Month]) -> list[Card]:
    """Return how it stands now, and what this month changed."""
    found, this = figures.now(scope), months[-1]
    key = key_of(this.month)
    changed = this.closing - this.opening
    shown = [
        Card(_("Income by the month"), _money(scope, found.monthly), rows_url(scope, "monthly")),
        Card(_("Pay now"), str(found.paying), rows_url(scope, "paying")),
        Card(_("Changed this month"), _money(scope, changed), rows_url(scope, "moves", key)),
        Card(_("Joined this month"), str(this.joined), rows_url(scope, "joined", key)),
        Card(_("Left this month"), str(this.left), rows_url(scope, "left", key)),
    ]
    for label, what, number, back in (
        (_("Rest now"), "resting", found.resting, found.resting_worth),
        (_("On hold now"), "held", found.held, found.held_worth),
    ):
        if number:
            note = _("%(amount)s by the month when they are back") % {"amount": _money(scope, back)}
            shown.append(Card(label, str(number), rows_url(scope, what), note))
    if found.trying:
        shown.append(
            Card(
                _("Nothing paid yet"), str(found.trying), rows_url(scope, "trying"), _("free days")
            )
        )
    return shown


def month_chart(scope: Scope, months: Sequence[Month]) -> chart.Chart | None:
    """Return the income at the end of each month as a picture."""
    shown = [
        (
            each.closing,
            f"{month(each.month).text}: {_money(scope, each.closing)}",
            str(date_format(each.month, "M y")),
        )
        for each in months
    ]
    most = max((each.closing for each in months), default=0)
    return chart.draw(shown, top=_money(scope, most), is_rtl=get_language_bidi())


def bridge(scope: Scope, months: Sequence[Month]) -> Grid:
    """Return from which income to which each month led, and by what; the newest first."""
    used = moves_of(months)
    rows = [
        [
            month(each.month),
            amount(scope, each.opening),
            *(
                amount(scope, each.moved.get(kind, 0), rows_url(scope, kind, key_of(each.month)))
                for kind in used
            ),
            amount(scope, each.closing, rows_url(scope, "monthly", key_of(each.month))),
        ]
        for each in reversed(months)
    ]
    columns = [_("Month"), _("At its beginning"), *(str(COLUMNS[kind]) for kind in used)]
    return _grid(
        scope, "bridge", _("From month to month"), [*columns, _("At its end")], rows, is_wide=True
    )


def moves_of(months: Sequence[Month]) -> list[Kind]:
    """Return what ever changed in these months, and what always may."""
    return [
        kind for kind in MOVES if kind in ALWAYS or any(each.moved.get(kind, 0) for each in months)
    ]


def people(scope: Scope, months: Sequence[Month]) -> Grid:
    """Return how many members each month began and ended with."""
    rows = []
    for each in reversed(months):
        key = key_of(each.month)
        rows.append(
            [
                month(each.month),
                count(each.members_before),
                *(
                    count(each.counted.get(kind, 0), rows_url(scope, kind, key))
                    for kind in (Kind.NEW, Kind.AGAIN, Kind.LEFT)
                ),
                count(each.members, rows_url(scope, "members", key)),
                count(each.resting, rows_url(scope, "resting", key)),
                count(each.held, rows_url(scope, "held", key)),
                share(each.left, each.members_before),
            ]
        )
    columns = [_("Month"), _("At its beginning"), *_columns(Kind.NEW, Kind.AGAIN, Kind.LEFT)]
    columns += [_("At its end"), _("Of them resting"), _("Of them on hold"), _("Left, of 100")]
    return _grid(scope, "people", _("Members by month"), columns, rows, is_wide=True)


def flows(scope: Scope) -> Grid:
    """Return the money of each month."""
    found = figures.flows(scope)
    has_lost = any(each.disputes for each in found)
    rows = []
    for each in reversed(found):
        key = key_of(each.month)
        lost = amount(scope, -each.disputes, rows_url(scope, "disputes", key))
        rows.append(
            [
                month(each.month),
                amount(scope, each.came, rows_url(scope, "charges", key)),
                amount(scope, -each.refunds, rows_url(scope, "refunds", key)),
                *([lost] if has_lost else []),
                amount(scope, each.stays),
                amount(scope, each.recovered, rows_url(scope, "failed", key)),
            ]
        )
    columns = [_("Month"), _("Came in"), _("Given back")]
    columns += [_("Taken back by banks")] if has_lost else []
    columns += [_("What stays"), _("Of it after a card had failed")]
    return _grid(scope, "money", _("Money by month"), columns, rows, is_wide=True)


def products(scope: Scope) -> Grid:
    """Return what each product brings by the month."""
    return _shares(scope, "product", _("By product"), _("Product"), figures.by_product(scope))


def prices(scope: Scope) -> Grid:
    """Return what each price brings by the month."""
    return _shares(scope, "price", _("By price"), _("Price"), figures.by_price(scope))


def tenures(scope: Scope) -> Grid:
    """Return how long members have paid for."""
    rows = [
        [
            named(_paid_months(each.least, each.most)),
            count(each.here, rows_url(scope, "here", each.number)),
            count(each.left, rows_url(scope, "gone", each.number)),
        ]
        for each in figures.tenures(scope)
    ]
    columns = [_("Months paid for"), _("Are here"), str(COLUMNS[Kind.LEFT])]
    return _grid(scope, "tenure", _("How long they stay"), columns, rows)


def cohorts(scope: Scope) -> Grid:
    """Return who of each month's new members still paid how many months later."""
    found = figures.cohorts(scope)
    longest = max((len(each.paying) for each in found), default=0)
    rows = []
    for each in reversed(found):
        key = key_of(each.month)
        cells = [
            _stayed(paying, each.size, rows_url(scope, "cohort", f"{key}.{number}"))
            for number, paying in enumerate(each.paying)
        ]
        blanks = [Cell("", None)] * (longest - len(cells))
        size = count(each.size, rows_url(scope, "cohort", key))
        rows.append([month(each.month), size, *cells, *blanks])
    after = [
        ngettext("after %(n)s month", "after %(n)s months", n) % {"n": n} if n else _("that month")
        for n in range(longest)
    ]
    columns = [_("Joined in"), _("Members"), *after]
    return _grid(scope, "cohorts", _("Who still pays"), columns, rows, is_wide=True)


def values(scope: Scope) -> Grid:
    """Return what members paid until now and what of it stays, by the month they joined in."""
    total = figures.value(scope)
    found = [*reversed(figures.values(scope)), *([total] if total.members else [])]
    rows = []
    for each in found:
        key = key_of(each.month) if each.month else ""
        rows.append(
            [
                month(each.month) if each.month else named(_("All there ever were")),
                count(each.members, rows_url(scope, "cohort", key) if key else ""),
                amount(scope, each.paid),
                amount(scope, -each.refunded - each.lost),
                amount(scope, each.kept, rows_url(scope, "value", key)),
                amount(scope, each.each),
            ]
        )
    columns = [_("Joined in"), _("Members"), _("Paid"), _("Went back"), _("What stays")]
    columns += [_("Of each, on average")]
    return _grid(scope, "value", _("What a member brought until now"), columns, rows, is_wide=True)


def reasons(scope: Scope) -> Grid:
    """Return why those left who left."""
    words: dict[str, Any] = dict(LeavingReason.Kind.choices)
    rows = [
        [
            named(str(words.get(each.key, each.key)) if each.key else _("did not say")),
            count(each.count, rows_url(scope, "reason", each.key or UNSAID)),
            amount(scope, each.amount, rows_url(scope, "reason", each.key or UNSAID)),
        ]
        for each in figures.reasons(scope)
    ]
    columns = [_("Why"), _("How many"), _("Income by the month")]
    return _grid(scope, "reasons", _("Why they leave"), columns, rows)


TABLES: dict[str, Callable[[Scope], Grid]] = {
    "bridge": lambda scope: bridge(scope, figures.by_month(scope)),
    "people": lambda scope: people(scope, figures.by_month(scope)),
    "money": flows,
    "product": products,
    "price": prices,
    "tenure": tenures,
    "cohorts": cohorts,
    "value": values,
    "reasons": reasons,
}


def _grid(
    scope: Scope,
    key: str,
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    *,
    is_wide: bool = False,
) -> Grid:
    return Grid(key, title, columns, rows, csv_url(scope, key), is_wide)


def _shares(scope: Scope, key: str, title: str, of_what: str, found: Sequence[Share]) -> Grid:
    rows = [
        [
            named(each.name),
            count(each.count, rows_url(scope, key, each.key)),
            amount(scope, each.amount, rows_url(scope, key, each.key)),
        ]
        for each in found
    ]
    return _grid(scope, key, title, [of_what, _("Pay now"), _("Income by the month")], rows)


def _stayed(paying: int, size: int, url: str) -> Cell:
    part = share(paying, size).text
    return Cell(f"{paying} · {part}", paying, url if paying else "")


def _paid_months(least: int, most: int | None) -> str:
    if most is None:
        return _("%(n)s and more") % {"n": least}
    if least == most:
        return str(least) if least else _("less than one")
    return f"{least}–{most}"


def _columns(*kinds: Kind) -> list[str]:
    return [str(COLUMNS[kind]) for kind in kinds]


def _money(scope: Scope, minor: int) -> str:
    return money.display(minor, scope.currency)
