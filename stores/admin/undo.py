"""Settings → Log → Deleted lately: what can still be brought back, and bringing it back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from stores.admin import log
from stores.admin.menu import Group, MenuItem
from stores.admin.site import site, staff_of
from stores.errors import CannotRestore
from stores.models import Deleted
from stores.roles import Area
from stores.services.log import write
from stores.services.opening import touch
from stores.services.undoing import UNDO_LASTS, restore

SHOWN = 50


def deleted_view(request: HttpRequest) -> HttpResponse:
    """Show what was deleted lately in this person's areas, the last one first."""
    staff = staff_of(request)
    mine = [area for area in Area if staff.may_change(area)]
    rows = Deleted.objects.filter(area__in=mine).select_related("staff").order_by("-at", "-pk")
    context = {
        **site.each_context(request),
        "title": _("Deleted lately"),
        "rows": [(row, can_be_undone(row), how_it_stands(row)) for row in rows[:SHOWN]],
        "undo_url": reverse("admin:undo"),
    }
    return TemplateResponse(request, "admin/deleted.html", context)


def undo_view(request: HttpRequest) -> HttpResponse:
    """Bring back what was deleted, on POST; what cannot be is said in a sentence."""
    if request.method != "POST":
        return HttpResponseRedirect(reverse("admin:deleted"))
    row = Deleted.objects.filter(public_id=request.POST.get("which", "")[:20]).first()
    if row is None:
        raise Http404
    staff = staff_of(request)
    if not staff.may_change(Area(row.area)):
        raise PermissionDenied
    try:
        back = restore(row, now=clock.now())
    except CannotRestore as refused:
        messages.error(request, refused.sentence)
        return HttpResponseRedirect(reverse("admin:deleted"))
    write(staff, log.RESTORE, back)
    touch(row.store)
    messages.success(request, _("“%(name)s” is back.") % {"name": row.subject})
    return HttpResponseRedirect(page_of(request, back))


def page_of(request: HttpRequest, row: Any) -> str:
    """Return the page of a row that came back, or the list of what was deleted."""
    model_admin = site._registry.get(type(row))  # noqa: SLF001 -- Django's own list of admins
    if model_admin is None or not model_admin.has_view_permission(request):
        return reverse("admin:deleted")
    return str(model_admin.url_of(row))


def can_be_undone(row: Deleted) -> bool:
    """Whether a deletion can still be undone."""
    is_over = row.at <= clock.now() - UNDO_LASTS
    return not (is_over or row.restored_at or row.forgotten_at)


def how_it_stands(row: Deleted) -> str:
    """Return in words what became of a deletion."""
    if row.restored_at is not None:
        return _("brought back")
    return "" if can_be_undone(row) else _("gone for good")


def sees_the_log(request: HttpRequest) -> bool:
    """It stands in the menu beside the log, for whoever sees that."""
    return staff_of(request).may_view(Area.SETTINGS)


site.add_page("undo/", undo_view, name="undo")
site.add_page(
    "deleted/",
    deleted_view,
    name="deleted",
    menu=MenuItem(Group.SETTINGS, gettext_lazy("Deleted lately"), 9, within="stores.logentry"),
    is_shown=sees_the_log,
)
