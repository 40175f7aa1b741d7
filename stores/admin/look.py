"""Shop window → Look: a few choices, and whether the colour can be read."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stores import rules
from stores.admin.settings import OneOfStore
from stores.admin.site import Group, MenuItem, site
from stores.forms import ModelForm
from stores.models import Look
from stores.roles import Area

WHITE, NIGHT = "#ffffff", "#151312"


class LookForm(ModelForm[Look]):
    """A colour, a pair of typefaces, corners and the line between sections."""

    class Meta:
        model = Look
        fields = ("colour", "type_pair", "corner", "mark_line")
        widgets = {"colour": forms.TextInput({"type": "color"})}  # noqa: RUF012 -- read once by Django


class LookAdmin(OneOfStore):
    """Shop window → Look."""

    area = Area.SHOP_WINDOW
    menu = MenuItem(Group.SHOP_WINDOW, gettext_lazy("Look"), 1)
    form = LookForm
    own_lookup = "store_id"
    fieldsets = ((None, {"fields": ("colour", "type_pair", "corner", "mark_line")}),)

    def form_context(self, request: HttpRequest, item: Look) -> dict[str, Any]:
        """Say how well the colour reads, where it is used."""
        return {"notes": colour_notes(item.colour), "title": _("Look")} if item else {}


def colour_notes(colour: str) -> list[str]:
    """Return in sentences where a colour is used as it is, and where a shade of it."""
    ink = _("white") if rules.on_colour(colour) == WHITE else _("black")
    notes = [_("On buttons of your colour the words are %(ink)s.") % {"ink": ink}]
    by_day, by_night = rules.contrast(colour, WHITE), rules.contrast(colour, NIGHT)
    if by_day < rules.READABLE:
        notes.append(_("It is light for words on white paper, so links use a darker shade of it."))
    if by_night < rules.READABLE:
        notes.append(_("It is dark for words at night, so links there use a lighter shade of it."))
    return notes


site.register(Look, LookAdmin)
