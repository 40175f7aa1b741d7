"""The pages of reports: the numbers, the rows behind one, and both as tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core import clock, money
from payments.admin.reports import showing
from payments.admin.reports.paging import ON_A_PAGE, number_of_page, pages_of
from payments.models import Report
from payments.services.reporting import figures, rows
from payments.services.reporting.periods import Period, asked
from payments.services.reporting.sets import Scope
from stores.admin import Group, LeadingAdmin, MenuItem, Row, site
from stores.admin.site import staff_of, store_of
from stores.admin.tables import send_table
from stores.roles import Area
from stores.services.moments import in_short

PERIODS = {
    "today": gettext_lazy("Today"),
    "7": gettext_lazy("7 days"),
    "30": gettext_lazy("30 days"),
    "90": gettext_lazy("90 days"),
    "month": gettext_lazy("This month"),
    "year": gettext_lazy("This year"),
}
TITLES = {
    "sales": gettext_lazy("Sales"),
    "product": gettext_lazy("Sales of a product"),
    "price": gettext_lazy("Sales at a price"),
    "country": gettext_lazy("Sales to a country"),
    "source": gettext_lazy("Sales from a link"),
    "way": gettext_lazy("Sales by way to pay"),
    "customer": gettext_lazy("Sales to a customer"),
    "gifts": gettext_lazy("Gifts"),
    "free": gettext_lazy("Taken for free"),
    "refunds": gettext_lazy("Given back"),
    "disputes": gettext_lazy("Taken back by banks"),
    "vat": gettext_lazy("VAT in documents"),
    "buyers": gettext_lazy("People who bought"),
    "new": gettext_lazy("Bought for the first time"),
    "returning": gettext_lazy("Had bought before"),
    "repeat": gettext_lazy("Bought more than once, ever"),
    "people": gettext_lazy("Who has it now"),
}


class ReportAdmin(LeadingAdmin):
    """Reports."""

    area = Area.SALES
    leads_to = "payments.order"
    menu = MenuItem(Group.SALES, pgettext_lazy("menu", "Reports"), 9)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add the rows behind a number, and the tables."""
        view = self.admin_site.admin_view
        return [
            path("rows/", view(self.rows_view), name="payments_report_rows"),
            path("rows/table/", view(self.rows_csv), name="payments_report_rows_csv"),
            path("table/", view(self.csv_view), name="payments_report_csv"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the numbers of a period, beside those of the one before it."""
        scope = self.scope_of(request)
        before = Scope(scope.period.before(), scope.currency)
        spans = figures.by_day(scope)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Reports"),
            **self.chooser(request, scope, before.period),
            "cards": showing.money_cards(scope, before),
            "chart": showing.day_chart(scope, spans),
            "days": showing.day_lines(scope, spans),
            "days_url": showing.csv_url("days", scope),
            "tables": showing.tables(scope),
            **self.people(request, scope, before),
        }
        return TemplateResponse(request, "payments/admin/reports/report.html", context)

    def people(self, request: HttpRequest, scope: Scope, before: Scope) -> dict[str, Any]:
        """Return who bought, for who may see customers."""
        if not staff_of(request).may_view(Area.CUSTOMERS):
            return {}
        found = [showing.top_table(scope), showing.held_table(scope, clock.now())]
        return {
            "people_cards": showing.people_cards(scope, before),
            "people_tables": [each for each in found if each.lines],
        }

    # -- the rows of one number

    def rows_view(self, request: HttpRequest) -> HttpResponse:
        """Show the rows of one number, and that they add up to it."""
        scope = self.scope_of(request)
        found = self.found(request, scope)
        number = number_of_page(request)
        first = (number - 1) * ON_A_PAGE
        context = {
            **self.admin_site.each_context(request),
            "title": TITLES[found.what],
            "back_url": f"{self.url_for('changelist')}?{_period_query(scope)}",
            "when": showing.period_words(scope.period.first, scope.period.last),
            "found": found,
            "sum": "" if found.is_people else money.display(found.amount, scope.currency),
            "rows": [self.counted(each, scope) for each in found.page(first, first + ON_A_PAGE)],
            "table_url": f"{self.url_for('rows_csv')}?{request.GET.urlencode()}",
            **pages_of(request, number, found.count),
        }
        return TemplateResponse(request, "payments/admin/reports/rows.html", context)

    def rows_csv(self, request: HttpRequest) -> HttpResponse:
        """Send the rows of one number as a table."""
        scope = self.scope_of(request)
        found = self.found(request, scope)
        header = [_("Date"), _("Order"), _("Name"), _("Email"), _("What"), _("Amount")]
        header.append(_("Currency"))
        cells = (_cells(each, scope) for each in found.all())
        return send_table(request, f"report-{found.what}.csv", header, cells)

    def found(self, request: HttpRequest, scope: Scope) -> rows.Found:
        """Return the rows asked for, for who may see them."""
        what, key = request.GET.get("what", "sales"), request.GET.get("key", "")[:20]
        found = rows.find(what, key, scope, clock.now())
        if found is None:
            raise Http404
        if found.is_people and not staff_of(request).may_view(Area.CUSTOMERS):
            raise PermissionDenied
        return found

    def counted(self, each: rows.Counted, scope: Scope) -> Row:
        """Return one row as a sentence, with what it adds."""
        who = str(each.customer or "")
        when = _when(each.at)
        if each.order is None:
            url = reverse("admin:accounts_customer_change", args=[each.customer.pk])  # type: ignore[union-attr]  # one of the two is there
            amount = money.display(each.amount, scope.currency) if each.amount else ""
            return Row(name=who, url=url, number=amount, next_step=when)
        return Row(
            name=f"{each.order.number} · {each.order.name or each.order.email}",
            url=reverse("admin:payments_order_change", args=[each.order.pk]),
            detail=each.what,
            number=money.display(each.amount, scope.currency),
            next_step=when,
        )

    # -- the numbers as tables

    def csv_view(self, request: HttpRequest) -> HttpResponse:
        """Send one of a report's tables."""
        scope = self.scope_of(request)
        name = request.GET.get("table", "days")
        if name not in TABLES:
            raise Http404
        if name in {"top", "held"} and not staff_of(request).may_view(Area.CUSTOMERS):
            raise PermissionDenied
        header = [_("What"), _("How many"), _("Amount"), _("Currency")]
        return send_table(request, f"report-{name}.csv", header, _table(name, scope))

    # -- what was asked for

    def scope_of(self, request: HttpRequest) -> Scope:
        """Return the days and the currency asked for, for who may see sales."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        store = store_of(request)
        chosen = request.GET.get("currency", "")
        currency = chosen if chosen in money.CURRENCIES else store.currency
        today = clock.local_day(clock.now(), store.zone)
        return Scope(asked(request.GET.dict(), today), currency)

    def chooser(self, request: HttpRequest, scope: Scope, before: Period) -> dict[str, Any]:
        """Return the ways to choose other days, or another currency."""
        period, used = scope.period, figures.currencies()
        chosen = (
            {} if scope.currency == store_of(request).currency else {"currency": scope.currency}
        )
        days = {"from": period.first, "to": period.last}
        return {
            "period": period,
            "currency": chosen.get("currency", ""),
            "when": showing.period_words(period.first, period.last),
            "when_before": showing.period_words(before.first, before.last),
            "choices": [
                (words, f"?{urlencode({'period': name} | chosen)}", period.name == name)
                for name, words in PERIODS.items()
            ],
            "currencies": [
                (code, f"?{urlencode(days | {'currency': code})}", code == scope.currency)
                for code in used
            ]
            if len(used) > 1
            else [],
        }


TABLES = ("days", "product", "price", "country", "source", "way", "top", "held")


def _table(name: str, scope: Scope) -> Iterator[list[object]]:
    """Yield one of a report's tables."""
    if name == "days":
        for span in figures.by_day(scope):
            yield [span.first, span.count, _major(span.amount, scope), scope.currency]
        return
    for line in _lines(name, scope):
        amount = None if name == "held" else _major(line.value, scope)
        yield [line.name, line.count, amount, "" if amount is None else scope.currency]


def _lines(name: str, scope: Scope) -> Sequence[showing.Line]:
    """Return the lines of a table, by its name."""
    if name == "top":
        return showing.top_table(scope).lines
    if name == "held":
        return showing.held_table(scope, clock.now()).lines
    return next((each.lines for each in showing.tables(scope) if each.key == name), ())


def _cells(each: rows.Counted, scope: Scope) -> list[object]:
    who = each.customer
    email = each.order.email if each.order else who.user.email if who else ""
    name = each.order.name if each.order else who.name if who else ""
    number = each.order.number if each.order else None
    return [each.at, number, name, email, each.what, _major(each.amount, scope), scope.currency]


def _major(amount: int, scope: Scope) -> Any:
    return money.to_major(amount, scope.currency)


def _when(at: Any) -> str:
    if at is None:
        return ""
    return str(in_short(at) if hasattr(at, "hour") else date_format(at))


def _period_query(scope: Scope) -> str:
    period = scope.period
    return urlencode({"from": period.first, "to": period.last, "currency": scope.currency})


site.register(Report, ReportAdmin)
