"""The pages of income that returns: what it is now and was, who stays, and the rows behind each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from core import clock, money
from payments.admin.income import showing
from payments.admin.income.grids import HOME, Grid, month, query
from payments.admin.reports.paging import ON_A_PAGE, number_of_page, pages_of
from payments.admin.subscription_deeds import who_pays
from payments.models import IncomeStep, ReturningIncome, Subscription
from payments.services.income import figures, rows
from payments.services.income.scopes import SPANS, Scope, asked, currencies
from products.models import Product
from stores.admin import Group, LeadingAdmin, MenuItem, Row, site
from stores.admin.tables import send_table
from stores.roles import Area
from stores.services.moments import in_short

Kind = IncomeStep.Kind
TITLES: dict[str, Any] = {
    "monthly": gettext_lazy("Income by the month"),
    "paying": gettext_lazy("Pay now"),
    "members": gettext_lazy("Members"),
    "resting": gettext_lazy("Resting"),
    "held": gettext_lazy("On hold"),
    "trying": gettext_lazy("Nothing paid yet"),
    "moves": gettext_lazy("What changed the income by the month"),
    "joined": gettext_lazy("Joined"),
    "charges": gettext_lazy("Charges that were paid"),
    "refunds": gettext_lazy("Given back"),
    "disputes": gettext_lazy("Taken back by banks"),
    "failed": gettext_lazy("Paid after a card had failed"),
    "product": gettext_lazy("Income from a product"),
    "price": gettext_lazy("Income at a price"),
    "here": gettext_lazy("Are here, by months paid for"),
    "gone": gettext_lazy("Left, by months paid for"),
    "cohort": gettext_lazy("Joined together"),
    "value": gettext_lazy("What members brought until now"),
    "reason": gettext_lazy("Why they left"),
    **{str(kind): words for kind, words in showing.COLUMNS.items()},
}
"""What each figure is called above its rows."""


class ReturningIncomeAdmin(LeadingAdmin):
    """Income that returns."""

    area = Area.SALES
    leads_to = "payments.subscription"
    menu = MenuItem(
        Group.SALES, pgettext_lazy("menu", "Income that returns"), 1, within="payments.report"
    )

    def is_in_menu(self, request: HttpRequest) -> bool:
        """Only where somebody ever paid again and again."""
        return Subscription.objects.exists()

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add who stays, the rows behind a number, and the tables."""
        view, name = self.admin_site.admin_view, "payments_returningincome"
        return [
            path("stay/", view(self.stay_view), name=f"{name}_stay"),
            path("rows/", view(self.rows_view), name=f"{name}_rows"),
            path("rows/table/", view(self.rows_csv), name=f"{name}_rows_csv"),
            path("table/", view(self.csv_view), name=f"{name}_csv"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the income by the month, and how it came to be that."""
        scope = self.scope_of(request)
        months = figures.by_month(scope)
        context = {
            "cards": showing.cards(scope, months),
            "chart": showing.month_chart(scope, months),
            "bridge": showing.bridge(scope, months),
            "meant": [
                (showing.COLUMNS[kind], showing.MEANT[kind]) for kind in showing.moves_of(months)
            ],
            "grids": _full(
                showing.people(scope, months),
                showing.flows(scope),
                showing.products(scope),
                showing.prices(scope),
            ),
        }
        return self.page(request, scope, "income.html", _("Income that returns"), context)

    def stay_view(self, request: HttpRequest) -> HttpResponse:
        """Show how long members stay, what they brought, and why they leave."""
        scope = self.scope_of(request)
        context = {
            "tenures": showing.tenures(scope),
            "cohorts": showing.cohorts(scope),
            "values": showing.values(scope),
            "reasons": showing.reasons(scope),
        }
        return self.page(request, scope, "stay.html", _("Who stays"), context)

    def page(
        self, request: HttpRequest, scope: Scope, name: str, title: str, context: dict[str, Any]
    ) -> HttpResponse:
        """Return one of the two pages."""
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            **self.chooser(request, scope),
            **context,
        }
        return TemplateResponse(request, f"payments/admin/income/{name}", context)

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
            "back_url": f"{reverse(HOME)}?{query(scope)}",
            "when": month(found.month).text if found.month else "",
            "found": found,
            "sum": "" if found.is_people else money.display(found.amount, scope.currency),
            "rows": [_row(each, found, scope) for each in found.page(first, first + ON_A_PAGE)],
            "table_url": f"{self.url_for('rows_csv')}?{request.GET.urlencode()}",
            **pages_of(request, number, found.count),
        }
        return TemplateResponse(request, "payments/admin/income/rows.html", context)

    def rows_csv(self, request: HttpRequest) -> HttpResponse:
        """Send the rows of one number as a table."""
        scope = self.scope_of(request)
        found = self.found(request, scope)
        header = [_("Date"), _("Name"), _("Email"), _("Product"), _("What"), _("Amount")]
        cells = (_cells(each, found, scope) for each in found.all())
        return send_table(request, f"income-{found.what}.csv", [*header, _("Currency")], cells)

    def found(self, request: HttpRequest, scope: Scope) -> rows.Found:
        """Return the rows asked for."""
        found = rows.find(
            request.GET.get("what", "monthly"), request.GET.get("key", "")[:20], scope
        )
        if found is None:
            raise Http404
        return found

    # -- the numbers as tables

    def csv_view(self, request: HttpRequest) -> HttpResponse:
        """Send one of the tables."""
        scope = self.scope_of(request)
        name = request.GET.get("table", "bridge")
        if name not in showing.TABLES:
            raise Http404
        grid = showing.TABLES[name](scope)
        cells = ([*(cell.value for cell in row), scope.currency] for row in grid.rows)
        return send_table(request, f"income-{name}.csv", [*grid.columns, _("Currency")], cells)

    # -- what was asked for

    def scope_of(self, request: HttpRequest) -> Scope:
        """Return the months, the currency and the product asked for, for who may see sales."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return asked(request.GET.dict(), clock.now())

    def chooser(self, request: HttpRequest, scope: Scope) -> dict[str, Any]:
        """Return the ways to choose other months, another currency, all products."""
        used = currencies()
        pages = (("changelist", _("Income")), ("stay", _("Who stays")))
        return {
            "pages_here": [
                (words, f"{self.url_for(name)}?{query(scope)}", self.url_for(name) == request.path)
                for name, words in pages
            ],
            "choices": [
                (
                    ngettext("%(n)s month", "%(n)s months", span) % {"n": span},
                    f"?{query(scope, months=span)}",
                    span == len(scope.months),
                )
                for span in SPANS
            ],
            "currencies": [
                (code, f"?{query(scope, currency=code)}", code == scope.currency) for code in used
            ]
            if len(used) > 1
            else [],
            "products": _products(scope),
        }


def _products(scope: Scope) -> list[tuple[str, str, bool]]:
    """Return the products that are paid for again and again, to look at one alone."""
    sold = Product.objects.filter(subscriptions__isnull=False).order_by("title", "pk").distinct()
    found = [
        (each.title, f"?{query(scope, product=each.pk)}", each.pk == scope.product)
        for each in sold[: figures.MOST]
    ]
    whole = (_("All products"), f"?{query(scope, product='')}", scope.product is None)
    return [whole, *found] if len(found) > 1 or scope.product else []


def _full(*grids: Grid) -> Sequence[Grid]:
    return [each for each in grids if each.rows]


def _row(each: rows.Counted, found: rows.Found, scope: Scope) -> Row:
    """Return one row as a sentence, with what it adds."""
    subscription = each.subscription
    return Row(
        name=f"{who_pays(subscription)} · {subscription.product.title}",
        url=_url_of(each),
        detail=_what(each, found),
        number="" if found.is_people else money.display(each.amount, scope.currency),
        next_step=str(in_short(each.at)),
    )


def _url_of(each: rows.Counted) -> str:
    if each.order is not None:
        return reverse("admin:payments_order_change", args=[each.order.pk])
    return reverse("admin:payments_subscription_change", args=[each.subscription.pk])


def _what(each: rows.Counted, found: rows.Found) -> str:
    """Return what happened; that all of them stood alike is said above."""
    if each.order is not None:
        return _("order %(number)s") % {"number": each.order.number}
    return str(Kind(each.kind).label) if each.kind and found.what == "moves" else ""


def _cells(each: rows.Counted, found: rows.Found, scope: Scope) -> list[object]:
    subscription = each.subscription
    adds = None if found.is_people else money.to_major(each.amount, scope.currency)
    who, title = subscription.customer, subscription.product.title
    what = _what(each, found) or str(TITLES[found.what])
    name = who.name or subscription.order.name
    return [each.at, name, who.user.email, title, what, adds, scope.currency]


site.register(ReturningIncome, ReturningIncomeAdmin)
