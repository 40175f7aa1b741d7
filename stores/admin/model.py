"""The base of every list and form in the store's admin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin, StackedInline, TabularInline

from stores.admin import log
from stores.admin.site import MenuItem, staff_asking, staff_of
from stores.forms import StoreForm
from stores.models import LogEntry
from stores.roles import Area
from stores.services.log import write

if TYPE_CHECKING:
    from django.utils.functional import Promise

    Text = str | Promise

MINUTE = "%Y-%m-%dT%H:%M"
WIDGETS: dict[type[models.Field[Any, Any]], dict[str, Any]] = {
    models.DateTimeField: {
        "form_class": forms.DateTimeField,
        "widget": forms.DateTimeInput({"type": "datetime-local"}, format=MINUTE),
    },
    models.DateField: {"widget": forms.DateInput({"type": "date"}, format="%Y-%m-%d")},
    models.BooleanField: {"widget": forms.CheckboxInput},
    models.TextField: {"widget": forms.Textarea({"rows": 5})},
    models.CharField: {"widget": forms.TextInput},
    models.EmailField: {"widget": forms.EmailInput},
    models.IntegerField: {"widget": forms.NumberInput},
}
"""The browser's own controls: one calendar, in the reader's language, on a phone too."""


@dataclass(frozen=True)
class Row:
    """One row of a list: a sentence (name, state, one number, next thing), never a table."""

    name: Text
    url: str
    state: Text = ""
    tone: str = ""
    """good, warn, bad or empty: how the state looks."""
    detail: Text = ""
    number: Text = ""
    number_url: str = ""
    next_step: Text = ""
    next_url: str = ""


@dataclass(frozen=True)
class Choice:
    """One choice of a filter."""

    label: Text
    query: str
    is_chosen: bool


@dataclass(frozen=True)
class Filter:
    """One filter of a list."""

    title: Text
    choices: Sequence[Choice] = field(default_factory=tuple)


class RightsByArea:
    """Rights come from the table of roles, by area; Django's permissions mean nothing here."""

    area: Area

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether this person may see what is in the area."""
        staff = staff_asking(request)
        return staff is not None and staff.may_view(self.area)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether this person may change what is in the area."""
        staff = staff_asking(request)
        return staff is not None and staff.may_change(self.area)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether this person may add to the area."""
        return self.has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is deleted unless its list says so: what was sold is retired."""
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the area shows at all."""
        return self.has_view_permission(request)


class StoreModelAdmin(RightsByArea, ModelAdmin):
    """A list and a form over one store's rows.

    Name the ``area``; give a ``menu`` item when it stands in the menu; say ``row()`` as a sentence.
    """

    form = StoreForm
    menu: MenuItem | None = None
    actions = None
    list_per_page = 50
    list_max_show_all = 0
    show_full_result_count = False
    list_filter: Sequence[Any] = ()
    formfield_overrides = WIDGETS
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
    more: ClassVar[frozenset[str]] = frozenset()

    @property
    def media(self) -> forms.Media:
        """Nothing of Django's: a form's own widgets say what they need."""
        return forms.Media()

    # -- for the menu and the search

    def waiting(self, request: HttpRequest) -> int:
        """Return how many things here wait for somebody: the badge in the menu."""
        return 0

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
                "filters": list(_filters(changelist)),
                "add_verb": self.add_verb,
                "add_url": self.add_url(request),
                "empty": self.empty,
                "lead": self.lead,
                "is_narrowed": bool(changelist.query or changelist.has_active_filters),
                "pages": _pages(changelist),
            }
        return response

    def add_url(self, request: HttpRequest) -> str:
        """Return where the list's one button leads; empty when this person may not."""
        return self.url_for("add") if self.add_verb and self.has_add_permission(request) else ""

    # -- forms

    def get_field_queryset(self, db: Any, db_field: Any, request: HttpRequest) -> Any:
        """Return what a drop-down offers: rows of this store, through their scoped manager."""
        queryset = super().get_field_queryset(db, db_field, request)
        if queryset is None:
            queryset = db_field.remote_field.model._default_manager.all()  # noqa: SLF001 -- Django's public name for it
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
            "title": str(item) if item is not None else self.add_title or self.add_verb,
            "subtitle": None,
            "back_url": self.back_url(request, item),
            "may_save": self.has_change_permission(request, item),
            "tabs": self.tabs(request, item),
            "acts": self.acts(request, item),
            "log_url": self.url_for("history", item.pk) if item is not None else "",
            **self.form_context(request, item),
            **(extra_context or {}),
        }
        return super().changeform_view(request, object_id, form_url, extra)

    def form_context(self, request: HttpRequest, item: Any) -> dict[str, Any]:
        """Return what else the form's page shows."""
        return {}

    def tabs(self, request: HttpRequest, item: Any) -> Sequence[Any]:
        """Return the tabs of this row's workspace: each has a name and a url."""
        return ()

    def acts(self, request: HttpRequest, item: Any) -> Sequence[tuple[Text, str]]:
        """Return what else can be done here: each a verb and the page that asks about it."""
        return ()

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
        return [_("This cannot be undone.")]

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ask before deleting, and delete on POST."""
        from stores.admin.pages import Effect, confirm

        item = self.get_object(request, unquote(object_id))
        if item is None:
            raise Http404
        if not self.has_delete_permission(request, item):
            raise PermissionDenied
        if request.method == "POST":
            write(staff_of(request), log.DELETE, item)
            self.delete_model(request, item)
            messages.success(request, _("“%(name)s” was deleted.") % {"name": item})
            return HttpResponseRedirect(self.url_for("changelist"))
        effect = Effect(
            title=_("Delete “%(name)s”?") % {"name": item},
            verb=_("Delete"),
            sentences=self.delete_effect(request, item),
            back_url=self.url_of(item),
            is_dangerous=True,
        )
        return confirm(request, effect)

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
            subject_type=item._meta.label_lower,  # noqa: SLF001 -- Django's public name for it
            subject_id=str(item.pk),
        ).select_related("staff")
        context = {
            **self.admin_site.each_context(request),
            "title": _("What was done: %(name)s") % {"name": item},
            "lines": [log.line(entry) for entry in entries.order_by("-at")[:200]],
            "back_url": self.url_of(item),
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.object_history_template, context)


class InlineRights(RightsByArea):
    """Rows inside a form: the same rights and the browser's own controls."""

    form = StoreForm
    formfield_overrides = WIDGETS
    extra = 0
    show_change_link = False

    @property
    def media(self) -> forms.Media:
        """Nothing beside what the widgets ask for."""
        return forms.Media()


class StoreStackedInline(InlineRights, StackedInline):
    """Rows inside a form, each a card."""

    template = "admin/edit_inline/cards.html"


class StoreTabularInline(InlineRights, TabularInline):
    """Rows inside a form; cards too, because a table of fields does not fit a phone."""

    template = "admin/edit_inline/cards.html"


def _filters(changelist: Any) -> Any:
    for spec in changelist.filter_specs:
        choices = [
            Choice(each["display"], each["query_string"], bool(each["selected"]))
            for each in spec.choices(changelist)
        ]
        yield Filter(spec.title, choices)


def _pages(changelist: Any) -> dict[str, str]:
    if not changelist.multi_page:
        return {}
    number, last = changelist.page_num, changelist.paginator.num_pages
    pages = {"here": _("Page %(page)s of %(pages)s") % {"page": number, "pages": last}}
    if number > 1:
        pages["before"] = changelist.get_query_string({"p": number - 1})
    if number < last:
        pages["after"] = changelist.get_query_string({"p": number + 1})
    return pages
