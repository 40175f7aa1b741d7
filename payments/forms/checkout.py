"""What checkout asks: an address, a name, and the consent that a sale needs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import NormalAddressField
from stores.forms import CleanTextMixin


class CheckoutForm(CleanTextMixin, forms.Form):
    """The checkout page. What is owned already is bought again only by choice."""

    email = NormalAddressField(
        label=_("Your email"),
        help_text=_("The receipt and your link go here."),
        error_messages={
            "required": _("Write your email address: the receipt and your link go there."),
            "invalid": _("This is not an email address. Look at it once more."),
        },
    )
    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        error_messages={"required": _("Write your name: it stands on the receipt.")},
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )
    again = forms.BooleanField(
        label=_("I own this already and want to buy it again"),
        error_messages={"required": _("Tick this only if you want to buy it once more.")},
    )
    terms = forms.BooleanField(
        label=_("I agree to the shop's terms"),
        error_messages={"required": _("Without this nothing can be bought.")},
    )
    attempt = forms.CharField(max_length=20, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, email: str = "", is_owned: bool = False, is_free: bool = False, **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        if email:
            self.fields["email"].disabled = True
            self.initial["email"] = email
        if not is_owned:
            del self.fields["again"]
        self.fields["terms"].help_text = _TERMS_FREE if is_free else _TERMS


_TERMS = _(
    "It opens at once. You may cancel a purchase by writing to the shop;"
    " what was opened already may not be returnable."
)
_TERMS_FREE = _("It opens at once, and costs nothing.")
