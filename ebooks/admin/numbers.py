"""How a book is read, as a tab of its workspace."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext as _

from content.services.numbers import agreed_to_news, reading_numbers, sample_numbers
from ebooks.models import Ebook
from stores.admin.site import staff_of
from stores.admin.tables import send_table
from stores.roles import Area
from stores.scope import current_store

SHOWN = 50
MOST_IN_A_TABLE = 50_000


class NumberViews:
    """The page of a book's numbers, and the table of who agreed to news with its sample."""

    def get_urls(self: Any) -> list[URLPattern | URLResolver]:
        """Add the two pages."""
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/numbers/", view(self.numbers_view), name="ebooks_ebook_numbers"),
            path("<int:pk>/agreed.csv", view(self.agreed_view), name="ebooks_ebook_agreed"),
            *super().get_urls(),  # type: ignore[misc]  # of the admin this is mixed into
        ]

    def numbers_view(self: Any, request: HttpRequest, pk: int) -> HttpResponse:
        """Show how far people read; whose address it was only to who may see customers."""
        book = self.visible(request, pk)
        may_see_people = staff_of(request).may_view(Area.CUSTOMERS)
        context = {
            **self.admin_site.each_context(request),
            "title": book.title,
            "back_url": self.back_url(request, book),
            "tabs": self.tabs(request, book),
            "numbers": reading_numbers(book),
            "sample": sample_numbers(book),
            "agreed": agreed_to_news(book, SHOWN) if may_see_people else [],
            "table_url": self.url_for("agreed", book.pk),
        }
        return TemplateResponse(request, "ebooks/admin/numbers.html", context)

    def agreed_view(self: Any, request: HttpRequest, pk: int) -> HttpResponse:
        """Send who agreed to news with the sample, when and where, as a table."""
        book = self.visible(request, pk)
        if not staff_of(request).may_view(Area.CUSTOMERS):
            raise PermissionDenied
        header = [_("Email"), _("Name"), _("Agreed on"), _("Where")]
        return send_table(request, "agreed.csv", header, _agreed(book))

    def visible(self: Any, request: HttpRequest, pk: int) -> Ebook:
        """Return a book of this store that this person may see."""
        book: Ebook | None = self.get_object(request, str(pk))
        if book is None:
            raise Http404
        if not self.has_view_permission(request, book):
            raise PermissionDenied
        return book


def _agreed(book: Ebook) -> Iterator[list[object]]:
    """Yield who agreed with the sample: the address, the name, the day, and where."""
    for row in agreed_to_news(book, MOST_IN_A_TABLE):
        day = row.agreed_at.astimezone(current_store().zone).date() if row.agreed_at else None
        name = row.customer.name if row.customer else ""
        yield [row.email or "", name, day, f"{_('with the sample')}: {book.title}"]
