"""Rows inside a form, and the browser's own controls."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import models
from unfold.admin import StackedInline, TabularInline

from stores.admin.rights import RightsByArea
from stores.forms import StoreForm

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
