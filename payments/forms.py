"""What checkout asks: an address, a name, and the consent that a sale needs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stores.forms import CleanTextMixin


class CheckoutForm(CleanTextMixin, forms.Form):
    """The checkout page. What is owned already is bought again only by choice."""

    email = forms.EmailField(
        label=_("Your email"),
        max_length=254,
        help_text=_("The receipt and your link go here."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "dir": "ltr"}),
    )
    name = forms.CharField(
        label=_("Your name"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )
    again = forms.BooleanField(label=_("I own this already and want to buy it again"))
    terms = forms.BooleanField(label=_("I agree to the shop's terms"))
    attempt = forms.CharField(max_length=20, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, email: str = "", is_owned: bool = False, is_free: bool = False, **kw: Any
    ) -> None:
        super().__init__(*args, **kw)
        self.own_email = email
        if email:
            self.fields["email"].disabled = True
            self.initial["email"] = email
        if not is_owned:
            del self.fields["again"]
        self.fields["terms"].help_text = _TERMS_FREE if is_free else _TERMS

    def clean_email(self) -> str:
        """Return the address in lower case, as people's accounts have it."""
        return str(self.cleaned_data["email"]).lower()


_TERMS = _(
    "It opens at once. You may cancel a purchase by writing to the shop;"
    " what was opened already may not be returnable."
)
_TERMS_FREE = _("It opens at once, and costs nothing.")
