"""Sales → Documents: what was issued, a month for the accountant, and issuing one again."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core import clock, money
from core.vat import percent
from payments.admin.months import MonthFilter, Months, month_name
from payments.errors import CannotIssue
from payments.forms.business import BusinessBuyerForm
from payments.models import Document
from payments.services.documents import monthly
from payments.services.documents.files import pdf_of
from payments.services.documents.issuing import issue_again
from payments.services.documents.showing import name_of
from payments.services.documents.sums import left_of, standing
from payments.views.documents import pdf_response
from stores.admin import Effect, Group, MenuItem, ReadAdmin, Row, confirm, log, site
from stores.admin.filters import StateFilter
from stores.admin.site import staff_of
from stores.admin.tables import TableOfList
from stores.roles import Area
from stores.services.log import write


class KindFilter(StateFilter):
    """Receipts, invoices, credit notes."""

    title = gettext_lazy("kind")
    parameter_name = "kind"
    column = "kind"
    states = Document.Kind


class DocumentAdmin(TableOfList, Months, ReadAdmin):
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
    table_name = "documents.csv"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Document]:
        """Return documents with their orders."""
        found: QuerySet[Document] = super().get_queryset(request)
        return found.select_related("order", "about")

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add the files, the months, and issuing again."""
        pages = (
            ("<int:pk>/pdf/", "pdf", self.pdf_view),
            ("<int:pk>/again/", "again", self.again_view),
            *self.month_pages(),
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
            number=money.display((item.sign or 1) * item.total, item.currency),
            next_step=date_format(item.issued_on),
        )

    def table_header(self) -> list[object]:
        """Return the columns of the table of documents."""
        return [*monthly.table_header()]

    def table_row(self, item: Document) -> list[object]:
        """Return one document as cells."""
        return [*monthly.table_row(item)]

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


site.register(Document, DocumentAdmin)
