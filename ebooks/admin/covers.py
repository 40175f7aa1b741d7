"""Choosing a cover: the file's own, or one drawn by us."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext as _

from ebooks.services.covers import DRAWN, drawn_small, take_drawn, take_own
from ebooks.services.files import current_files
from stores.admin import log
from stores.admin.site import staff_of
from stores.services.log import write

OWN = "own"


class CoverViews:
    """The page of covers to choose from, and the pictures on it."""

    def get_urls(self: Any) -> list[URLPattern | URLResolver]:
        """Add the page and its pictures."""
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/cover/", view(self.cover_view), name="ebooks_ebook_cover"),
            path(
                "<int:pk>/cover/<int:number>.jpg",
                view(self.drawn_view),
                name="ebooks_ebook_drawn",
            ),
            *super().get_urls(),  # type: ignore[misc]  # of the admin this is mixed into
        ]

    def cover_view(self: Any, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what there is to choose from; take the choice on POST."""
        book = self.visible(request, pk)
        if not self.has_change_permission(request, book):
            raise PermissionDenied
        if request.method == "POST" and self.take_choice(request, book):
            return HttpResponseRedirect(self.url_of(book))
        context = {
            **self.admin_site.each_context(request),
            "title": _("A cover for “%(title)s”") % {"title": book.title},
            "back_url": self.url_of(book),
            "has_own": "epub" in current_files(book),
            "choices": [(number, self.url_for("drawn", book.pk, number)) for number in DRAWN],
        }
        return TemplateResponse(request, "ebooks/admin/cover.html", context)

    def take_choice(self: Any, request: HttpRequest, book: Any) -> bool:
        """Make what was chosen the cover, and say so; what cannot be is said too."""
        choice = request.POST.get("cover", "")
        if choice == OWN:
            if not take_own(book):
                messages.error(request, _("The file has no cover that can be taken."))
                return False
        elif choice.isdecimal() and len(choice) == 1 and int(choice) in DRAWN:
            take_drawn(book, int(choice))
        else:
            messages.error(request, _("Choose one of the covers."))
            return False
        write(staff_of(request), log.CHANGE, book, [_("Cover")])
        messages.success(request, _("This is its cover now."))
        return True

    def drawn_view(self: Any, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """Send one of the drawn covers, small."""
        book = self.visible(request, pk)
        if number not in DRAWN:
            raise Http404
        response = HttpResponse(drawn_small(book, number), content_type="image/jpeg")
        response.headers["Cache-Control"] = "private, max-age=300"
        return response
