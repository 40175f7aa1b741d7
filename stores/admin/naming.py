"""The first step of a new store: its name, its line and its colour, in one small form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from stores import slots
from stores.admin import log
from stores.admin.look import colour_notes
from stores.admin.site import staff_of
from stores.forms import CleanTextMixin, ColourInput
from stores.models import HEX_COLOUR, Store
from stores.roles import Area
from stores.services.log import write
from stores.services.opening import touch


class NamingForm(CleanTextMixin, forms.Form):
    """What stands at the top of the shop."""

    name = forms.CharField(label=gettext_lazy("The name of your store"), max_length=80)
    tagline = forms.CharField(
        label=gettext_lazy("What it is about, in one line"),
        max_length=160,
        help_text=gettext_lazy("For instance: sew your first dress, slowly."),
    )
    colour = forms.CharField(
        label=gettext_lazy("Its colour"),
        max_length=7,
        validators=[HEX_COLOUR],
        widget=ColourInput,
    )

    def clean(self) -> dict[str, Any]:
        """Name the fields the tidy text left empty."""
        values = super().clean()
        for name in ("name", "tagline"):
            if name in values and not values[name]:
                self.add_error(name, _("Write a line with letters."))
        return values


def naming_steps(store: Store) -> list[slots.FirstStep]:
    """Return the first step of a new store: its name, colour and a line about it."""

    def form(data: Any, files: Any) -> NamingForm:
        kept = {"name": store.name, "tagline": store.tagline, "colour": store.look.colour}
        return NamingForm(data, initial=kept)

    return [
        slots.FirstStep(
            key="business",
            sentence=_("Say in one line what your store is about"),
            minutes=2,
            url=reverse("admin:first-step", args=["business"]),
            is_done=bool(store.tagline),
            area=Area.SETTINGS,
            order=1,
            verb=_("Save"),
            lines=colour_notes(store.look.colour)[:1],
            form=form,
            save=save_naming,
            links=((_("Logo, typefaces, corners"), reverse("admin:stores_look_changelist")),),
        ),
    ]


def save_naming(request: HttpRequest, form: Any) -> str:
    """Keep the name, the line and the colour, and make the shop's pages show them."""
    store: Store = request.store  # type: ignore[attr-defined]  # see StoreRequest
    values = form.cleaned_data
    store.name, store.tagline = values["name"], values["tagline"]
    store.save(update_fields=["name", "tagline"])
    store.look.colour = values["colour"]
    store.look.save(update_fields=["colour"])
    touch(store)
    write(staff_of(request), log.CHANGE, store)
    return ""


slots.first_steps.register("business", naming_steps)
