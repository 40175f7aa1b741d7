"""The base of every list and form in the store's admin."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin

from core import clock
from stores.admin import log
from stores.admin.inlines import PlainControls
from stores.admin.pages import Effect, confirm
from stores.admin.rights import RightsByArea
from stores.admin.rows import Row, filters_of, pages_of
from stores.admin.site import MenuItem, staff_of
from stores.errors import CannotDelete
from stores.forms import StoreForm
from stores.models import LogEntry
from stores.services import undoing
from stores.services.log import write

if TYPE_CHECKING:
    from django.utils.functional import Promise

    Text = str | Promise


class StoreModelAdmin(RightsByArea, PlainControls, ModelAdmin):  # type: ignore[misc]  # unfold has no types
    """A list and a form over one store's rows.

    Name the ``area``; give a ``menu`` item when it stands in the menu; say ``row()`` as a sentence.
    """

    form: type[forms.BaseModelForm[Any]] = StoreForm
    menu: MenuItem | None = None
    actions = None
    list_per_page = 50
    list_max_show_all = 0
    show_full_result_count = False
    list_filter: Sequence[Any] = ()
    add_title: Text = ""
    add_verb: Text = ""
    empty: Text = ""
    """What this list is for, said when it is empty."""
    lead: Text = ""
    """One line above the list."""
    change_list_template = "admin/change_list.html"
    change_form_template = "admin/change_form.html"
    delete_confirmation_template = "admin/confirm.html"
    object_history_template = "admin/object_log.html"

    @property
    def media(self) -> forms.Media:
        """Nothing of Django's: a form's own widgets say what they need."""
        return forms.Media()

    # -- for the menu and the search

    def waiting(self, request: HttpRequest) -> int:
        """Return how many things here wait for somebody: the badge in the menu."""
        return 0

    is_one_page = False
    """Whether the line leads to one form and not to a list."""

    def is_in_menu(self, request: HttpRequest) -> bool:
        """Whether the store has what this list is about: no line of the menu leads to nothing."""
        return True

    def is_here(self, path: str) -> bool:
        """Whether ``path`` is a page that belongs to this line of the menu, beside its own."""
        return False

    def url_of(self, row: models.Model) -> str:
        """Return where a row opens."""
        return self.url_for("change", row.pk)

    def url_for(self, page: str, *args: Any) -> str:
        """Return the address of one of this list's pages."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_{page}"
        return reverse(f"{self.admin_site.name}:{name}", args=args)

    def title_of(self, item: Any) -> str:
        """Return what a row is called on its own page and where it is found."""
        return str(item)

    # -- lists

    def row(self, request: HttpRequest, item: Any) -> Row:
        """Return one row of the list as a sentence."""
        return Row(name=str(item), url=self.url_of(item))

    def rows(self, request: HttpRequest, items: Sequence[Any]) -> list[Row]:
        """Return a page of the list; override it to ask for all rows' facts at once."""
        return [self.row(request, item) for item in items]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list; parameters that make no sense lead to the whole list."""
        if "e" in request.GET:
            return HttpResponseRedirect(request.path)
        title = self.menu.label if self.menu else capfirst(self.opts.verbose_name_plural)
        extra = {"title": title, **(extra_context or {})}
        response: HttpResponse = super().changelist_view(request, extra)
        if isinstance(response, TemplateResponse) and response.context_data is not None:
            changelist = response.context_data["cl"]
            response.context_data |= {
                "rows": self.rows(request, list(changelist.result_list)),
                "filters": list(filters_of(changelist)),
                "add_verb": self.add_verb,
                "add_url": self.add_url(request),
                "empty": self.empty,
                "lead": self.lead,
                "is_narrowed": bool(changelist.query or changelist.has_active_filters),
                "pages": pages_of(changelist),
            }
        return response

    def add_url(self, request: HttpRequest) -> str:
        """Return where the list's one button leads; empty when this person may not."""
        return self.url_for("add") if self.add_verb and self.has_add_permission(request) else ""

    # -- forms

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        """Return a row of this store, or None; a number no row can have is none either."""
        try:
            return super().get_object(request, object_id, from_field)
        except OverflowError:
            return None

    def get_field_queryset(self, db: Any, db_field: Any, request: HttpRequest) -> Any:
        """Return what a drop-down offers: rows of this store, through their scoped manager."""
        queryset = super().get_field_queryset(db, db_field, request)
        if queryset is None:
            queryset = db_field.remote_field.model._default_manager.all()
        return queryset

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Show or save a form, with the buttons in our words."""
        item = None if object_id is None else self.get_object(request, unquote(object_id))
        if object_id is not None and item is None:
            raise Http404
        extra = {
            "title": self.title_of(item) if item is not None else self.add_title or self.add_verb,
            "subtitle": None,
            "back_url": self.back_url(request, item),
            "may_save": self.may_save(request, item),
            "tabs": self.tabs(request, item),
            "acts": self.acts(request, item),
            "log_url": self.url_for("history", item.pk) if item is not None else "",
            **self.form_context(request, item),
            **(extra_context or {}),
        }
        return super().changeform_view(request, object_id, form_url, extra)

    def may_save(self, request: HttpRequest, item: Any) -> bool:
        """Whether the form has its one button."""
        return self.has_change_permission(request, item)

    def form_context(self, request: HttpRequest, item: Any) -> dict[str, Any]:
        """Return what else the form's page shows."""
        return {}

    def tabs(self, request: HttpRequest, item: Any) -> Sequence[Any]:
        """Return the tabs of this row's workspace: each has a name and a url."""
        return ()

    def acts(self, request: HttpRequest, item: Any) -> Sequence[tuple[Text, str]]:
        """Return what else can be done here: each a verb and the page that asks about it."""
        if item is None or not self.has_delete_permission(request, item):
            return ()
        return [(_("Delete"), self.url_for("delete", item.pk))]

    def back_url(self, request: HttpRequest, item: Any) -> str:
        """Return where "back" leads."""
        return self.url_for("changelist")

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Go to the new row's page and say that it was saved."""
        return self.saved(request, obj)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        """Stay on the row's page and say that it was saved."""
        return self.saved(request, obj)

    def saved(self, request: HttpRequest, item: Any) -> HttpResponse:
        """Say that it was saved."""
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(self.url_of(item))

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> HttpResponse:
        raise Http404

    # -- deleting, for the few lists that allow it

    def delete_effect(self, request: HttpRequest, item: Any) -> list[Text]:
        """Return what deleting this row does, in sentences."""
        return [_("For ten minutes you can bring it back.")]

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ask before deleting, and delete on POST."""

        item = self.get_object(request, unquote(object_id))
        if item is None:
            raise Http404
        if not self.has_delete_permission(request, item):
            raise PermissionDenied
        if request.method == "POST":
            try:
                undo = self.delete_undoably(request, item)
            except CannotDelete as refused:
                messages.error(request, refused.sentence)
                return HttpResponseRedirect(self.url_of(item))
            said = _("“%(name)s” was deleted.") % {"name": item}
            messages.success(request, said, extra_tags=undo)
            return HttpResponseRedirect(self.url_for("changelist"))
        effect = Effect(
            title=_("Delete “%(name)s”?") % {"name": item},
            verb=_("Delete"),
            sentences=self.delete_effect(request, item),
            back_url=self.url_of(item),
            is_dangerous=True,
        )
        return confirm(request, effect)

    @transaction.atomic
    def delete_undoably(self, request: HttpRequest, item: models.Model) -> str:
        """Delete a row, keeping it for ten minutes; return by what it is brought back."""
        staff = staff_of(request)
        write(staff, log.DELETE, item)
        return undoing.delete(item, by=staff, area=self.area, now=clock.now()).public_id

    # -- the log: ours, of this store

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> LogEntry:
        """Write down what was added."""
        return write(staff_of(request), log.ADD, obj)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> LogEntry:
        """Write down what was changed, by the names of its fields."""
        return write(staff_of(request), log.CHANGE, obj, log.changed_names(message))

    def log_deletion(self, request: HttpRequest, obj: Any, object_repr: str) -> LogEntry:
        """Write down what was deleted."""
        return write(staff_of(request), log.DELETE, obj)

    def log_deletions(self, request: HttpRequest, queryset: Any) -> list[LogEntry]:
        """Write down all that was deleted."""
        return [write(staff_of(request), log.DELETE, row) for row in queryset]

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show what the staff did to this row."""
        item = self.get_object(request, unquote(object_id))
        if item is None:
            raise Http404
        if not self.has_view_permission(request, item):
            raise PermissionDenied
        entries = LogEntry.objects.filter(
            subject_type=item._meta.label_lower,
            subject_id=str(item.pk),
        ).select_related("staff")
        context = {
            **self.admin_site.each_context(request),
            "title": _("What was done: %(name)s") % {"name": self.title_of(item)},
            "lines": [log.line(entry) for entry in entries.order_by("-at")[:200]],
            "back_url": self.url_of(item),
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.object_history_template, context)
