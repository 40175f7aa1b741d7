"""What is asked of somebody who cannot find what they bought, or mistyped where it should go."""

from __future__ import annotations

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import NormalAddressField
from accounts.rules import typed_code
from payments.services.finding import LARGEST_NUMBER, Wanted
from stores.forms import CleanTextMixin

FOUR = 4


class FindForm(CleanTextMixin, forms.Form):
    """The address, and whatever else somebody remembers."""

    email = NormalAddressField(
        label=_("The email you bought with, or one you read now"),
        error_messages={
            "required": _("Write an email address, so the answer can reach you."),
            "invalid": _("This is not an email address. Look at it once more."),
        },
    )
    number = forms.CharField(
        label=_("Order number"),
        required=False,
        max_length=20,
        help_text=_("It stands on the receipt. Leave empty what you do not know."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "dir": "ltr"}),
    )
    last4 = forms.CharField(
        label=_("Last four digits of the card"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "dir": "ltr", "autocomplete": "off"}),
    )
    name = forms.CharField(
        label=_("The name it was bought with"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )
    phone = forms.CharField(
        label=_("Phone"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel", "dir": "ltr"}),
    )

    def clean_number(self) -> int | None:
        """Return the number in what was typed: "#1042" and "1042" are one."""
        typed = typed_code(self.cleaned_data["number"])
        if not self.cleaned_data["number"].strip():
            return None
        if not typed or int(typed) > LARGEST_NUMBER:
            raise forms.ValidationError(_("An order number has digits only, such as 1042."))
        return int(typed)

    def clean_last4(self) -> str:
        """Return four digits, or nothing."""
        typed = re.sub(r"\D", "", typed_code(self.cleaned_data["last4"]))
        if self.cleaned_data["last4"].strip() and len(typed) != FOUR:
            raise forms.ValidationError(_("Only the last four digits of the card."))
        return typed

    def wanted(self) -> Wanted:
        """Return what is looked for, of a valid form."""
        return Wanted(**{name: self.cleaned_data[name] for name in self.fields})


class MendForm(CleanTextMixin, forms.Form):
    """The address that was meant."""

    email = NormalAddressField(
        label=_("The right address"),
        error_messages={
            "required": _("Write the address that was meant."),
            "invalid": _("This is not an email address. Look at it once more."),
        },
    )


class MoveForm(CleanTextMixin, forms.Form):
    """Whose it should be, and why; the second look asks for nothing more."""

    email = NormalAddressField(label=_("To which address?"))
    because = forms.CharField(label=_("Why, for the log"), required=False, max_length=120)
    sure = forms.BooleanField(required=False, widget=forms.HiddenInput)


class StaffChangeForm(CleanTextMixin, forms.Form):
    """A new address for somebody whose old mailbox is gone, and what they said to prove it."""

    email = NormalAddressField(label=_("Their new address"))
    number = forms.IntegerField(
        label=_("The number of an order of theirs"), min_value=1, max_value=LARGEST_NUMBER
    )
    last4 = forms.CharField(
        label=_("Last four digits of the card it was paid with"),
        max_length=20,
        help_text=_("As they told you, not as you find it."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "dir": "ltr", "autocomplete": "off"}),
    )

    def clean_last4(self) -> str:
        """Return four digits."""
        typed = typed_code(self.cleaned_data["last4"])
        if len(typed) != FOUR:
            raise forms.ValidationError(_("Only the last four digits of the card."))
        return typed


class RefuseForm(CleanTextMixin, forms.Form):
    """What to say to somebody whose purchase was not found."""

    note = forms.CharField(
        label=_("A line for them"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
