"""The small forms of the first run: a name and a format, one price, one button."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import money
from products.forms.pickers import read_amount
from products.forms.prices.fields import amount_field, typed
from stores.forms import CleanTextMixin
from stores.scope import current_store


class FirstProductForm(CleanTextMixin, forms.Form):
    """What the first product is called, and what it is; of one format nothing is asked."""

    title = forms.CharField(
        label=gettext_lazy("What is it called?"),
        max_length=120,
        help_text=gettext_lazy("A working title will do. The best ones name the result."),
    )
    format = forms.ChoiceField(label=gettext_lazy("What is it?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choices = choices
        if len(choices) == 1:
            del self.fields["format"]
        else:
            self.fields["format"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField

    def clean_title(self) -> str:
        """Refuse a title without letters."""
        title = " ".join(str(self.cleaned_data["title"]).split())
        if not any(sign.isalnum() for sign in title):
            raise forms.ValidationError(_("Write a title with letters."))
        return title

    def chosen(self) -> str:
        """Return the key of the format."""
        return str(self.cleaned_data.get("format") or self.choices[0][0])


class FirstPriceForm(CleanTextMixin, forms.Form):
    """One payment, in the store's currency; nothing is a free product."""

    amount_text = amount_field(
        gettext_lazy("Price"), gettext_lazy("One payment, yours to change until the first sale.")
    )
    is_free = forms.BooleanField(
        label=gettext_lazy("It is free: for a name and an address"), required=False
    )

    def __init__(self, *args: Any, suggested: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.amount = 0
        currency = current_store().currency
        self.initial.setdefault("amount_text", typed(suggested, currency))
        self.fields["amount_text"].label = _("Price, in %(currency)s") % {
            "currency": money.symbol(currency)
        }

    def clean(self) -> dict[str, Any]:
        """Read the amount as people write it."""
        values = super().clean()
        if values.get("is_free"):
            return values
        currency = current_store().currency
        try:
            self.amount = read_amount(values.get("amount_text", ""), currency)
        except money.MoneyError:
            sentence = _("Write the amount as a number, like %(example)s.")
            self.add_error("amount_text", sentence % {"example": "49"})
            return values
        least = money.smallest_charge(currency)
        if self.amount < least:
            words = {"least": money.display(least, currency)}
            self.add_error("amount_text", _("A card takes %(least)s or more.") % words)
        return values


class PublishForm(forms.Form):
    """One button."""
