"""Stamped copies in the store's admin: who has one, and whose a file is that turned up."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from content.forms.found import FoundFileForm
from content.models import StampedCopy
from content.services.stamping.tracing import Trace, bought_with, trace
from content.services.stamping.troubles import try_again
from core import clock
from stores.admin import Effect, Group, MenuItem, ReadAdmin, Row, confirm, log, site
from stores.admin.site import staff_of
from stores.roles import Area
from stores.services.log import write

STATES = {
    "ready": (pgettext_lazy("a copy", "made"), "good"),
    "waits": (gettext_lazy("being made"), ""),
    "failed": (gettext_lazy("could not be made"), "bad"),
    "dropped": (gettext_lazy("file removed"), ""),
}


class StampedCopyAdmin(ReadAdmin):
    """Copies that carry a buyer's name."""

    area = Area.SALES
    menu = MenuItem(
        *(Group.SALES, pgettext_lazy("menu", "Stamped copies"), 7), within="payments.order"
    )
    add_verb = gettext_lazy("Whose copy is this?")
    search_fields = ("access__customer__name", "access__customer__user__email", "public_id")
    ordering = ("-id",)
    empty = gettext_lazy(
        "Copies of your books that carry the name of whoever bought them stand here, once somebody"
        " opens one."
    )

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add the page that recognises a file, and trying again."""
        view = self.admin_site.admin_view
        return [
            path("whose/", view(self.whose_view), name="content_stampedcopy_whose"),
            path("<int:pk>/again/", view(self.again_view), name="content_stampedcopy_again"),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[StampedCopy]:
        """Return copies with whom and what they are about."""
        found: QuerySet[StampedCopy] = super().get_queryset(request)
        return found.select_related("access__customer__user", "access__product", "asset")

    def add_url(self, request: HttpRequest) -> str:
        """Lead the list's one button to the page that recognises a file."""
        return self.url_for("whose") if self.has_view_permission(request) else ""

    def title_of(self, item: StampedCopy) -> str:
        """Return whose copy of what it is."""
        words = _("The copy of “%(what)s” made out to %(who)s")
        return words % {"what": item.access.product, "who": item.access.customer}

    def row(self, request: HttpRequest, item: StampedCopy) -> Row:
        """Return whose it is, of which file, and how it stands."""
        state, tone = STATES[state_of(item)]
        may_try = state_of(item) == "failed" and self.has_change_permission(request)
        return Row(
            name=str(item.access.customer),
            url=self.url_of(item),
            state=state,
            tone=tone,
            detail=f"{item.access.product} · {item.original_name}",
            next_step=_("Try again") if may_try else "",
            next_url=self.url_for("again", item.pk) if may_try else "",
        )

    def form_context(self, request: HttpRequest, item: StampedCopy | None) -> dict[str, Any]:
        """Return what is known of the copy."""
        if item is None:
            return {}
        bought = bought_with([item]).get(item.access_id)
        return {"copy": item, "bought": bought, "state": STATES[state_of(item)][0]}

    change_form_template = "content/admin/copy.html"

    def acts(self, request: HttpRequest, item: StampedCopy | None) -> Sequence[tuple[Any, str]]:
        """Offer to try again what failed."""
        if item is None or item.failed_at is None or not self.has_change_permission(request):
            return ()
        return ((_("Try again"), self.url_for("again", item.pk)),)

    def again_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask before trying to make a copy once more."""
        item = self.get_object(request, str(pk))
        if item is None:
            raise Http404
        if not self.has_change_permission(request):
            raise PermissionDenied
        if request.method == "POST" and item.failed_at is not None:
            try_again(item, clock.now())
            write(staff_of(request), log.CHANGE, item)
            messages.success(request, _("It is being made again."))
            return HttpResponseRedirect(self.url_of(item))
        effect = Effect(
            title=_("Make the copy again?"),
            verb=_("Try again"),
            sentences=[
                _("Until it is made, its buyer is given the file without a name."),
                _("If it fails again, upload the file anew, saved as PDF by another program."),
            ],
            back_url=self.url_of(item),
            blockers=[] if item.failed_at is not None else [_("This copy did not fail.")],
        )
        return confirm(request, effect)

    def whose_view(self, request: HttpRequest) -> HttpResponse:
        """Recognise a file that was found somewhere, among the copies of this store only."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        is_asked = request.method == "POST"
        form = FoundFileForm(request.POST, request.FILES) if is_asked else FoundFileForm()
        found: list[Trace] | None = None
        if is_asked and form.is_valid():
            found = recognised(form.cleaned_data["found"])
        effect = Effect(
            title=_("Whose copy is this?"),
            verb=_("Look inside the file"),
            sentences=[
                _(
                    "Choose a file that turned up somewhere. If it is a copy that your shop made,"
                    " you learn which order it came from, even where the line was taken out."
                )
            ],
            back_url=self.url_for("changelist"),
        )
        context = {
            **self.admin_site.each_context(request),
            "title": effect.title,
            "effect": effect,
            "form": form,
            "back_url": effect.back_url,
            "traces": None if found is None else [self.traced(each) for each in found],
        }
        return TemplateResponse(request, "content/admin/whose.html", context)

    def traced(self, found: Trace) -> dict[str, Any]:
        """Return a copy that was recognised, as its page shows it."""
        state, _tone = STATES[state_of(found.copy)]
        title = self.title_of(found.copy)
        return {"title": title, "copy": found.copy, "bought": found.purchase, "state": state}


def state_of(item: StampedCopy) -> str:
    """Return the key of how a copy stands."""
    if item.failed_at is not None:
        return "failed"
    if item.due_at is not None:
        return "waits"
    return "ready" if item.is_ready else "dropped"


def recognised(upload: UploadedFile[Any]) -> list[Trace]:
    """Return the copies that an uploaded file holds the marks of; the file is not kept."""
    there = getattr(upload, "temporary_file_path", None)
    if there is not None:
        return trace(Path(there()))
    with TemporaryDirectory(prefix="found-") as folder:
        here = Path(folder) / "found"
        with here.open("wb") as copy:
            for chunk in upload.chunks():
                copy.write(chunk)
        return trace(here)


site.register(StampedCopy, StampedCopyAdmin)
