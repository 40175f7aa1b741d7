"""Settings → Move in, export: tables for every day, the whole store as one file, and closing it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.storage import storages
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from core import clock
from core.storages import SIGNED_FOR_SECONDS
from core.tables import rows_to_csv
from stores import slots
from stores.admin import log
from stores.admin.pages import Effect, confirm
from stores.admin.reading import ReadAdmin
from stores.admin.rows import Row
from stores.admin.site import Group, MenuItem, site, staff_asking, staff_of, store_of
from stores.models import Archive
from stores.roles import Area, Role
from stores.services import archiving
from stores.services.log import write

State = Archive.State
TONES = {State.WAITING: "warn", State.READY: "good", State.FAILED: "bad", State.GONE: "empty"}


class ArchiveAdmin(ReadAdmin):
    """The archives of a store, newest first; beside them the tables, and closing the store."""

    area = Area.SETTINGS
    menu = MenuItem(Group.SETTINGS, pgettext_lazy("menu", "Move in, export"), 8)
    lead = gettext_lazy("Everything here is yours to take along, at any time.")
    empty = gettext_lazy(
        "One file with every row and every file of your store. It is made in a while, and kept "
        "for seven days."
    )
    add_verb = gettext_lazy("Take everything")
    change_list_template = "admin/archives.html"
    ordering = ("-id",)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add asking for one, fetching it, and the tables."""
        wrap = self.admin_site.admin_view
        own = [
            path("ask/", wrap(self.ask_view), name="stores_archive_ask"),
            path("<int:pk>/file/", wrap(self.fetch_view), name="stores_archive_fetch"),
            path("table/<slug:table>.csv", wrap(self.table_view), name="stores_archive_table"),
        ]
        return [*own, *super().get_urls()]

    def is_here(self, path: str) -> bool:
        """Closing the store belongs to this line."""
        return path.startswith(reverse("admin:stores_closing_changelist"))

    def add_url(self, request: HttpRequest) -> str:
        """Return where everything is asked for; only an owner's button."""
        return self.url_for("ask") if _owns(request) else ""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the tables this person may take, too."""
        tables = [
            (slots.tables.get(key).label, self.url_for("table", key))
            for key in slots.tables.keys()  # noqa: SIM118 -- a slot, no dictionary
            if _may_take(request, slots.tables.get(key))
        ]
        close_url = reverse("admin:stores_closing_changelist") if _owns(request) else ""
        extra = {"tables": tables, "close_url": close_url}
        return super().changelist_view(request, extra | (extra_context or {}))

    def title_of(self, item: Archive) -> str:
        """Return which it is."""
        return _("Everything, %(day)s") % {"day": date_format(localtime(item.asked_at))}

    def row(self, request: HttpRequest, item: Archive) -> Row:
        """Return how far it is, and how to have it."""
        may = item.state == State.READY and _owns(request)
        return Row(
            name=self.title_of(item),
            url="",
            state=item.get_state_display(),
            tone=TONES[State(item.state)],
            detail=progress_of(item),
            number=archiving.in_words(item.size) if item.size else "",
            next_step=_("Download") if may else "",
            next_url=self.url_for("fetch", item.pk) if may else "",
        )

    def form_context(self, request: HttpRequest, item: Archive | None) -> dict[str, Any]:
        """Say how far it is."""
        return {"notes": [progress_of(item)]} if item is not None else {}

    def ask_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for everything: for an owner who proved who they are."""
        if not _owns(request):
            raise PermissionDenied
        way = _way_to_be_sure(request)
        if way is not None:
            return way
        if request.method == "POST":
            archive = archiving.ask(staff_of(request), now=clock.now())
            write(staff_of(request), log.EXPORT, archive)
            messages.success(request, _("It is being made. You get a mail when it is there."))
            return HttpResponseRedirect(self.url_for("changelist"))
        effect = Effect(
            title=_("Take everything?"),
            verb=_("Make the file"),
            sentences=[
                _(
                    "One zip with every row and every file of your store, in a format that is "
                    "written down."
                ),
                _("It holds the addresses of all your customers: keep it as you would keep them."),
                _("You get a mail when it is ready. It is kept for seven days."),
            ],
            back_url=self.url_for("changelist"),
        )
        return confirm(request, effect)

    def fetch_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Give the file, to an owner who proved who they are."""
        archive = Archive.objects.filter(pk=pk).first()
        if archive is None:
            raise Http404
        if not _owns(request):
            raise PermissionDenied
        if archive.state != State.READY:
            raise Http404
        way = _way_to_be_sure(request)
        if way is not None:
            return way
        write(staff_of(request), log.FETCH, archive)
        return _file(archive, f"{store_of(request).public_id}-{archive.asked_at:%Y-%m-%d}.zip")

    def table_view(self, request: HttpRequest, table: str) -> HttpResponse:
        """Give one table, for a spreadsheet."""
        try:
            chosen = slots.tables.get(table)
        except KeyError as error:
            raise Http404 from error
        if not _may_take(request, chosen):
            raise PermissionDenied
        write(staff_of(request), log.EXPORT, store_of(request), [str(chosen.label)])
        content = "".join(rows_to_csv(chosen.head(), chosen.rows()))
        response = HttpResponse(content, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{table}.csv"'
        return response


def progress_of(item: Archive) -> str:
    """Return how far an archive is, in words."""
    if item.state == State.READY and item.kept_until is not None:
        day = date_format(localtime(item.kept_until))
        return _("Kept until %(day)s.") % {"day": day}
    if item.state == State.WAITING and item.total:
        percent = min(99, item.done * 100 // item.total)
        words = ngettext("%(n)s percent so far", "%(n)s percent so far", percent)
        return words % {"n": percent}
    if item.state == State.FAILED:
        return _("It could not be made. Ask once more, or write to us.")
    return ""


def _owns(request: HttpRequest) -> bool:
    staff = staff_asking(request)
    return staff is not None and staff.role == Role.OWNER


def _may_take(request: HttpRequest, table: slots.Table) -> bool:
    staff = staff_asking(request)
    return staff is not None and staff.may_change(Area(table.area))


def _way_to_be_sure(request: HttpRequest) -> HttpResponse | None:
    for ask in slots.must_be_sure.all():
        way: HttpResponse | None = ask(request)
        if way is not None:
            return way
    return None


def _file(archive: Archive, called: str) -> HttpResponseBase:
    """Return the zip as files are given here: by the object storage, by nginx, or streamed."""
    storage = storages["private"]
    if settings.STORAGE_URL:
        said = {"ResponseContentDisposition": f'attachment; filename="{called}"'}
        url = storage.url(archive.name, parameters=said, expire=SIGNED_FOR_SECONDS)  # type: ignore[call-arg]  # of django-storages
        return HttpResponseRedirect(url)
    if settings.X_ACCEL_PREFIX:
        response = HttpResponse(content_type="application/zip")
        response["X-Accel-Redirect"] = settings.X_ACCEL_PREFIX + archive.name
        response["Content-Disposition"] = f'attachment; filename="{called}"'
        return response
    return FileResponse(storage.open(archive.name), as_attachment=True, filename=called)


site.register(Archive, ArchiveAdmin)
