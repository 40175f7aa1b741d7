"""The browser's own controls, and rows inside a form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.db import models
from django.http import HttpRequest
from unfold.admin import StackedInline, TabularInline

from stores.admin.rights import RightsByArea
from stores.forms import StoreForm

MOST_ROWS = 40
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


class PlainControls:
    """Fields get the browser's own controls instead of Unfold's."""

    formfield_overrides = WIDGETS

    def formfield_for_dbfield(
        self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Return the control without Unfold's menu beside it: its scripts are not sent."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]  # mixed into admins
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def formfield_for_choice_field(
        self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Return a plain drop-down; an empty choice is a dash, as Unfold's words are English."""
        kwargs.setdefault("widget", forms.Select)
        if "choices" not in kwargs:
            kwargs["choices"] = db_field.get_choices(
                include_blank=db_field.blank, blank_choice=[("", "—")]
            )
        return super().formfield_for_choice_field(db_field, request, **kwargs)  # type: ignore[misc]  # mixed into admins

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Return a plain drop-down."""
        kwargs.setdefault("widget", forms.Select)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]  # mixed into admins


class InlineRights(RightsByArea, PlainControls):
    """Rows inside a form: the same rights and the browser's own controls."""

    form: type[forms.BaseModelForm[Any]] = StoreForm
    extra = 0
    max_num = MOST_ROWS
    show_change_link = False

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """Return a formset that never builds more rows than a person would fill in."""
        kwargs.setdefault("absolute_max", MOST_ROWS)
        return super().get_formset(request, obj, **kwargs)  # type: ignore[misc]  # mixed into inlines

    @property
    def media(self) -> forms.Media:
        """Nothing beside what the widgets ask for."""
        return forms.Media()


class StoreStackedInline(InlineRights, StackedInline):  # type: ignore[misc]  # unfold has no types
    """Rows inside a form, each a card."""

    template = "admin/edit_inline/cards.html"


class StoreTabularInline(InlineRights, TabularInline):  # type: ignore[misc]  # unfold has no types
    """Rows inside a form; cards too, because a table of fields does not fit a phone."""

    template = "admin/edit_inline/cards.html"
