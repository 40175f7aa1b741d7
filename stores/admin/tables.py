"""Lists of the admin as tables to take away: who may see a list may, and the log says who did."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path

from core.tables import rows_to_csv
from stores.admin import log
from stores.admin.site import staff_of, store_of
from stores.services.log import write

if TYPE_CHECKING:
    from django.db.models import QuerySet

AT_ONCE = 2_000


def csv_response(
    name: str, header: Sequence[object], rows: Iterable[Sequence[object]]
) -> HttpResponse:
    """Return a table as a download; made whole here, as rows are read inside the store's scope."""
    content = "".join(rows_to_csv(header, rows))
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def send_table(
    request: HttpRequest,
    name: str,
    header: Sequence[object],
    rows: Iterable[Sequence[object]],
) -> HttpResponse:
    """Send a table and write down who took which; whether they may, the caller has asked."""
    response = csv_response(name, header, rows)
    write(staff_of(request), log.EXPORT, store_of(request), [name])
    return response


class TableOfList:
    """A list that can be taken away as a table, narrowed as it is on the page.

    Derive from it before the admin's base; name the file, its columns and a row's cells.
    """

    admin_site: Any
    opts: Any
    table_name = "list.csv"
    change_list_template = "admin/list_with_table.html"

    def table_header(self) -> Sequence[object]:
        """Return the names of the columns."""
        raise NotImplementedError

    def table_row(self, item: Any) -> Sequence[object]:
        """Return the cells of one row."""
        raise NotImplementedError

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add the table."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_table_of_list"
        view = self.admin_site.admin_view(self.table_of_list)
        return [path("table/", view, name=name), *super().get_urls()]  # type: ignore[misc]  # of the admin

    def changelist_view(
        self: Any, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Lead to the table of just what the list shows."""
        asked = f"?{request.GET.urlencode()}" if request.GET else ""
        extra = {"table_url": self.url_for("table_of_list") + asked, **(extra_context or {})}
        found: HttpResponse = super().changelist_view(request, extra)  # type: ignore[misc]  # of the admin
        return found

    def table_of_list(self: Any, request: HttpRequest) -> HttpResponse:
        """Send the list as a table, all its pages."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = request.GET.copy()
        asked.pop("p", None)
        request.GET = asked  # type: ignore[assignment]  # a copy may be changed, and is not
        try:
            found: QuerySet[Any] = self.get_changelist_instance(request).get_queryset(request)
        except IncorrectLookupParameters:
            found = self.get_queryset(request).none()
        rows = map(self.table_row, found.iterator(chunk_size=AT_ONCE))
        return send_table(request, self.table_name, self.table_header(), rows)
