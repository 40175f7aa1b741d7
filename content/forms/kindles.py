"""The address of a Kindle."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from content.services.kindles import kindle_address


class KindleForm(forms.Form):
    """An address that Amazon gave to a Kindle; left empty, it is taken away."""

    address = forms.CharField(
        label=gettext_lazy("Your Kindle’s address"),
        required=False,
        max_length=254,
        help_text=gettext_lazy(
            "It ends in @kindle.com. Amazon shows it under “Devices”, in the Kindle’s settings."
        ),
        widget=forms.EmailInput(attrs={"dir": "ltr", "autocomplete": "off", "inputmode": "email"}),
    )

    def clean_address(self) -> str:
        """Only Amazon's own addresses are taken: a book goes to a Kindle, and nowhere else."""
        typed = str(self.cleaned_data["address"]).strip()
        if not typed:
            return ""
        try:
            return kindle_address(typed)
        except ValueError as error:
            words = _("A Kindle’s address ends in @kindle.com. Your usual address is another one.")
            raise forms.ValidationError(words) from error
