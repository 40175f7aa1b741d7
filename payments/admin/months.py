"""A month of documents for the accountant: its sums, its tables, its files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock, money
from core.vat import percent
from payments.models import Document
from payments.services.documents import monthly
from stores.admin import log
from stores.admin.site import staff_of, store_of
from stores.admin.tables import send_table
from stores.services.log import write

MONTH = re.compile(r"(2[0-9]{3})-(0[1-9]|1[0-2])")
Page = tuple[str, str, Callable[..., HttpResponseBase]]


class MonthFilter(SimpleListFilter):
    """The months that have documents."""

    title = gettext_lazy("month")
    parameter_name = "month"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        """Return the months, the newest first."""
        return [
            (f"{year:04}-{month:02}", month_name(year, month)) for year, month in monthly.months()
        ]

    def queryset(self, request: Any, queryset: QuerySet[Document]) -> QuerySet[Document]:
        """Return the documents of the month chosen; what is no month narrows nothing."""
        found = MONTH.fullmatch(self.value() or "")
        if found is None:
            return queryset
        return queryset.filter(issued_on__year=int(found[1]), issued_on__month=int(found[2]))

    def choices(self, changelist: Any) -> Iterator[Any]:
        """Say "all" in our words."""
        for number, choice in enumerate(super().choices(changelist)):
            yield {**choice, "display": gettext_lazy("All")} if number == 0 else choice


class Months:
    """The pages of a month; a part of the documents' admin."""

    admin_site: Any
    admit: Callable[[HttpRequest], None]
    url_for: Callable[..., str]

    def month_pages(self) -> Sequence[Page]:
        """Return the pages' routes, names and views."""
        return (
            ("month/", "month", self.month_view),
            ("month/table/", "table", self.table_view),
            ("month/payments/", "payments", self.payments_view),
            ("month/files/", "files", self.files_view),
        )

    def month_view(self, request: HttpRequest) -> HttpResponse:
        """Show a month's sums, and what can be taken away of it."""
        year, month = self.month_asked(request)
        context = {
            **self.admin_site.each_context(request),
            "title": month_name(year, month),
            "sums": [sum_row(each) for each in monthly.month_sums(year, month)],
            "table_url": self.month_url("table", year, month),
            "payments_url": self.month_url("payments", year, month),
            "files_url": self.month_url("files", year, month),
            "back_url": self.url_for("changelist"),
        }
        return TemplateResponse(request, "payments/admin/documents_month.html", context)

    def table_view(self, request: HttpRequest) -> HttpResponse:
        """Download a month's documents as CSV."""
        year, month = self.month_asked(request)
        head, rows = monthly.month_table(year, month)
        return send_table(request, f"documents-{year:04}-{month:02}.csv", head, rows)

    def payments_view(self, request: HttpRequest) -> HttpResponse:
        """Download a month's payments and refunds as CSV."""
        year, month = self.month_asked(request)
        head, rows = monthly.payments_table(year, month)
        return send_table(request, f"payments-{year:04}-{month:02}.csv", head, rows)

    def files_view(self, request: HttpRequest) -> FileResponse:
        """Download a month's table and copies as one zip."""
        year, month = self.month_asked(request)
        write(staff_of(request), log.EXPORT, store_of(request), [f"{year:04}-{month:02}.zip"])
        made = monthly.month_zip(year, month, now=clock.now())
        return FileResponse(
            made, as_attachment=True, filename=f"documents-{year:04}-{month:02}.zip"
        )

    def month_url(self, page: str, year: int, month: int) -> str:
        """Return the address of a page about one month."""
        return f"{self.url_for(page)}?month={year:04}-{month:02}"

    def month_asked(self, request: HttpRequest) -> tuple[int, int]:
        """Return the month asked for, or this one; strangers are refused, and what is no month."""
        self.admit(request)
        today = clock.local_day(clock.now(), store_of(request).zone)
        found = MONTH.fullmatch(request.GET.get("month", f"{today:%Y-%m}"))
        if found is None:
            raise Http404
        return int(found[1]), int(found[2])


def month_name(year: int, month: int) -> str:
    """Return a month in the page's language."""
    return f"{MONTHS[month]} {year}"


def sum_row(each: monthly.MonthSum) -> tuple[str, int, str, str, str]:
    """Return a sum in words: which, how many, before VAT, VAT, in all."""
    kinds = dict(Document.Kind.choices)
    rate = each.vat_basis_points
    vat = "" if rate is None else f" · {_('VAT %(rate)s%%') % {'rate': percent(rate)}}"
    return (
        f"{kinds[Document.Kind(each.kind)]}{vat}",
        each.count,
        money.display(each.net, each.currency),
        money.display(each.vat, each.currency),
        money.display(each.total, each.currency),
    )
