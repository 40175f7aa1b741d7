"""Copying a product, deleting a draft and bringing it back, from its own page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from core import clock
from products.models import Product
from products.services.drafts import delete_draft, duplicate, undo_delete, why_not_deleted
from stores.admin import Effect, confirm, log
from stores.admin.site import staff_of
from stores.services.log import write


class DraftViews:
    """Pages that copy and delete; what was sold is never deleted."""

    def draft_acts(self: Any, item: Product) -> list[tuple[str, str]]:
        """Return copying, and deleting where nobody ever had it."""
        acts = [(_("Make a copy"), self.url_for("copy", item.pk))]
        if not why_not_deleted(item):
            acts.append((_("Delete the draft"), self.url_for("delete", item.pk)))
        return acts

    def copy_view(self: Any, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask before copying a product; copy it on POST and open the copy."""
        product = self.get_object(request, str(pk))
        if product is None:
            raise Http404
        if not self.has_change_permission(request, product):
            raise PermissionDenied
        if request.method == "POST":
            made = duplicate(product, clock.now())
            write(staff_of(request), log.ADD, made)
            messages.success(request, _("This is the copy, a draft."))
            return HttpResponseRedirect(self.url_for("change", made.pk))
        effect = Effect(
            title=_("Copy “%(title)s”?") % {"title": product.title},
            verb=_("Make a copy"),
            sentences=(
                _("A new draft with the same words, prices and products inside."),
                _("Files, the cover and the contents are not copied."),
            ),
            back_url=self.url_of(product),
        )
        return confirm(request, effect)

    def has_delete_permission(self: Any, request: HttpRequest, obj: Any = None) -> bool:
        """A draft nobody ever had may go."""
        if obj is None or why_not_deleted(obj):
            return False
        return bool(self.has_change_permission(request, obj))

    def delete_effect(self: Any, request: HttpRequest, item: Product) -> list[Any]:
        """Say how long it can be brought back."""
        return [_("It leaves your list. For ten minutes you can bring it back.")]

    def delete_undoably(self: Any, request: HttpRequest, item: Any) -> str:
        """Delete it so that it can be brought back, from the list of products."""
        write(staff_of(request), log.DELETE, item)
        delete_draft(item, clock.now())
        return ""

    def delete_view(
        self: Any, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """Ask and delete, then show the one list of products, where it can be brought back."""
        answer: HttpResponse = super().delete_view(request, object_id, extra_context)  # type: ignore[misc]  # mixed into admins
        if isinstance(answer, HttpResponseRedirect):
            return HttpResponseRedirect(reverse("admin:products_product_changelist"))
        return answer


class UndoView:
    """Bringing back what was deleted a moment ago."""

    def undo_view(self: Any, request: HttpRequest, pk: int) -> HttpResponse:
        """Bring a deleted draft back on POST."""
        product = Product.objects.filter(pk=pk).first()
        if product is None:
            raise Http404
        if not self.has_change_permission(request, product):
            raise PermissionDenied
        if request.method == "POST" and product.deleted_at is not None:
            undo_delete(product)
            write(staff_of(request), log.ADD, product)
            messages.success(request, _("“%(title)s” is back.") % {"title": product.title})
        return HttpResponseRedirect(self.url_for("changelist"))
