"""The lines of a file, page by page, and what is downloaded: the template, what is to be mended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from payments.models import MoveIn, MoveInRow
from payments.services.moving_in.fields import FIELDS
from payments.services.moving_in.words import line_in_words
from stores.admin.tables import csv_response, send_table

State, RowState = MoveIn.State, MoveInRow.State
ROW_TONES = {RowState.GOOD: "good", RowState.MOVED: "good", RowState.BAD: "bad"}
A_PAGE = 50
EXAMPLE = (
    *("charlie@example.com", "Charlie Levi", "050-1234567", "", "2025-01-31", "14", "45"),
    *("", "month", "2026-12-31", "", "yes", "2025-01-31", "checkout"),
)


class LineViews:
    """What is read of a file."""

    def rows_view(self: Any, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what happens to each line, by what it comes to."""
        item = self.found(request, pk)
        rows = item.rows.select_related("product", "customer__user")
        counts = dict(item.rows.values_list("state").annotate(n=Count("pk")).order_by("state"))
        chosen = request.GET.get("state", "")
        if chosen in counts:
            rows = rows.filter(state=chosen)
        page = page_of(request, rows.order_by("line"))
        language = get_language() or "en"
        context = {
            **self.admin_site.each_context(request),
            "title": self.title_of(item),
            "back_url": self.url_of(item),
            "states": [
                (RowState(state).label, state, n, state == chosen)
                for state, n in sorted(counts.items())
                if state in RowState.values
            ],
            "rows": [
                (row, RowState(row.state).label, ROW_TONES.get(RowState(row.state), ""), said)
                for row in page
                for said in [line_in_words(row, language)]
            ],
            "page": page,
            "chosen": chosen,
        }
        return TemplateResponse(request, "payments/admin/move_in_rows.html", context)

    def template_view(self: Any, request: HttpRequest) -> HttpResponse:
        """Give an empty table with the columns' names and one example."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return csv_response("members.csv", [str(field.label) for field in FIELDS], [EXAMPLE])

    def mend_view(self: Any, request: HttpRequest, pk: int) -> HttpResponse:
        """Give the lines to be mended, each with what is wrong; mended, they are a file again."""
        item = self.found(request, pk)
        header = [*item.head, _("Line"), _("What is wrong")]
        return send_table(request, "to-mend.csv", header, _bad_lines(item))


def page_of(request: HttpRequest, rows: QuerySet[Any]) -> Any:
    return Paginator(rows, A_PAGE).get_page(request.GET.get("p", "1")[:6])


def _bad_lines(item: MoveIn) -> Iterator[Sequence[object]]:
    language, width = get_language() or "en", len(item.head)
    for row in item.rows.filter(state=RowState.BAD).iterator(chunk_size=500):
        cells = [*row.cells, *[""] * width][:width]
        yield (*cells, row.line, " ".join(line_in_words(row, language)))
