"""Settings → Name and languages, and the log of what the staff did."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.text import capfirst
from django.utils.translation import (
    get_language,
    get_language_info,
    gettext_lazy,
    override,
    pgettext_lazy,
)
from django.utils.translation import gettext as _

from core.clock import zone_choices
from stores.admin import log
from stores.admin.log_filters import AreaFilter, PersonFilter, TimeFilter
from stores.admin.model import StoreModelAdmin
from stores.admin.reading import ReadAdmin
from stores.admin.rows import Row
from stores.admin.site import Group, MenuItem, site, staff_of, store_of
from stores.admin.team import ROLE_NAMES
from stores.forms import CleanTextMixin, ModelForm
from stores.models import LogEntry, Store
from stores.roles import Area
from stores.services.log import write
from stores.services.moments import in_short
from stores.services.opening import touch


class OneOfStore(StoreModelAdmin):
    """A page of settings: there is one row, the store's own, and the list leads to it."""

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the one row; these models are the tenant itself and know no scope."""
        own = {self.own_lookup: store_of(request).pk}
        found: models.QuerySet[Any] = super().get_queryset(request).filter(**own)
        return found

    own_lookup = "pk"
    is_one_page = True

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Open the one form."""
        if not self.has_view_permission(request):
            return site.not_for_you(request)
        return HttpResponseRedirect(self.url_of(self.get_queryset(request).get()))

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """There is never a second one."""
        return False

    def title_of(self, item: Any) -> str:
        """A page of settings is called as the menu calls it."""
        menu = self.menu
        return str(menu.tab or menu.label) if menu else super().title_of(item)

    def back_url(self, request: HttpRequest, item: Any) -> str:
        """A page of settings stands by itself."""
        return ""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 -- Django's signature
        """Save, and make the shop's pages show it."""
        super().save_model(request, obj, form, change)
        touch(store_of(request))

    def construct_change_message(
        self,
        request: HttpRequest,
        form: Any,
        formsets: Any,
        add: bool = False,  # noqa: FBT001 -- Django's signature
    ) -> Any:
        """Keep what each setting was and is, for the log."""
        form.instance.log_values = [
            log.from_to(
                _label(form, name),
                in_words(form.initial.get(name)),
                in_words(form.cleaned_data.get(name)),
            )
            for name in form.changed_data
            if name in form.cleaned_data
        ]
        return super().construct_change_message(request, form, formsets, add)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> LogEntry:
        """Write down what became of each setting."""
        values = getattr(obj, "log_values", None) or log.changed_names(message)
        return write(staff_of(request), log.CHANGE, obj, values)


def _label(form: Any, name: str) -> str:
    with override(None):  # as the log keeps labels: untranslated
        return str(form.fields[name].label or name)


def in_words(value: Any) -> str:
    """Return a setting's value as the log keeps it."""
    if isinstance(value, bool):
        return "✓" if value else "–"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def language_choices() -> list[tuple[str, str]]:
    """Return the languages a store may speak, each in its own name."""
    return [(code, get_language_info(code)["name_local"]) for code, _name in settings.LANGUAGES]


class StoreNameForm(CleanTextMixin, ModelForm[Store]):
    """Who the store is, in which languages, and where its days begin."""

    languages = forms.MultipleChoiceField(
        label=gettext_lazy("Other languages of the shop"),
        required=False,
        choices=language_choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "Each gets its own address, like /en/. A product stays in the language it was "
            "written in."
        ),
    )
    second_step_roles = forms.MultipleChoiceField(
        label=gettext_lazy("Of whom the second step is asked"),
        required=False,
        choices=lambda: [(role.value, capfirst(name)) for role, name in ROLE_NAMES.items()],
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Nobody ticked: of everyone."),
    )

    class Meta:
        model = Store
        fields = (
            *("name", "tagline", "about", "language", "languages", "time_zone", "gender"),
            *("needs_second_step", "second_step_roles", "second_step_from"),
        )
        widgets = {  # noqa: RUF012 -- read once by Django
            "second_step_from": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        }
        labels = {"gender": gettext_lazy("How Hebrew speaks to your customers")}  # noqa: RUF012 -- read once by Django
        help_texts = {  # noqa: RUF012 -- read once by Django
            "needs_second_step": gettext_lazy(
                "An authenticator app or a passkey, beside the code; for you too."
            ),
            "second_step_from": gettext_lazy(
                "Until then everybody comes in as before. Empty: at once. Whoever has none then "
                "sets one up before the admin opens."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["languages"] = self.instance.other_languages
        self.fields["time_zone"] = forms.ChoiceField(
            label=_("Time zone"),
            choices=zone_choices(get_language() or "en", self.instance.time_zone),
        )

    def clean(self) -> dict[str, Any]:
        """Keep the store's own language out of the others."""
        values = super().clean()
        values["languages"] = [
            code for code in values.get("languages", []) if code != values.get("language")
        ]
        return values


class StoreNameAdmin(OneOfStore):
    """Settings → Name and languages."""

    area = Area.SETTINGS
    menu = MenuItem(
        *(Group.SETTINGS, gettext_lazy("Languages and times"), 6),
        tab=gettext_lazy("Name and languages"),
    )
    form = StoreNameForm
    fieldsets = (
        (None, {"fields": ("name", "tagline", "about", "language", "languages", "time_zone")}),
        (
            gettext_lazy("More"),
            {
                "classes": ("more",),
                "fields": (
                    *("gender", "needs_second_step", "second_step_roles", "second_step_from"),
                ),
            },
        ),
    )


class LogAdmin(ReadAdmin):
    """Settings → Log: read only."""

    area = Area.SETTINGS
    menu = MenuItem(Group.SETTINGS, pgettext_lazy("menu", "Log"), 9, within="stores.staff")
    lead = gettext_lazy("What you and your team did here, the newest first.")
    empty = gettext_lazy("Whatever you and your team do is written down here.")
    ordering = ("-at", "-id")
    list_select_related = ("staff",)
    list_filter = (PersonFilter, AreaFilter, TimeFilter)
    search_fields = ("subject",)

    def title_of(self, item: LogEntry) -> str:
        """Return who did what to what."""
        entry = log.line(item)
        words = {"who": entry.who, "what": entry.what, "subject": entry.subject}
        if entry.subject == entry.who:  # who signs in or leaves is not told twice
            return _("%(who)s: %(what)s") % words
        return _("%(who)s: %(what)s “%(subject)s”") % words

    def row(self, request: HttpRequest, item: LogEntry) -> Row:
        """Return who did what, and when."""
        return Row(
            name=self.title_of(item),
            url="",
            detail=log.line(item).changes,
            next_step=in_short(item.at),
        )


site.register(Store, StoreNameAdmin)
site.register(LogEntry, LogAdmin)
