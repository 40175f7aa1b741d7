"""What the cancel page asks of who is not signed in: whatever they remember, and no reason."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms import NormalAddressField
from payments.services.cancelling.noticing import Said
from stores.forms import CleanTextMixin

LEFT_EMPTY = gettext_lazy("Leave this field empty: it catches machines.")


class CancelForm(CleanTextMixin, forms.Form):
    """A name, an address or an order's number, any that suffice; and what it is about."""

    email = NormalAddressField(
        label=gettext_lazy("The email you bought with"),
        required=False,
        help_text=gettext_lazy("The confirmation goes there, with the number, day and hour."),
        error_messages={
            "invalid": gettext_lazy("This is not an email address. Look at it once more.")
        },
    )
    number = forms.CharField(
        label=gettext_lazy("Order number, if you have it"),
        max_length=40,
        required=False,
        widget=forms.TextInput({"inputmode": "numeric", "dir": "ltr", "autocomplete": "off"}),
    )
    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=120,
        required=False,
        widget=forms.TextInput({"autocomplete": "name", "dir": "auto"}),
    )
    text = forms.CharField(
        label=gettext_lazy("What should be cancelled"),
        max_length=4000,
        required=False,
        help_text=gettext_lazy("In your own words. No reason is needed."),
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
    )
    website = forms.CharField(
        label=LEFT_EMPTY,
        required=False,
        max_length=200,
        widget=forms.TextInput({"autocomplete": "off", "tabindex": "-1"}),
    )

    def clean_website(self) -> str:
        """Refuse what only a machine fills in, and say so: a person may be behind one too."""
        if self.cleaned_data.get("website"):
            raise forms.ValidationError(LEFT_EMPTY)
        return ""

    def clean(self) -> dict[str, Any]:
        """Ask for one thing at least by which a purchase can be found."""
        values = super().clean()
        known = (values.get("email"), values.get("number"), values.get("name"))
        if not any(known) and "email" not in self.errors:
            raise forms.ValidationError(
                _("Write your email, your name or the order's number: one of them is enough.")
            )
        return values

    def said(self, language: str) -> Said:
        """Return what was written."""
        values = self.cleaned_data
        return Said(
            language=language,
            name=values["name"],
            email=values["email"] or "",
            number=values["number"],
            text=values["text"],
        )
