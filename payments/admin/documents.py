"""Sales → Documents: what was issued, a month for the accountant, and issuing one again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.contrib.admin import SimpleListFilter
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.dates import MONTHS
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core import clock, money
from core.vat import percent
from payments.errors import CannotIssue
from payments.forms.business import BusinessBuyerForm
from payments.models import Document
from payments.services.documents import monthly
from payments.services.documents.files import pdf_of
from payments.services.documents.issuing import issue_again, left_of, standing
from payments.services.documents.showing import name_of
from payments.views.documents import pdf_response
from stores.admin import Effect, Group, MenuItem, ReadAdmin, Row, confirm, log, site
from stores.admin.filters import StateFilter
from stores.admin.site import staff_of, store_of
from stores.roles import Area
from stores.services.log import write

MONTH = re.compile(r"(2[0-9]{3})-(0[1-9]|1[0-2])")


class KindFilter(StateFilter):
    """Receipts, invoices, credit notes."""

    title = gettext_lazy("kind")
    parameter_name = "kind"
    column = "kind"
    states = Document.Kind


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


class DocumentAdmin(ReadAdmin):
    """Documents."""

    area = Area.SALES
    menu = MenuItem(Group.SALES, pgettext_lazy("menu", "Documents"), 6)
    lead = gettext_lazy("Receipts and invoices are issued by themselves and never change.")
    empty = gettext_lazy("With the first payment its receipt stands here.")
    search_fields = ("=number", "order__email", "order__name", "order__buyer_company")
    list_filter = (MonthFilter, KindFilter)
    ordering = ("-issued_at", "-id")
    change_list_template = "payments/admin/documents.html"
    change_form_template = "payments/admin/document.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Document]:
        """Return documents with their orders."""
        found: QuerySet[Document] = super().get_queryset(request)
        return found.select_related("order", "about")

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add the files, the months, and issuing again."""
        pages = (
            ("<int:pk>/pdf/", "pdf", self.pdf_view),
            ("<int:pk>/again/", "again", self.again_view),
            ("month/", "month", self.month_view),
            ("month/table/", "table", self.table_view),
            ("month/payments/", "payments", self.payments_view),
            ("month/files/", "files", self.files_view),
        )
        return [
            *(
                path(route, self.admin_site.admin_view(view), name=f"payments_document_{name}")
                for route, name, view in pages
            ),
            *super().get_urls(),
        ]

    def title_of(self, item: Document) -> str:
        """Return what a document is called, with its number."""
        return name_of(item)

    def row(self, request: HttpRequest, item: Document) -> Row:
        """Return which document for whom, and over how much."""
        buyer = item.snapshot["buyer"]
        return Row(
            name=f"{name_of(item)} · {buyer['company'] or buyer['name'] or buyer['email']}",
            url=self.url_of(item),
            detail=_("order %(number)s") % {"number": item.order.number},
            number=money.display(item.sign * item.total, item.currency),
            next_step=date_format(item.issued_on),
        )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list, with a link to each month."""
        links = [
            (month_name(year, month), self.month_url("month", year, month))
            for year, month in monthly.months()
        ]
        return super().changelist_view(request, {"months": links, **(extra_context or {})})

    def form_context(self, request: HttpRequest, item: Document | None) -> dict[str, Any]:
        """Return one document with its sums and what came before and after it."""
        if item is None:
            return {}
        after = list(Document.objects.filter(about=item).order_by("pk"))
        related = [*([item.about] if item.about else []), *after]
        return {
            "document": item,
            "facts": facts_of(item),
            "pdf_url": self.url_for("pdf", item.pk),
            "order_url": reverse("admin:payments_order_change", args=[item.order_id]),
            "related": [(name_of(each), self.url_of(each)) for each in related],
            "acts": self.ways(request, item),
        }

    def ways(self, request: HttpRequest, item: Document) -> list[tuple[Any, str]]:
        """Return what can be done with a document by this person."""
        if not staff_of(request).may_change(Area.REFUNDS) or not may_be_replaced(item):
            return []
        return [(_("Issue again for a business"), self.url_for("again", item.pk))]

    def found(self, request: HttpRequest, pk: int) -> Document:
        """Return a document of this store, for who may see sales."""
        document: Document | None = self.get_queryset(request).filter(pk=pk).first()
        if document is None:
            raise Http404
        self.admit(request)
        return document

    def admit(self, request: HttpRequest) -> None:
        """Refuse who may not see sales."""
        if not self.has_view_permission(request):
            raise PermissionDenied

    # -- its file, and again

    def pdf_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Download the seller's copy."""
        document = self.found(request, pk)
        return pdf_response(document, pdf_of(document, now=clock.now(), is_copy=True))

    def again_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for the buyer's business, then issue a credit note and the document again."""
        document = self.found(request, pk)
        if not staff_of(request).may_change(Area.REFUNDS):
            raise PermissionDenied
        form = BusinessBuyerForm(request.POST if request.method == "POST" else None)
        is_possible = may_be_replaced(document)
        if is_possible and form.is_valid():
            return self.issue_again(request, document, form)
        effect = Effect(
            title=_("Issue %(name)s again for a business?") % {"name": name_of(document)},
            verb=_("Issue again"),
            sentences=[
                _(
                    "What is issued never changes: a credit note takes it back, and a new one"
                    " names the business. No money moves."
                )
            ],
            back_url=self.url_of(document),
            blockers=()
            if is_possible
            else (_("This document was taken back already, in part or in whole."),),
        )
        return confirm(request, effect, form)

    def issue_again(
        self, request: HttpRequest, document: Document, form: BusinessBuyerForm
    ) -> HttpResponse:
        """Issue the pair, and show the new one."""
        wanted = form.buyer_business()
        try:
            again = issue_again(
                document,
                company=wanted["buyer_company"],
                tax_id=wanted["buyer_tax_id"],
                country=wanted["buyer_country"],
                now=clock.now(),
            )
        except CannotIssue as error:
            messages.error(request, str(error.sentence))
            return HttpResponseRedirect(self.url_of(document))
        write(staff_of(request), log.CHANGE, document)
        messages.success(request, _("%(name)s was issued.") % {"name": name_of(again)})
        return HttpResponseRedirect(self.url_of(again))

    # -- a month

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
        return _csv(monthly.month_csv(year, month), f"documents-{year:04}-{month:02}.csv")

    def payments_view(self, request: HttpRequest) -> HttpResponse:
        """Download a month's payments and refunds as CSV."""
        year, month = self.month_asked(request)
        return _csv(monthly.payments_csv(year, month), f"payments-{year:04}-{month:02}.csv")

    def files_view(self, request: HttpRequest) -> FileResponse:
        """Download a month's table and copies as one zip."""
        year, month = self.month_asked(request)
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


def may_be_replaced(document: Document) -> bool:
    """Whether it is the document of a payment of which nothing was taken back."""
    current = standing(document.order)
    is_current = current is not None and current.pk == document.pk
    return is_current and left_of(document) == document.total


def facts_of(document: Document) -> list[tuple[str, str]]:
    """Return what a document says, in short."""
    buyer = document.snapshot["buyer"]
    name = " · ".join(filter(None, (buyer["company"], buyer["tax_id"], buyer["name"])))
    found = [
        (_("Date"), date_format(document.issued_on)),
        (pgettext_lazy("document", "Buyer"), name),
        (_("Total"), document.display()),
    ]
    if document.vat_basis_points is not None:
        vat = money.display(document.vat, document.currency)
        rate = {"rate": percent(document.vat_basis_points)}
        found.append((_("VAT %(rate)s%%") % rate, vat))
    return [(str(label), value) for label, value in found]


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


def _csv(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


site.register(Document, DocumentAdmin)
