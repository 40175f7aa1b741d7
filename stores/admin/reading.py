"""Rows that are read, and never filled in."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.urls import reverse

from stores.admin.model import StoreModelAdmin


class ReadAdmin(StoreModelAdmin):
    """Rows that the staff read: what can be done with one is a page of its own, never a form."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """They are made by what happens."""
        return False

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """There is nothing to fill in."""
        return ((None, {"fields": ()}),)

    def may_save(self, request: HttpRequest, item: Any) -> bool:
        """There is nothing to save."""
        return False

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Show the row; whatever is posted here changes nothing."""
        if request.method == "POST" and object_id is not None:
            if self.get_object(request, unquote(object_id)) is None:
                raise Http404
            raise PermissionDenied
        return super().changeform_view(request, object_id, form_url, extra_context)


class LeadingAdmin(ReadAdmin):
    """Numbers about rows that another list shows: to open one leads there."""

    leads_to: str
    """The list by its model, as in "payments.order"."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Lead to the row in its own list, for who may view the numbers."""
        if object_id is None or not self.has_view_permission(request):
            raise PermissionDenied
        item = self.get_object(request, object_id)
        if item is None:
            raise Http404
        if request.method == "POST":
            raise PermissionDenied
        page = f"admin:{self.leads_to.replace('.', '_')}_change"
        return HttpResponseRedirect(reverse(page, args=[item.pk]))
