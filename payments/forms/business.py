"""Buying for a business: its name and tax number, checked as its country writes it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import countries
from core.tax_ids import TaxIdError, clean_person
from stores.forms import CleanTextMixin
from stores.scope import current_store

NAMES = ("buyer_company", "buyer_tax_id", "buyer_country")


class BusinessBuyerMixin(CleanTextMixin, forms.Form):
    """Three optional fields; put them into a folded ``<details>``.

    ``business_errors`` is true when one of them was refused, so that the fold stays open; and
    ``buyer_business()`` returns the columns of Order.
    """

    buyer_company = forms.CharField(
        label=gettext_lazy("Name of the business"),
        max_length=120,
        required=False,
        widget=forms.TextInput({"autocomplete": "organization", "dir": "auto"}),
    )
    buyer_tax_id = forms.CharField(
        label=gettext_lazy("Its tax number"),
        max_length=24,
        required=False,
        help_text=gettext_lazy("In Israel nine digits; in the EU the VAT number."),
        widget=forms.TextInput({"autocomplete": "off", "dir": "ltr"}),
    )
    buyer_country = forms.ChoiceField(
        label=gettext_lazy("Its country"), required=False, choices=countries.choices
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("buyer_country", current_store().country or "IL")

    def clean(self) -> dict[str, Any]:
        """Take a business whole or not at all, and its number as its country writes it."""
        values = super().clean()
        company, number = values.get("buyer_company", ""), values.get("buyer_tax_id", "")
        if company and not number and "buyer_tax_id" not in self.errors:
            self.add_error("buyer_tax_id", _("Write its number: an invoice needs it."))
        elif number and not company and "buyer_company" not in self.errors:
            self.add_error("buyer_company", _("Write the name of the business."))
        elif number:
            country = values.get("buyer_country") or self.initial["buyer_country"]
            try:
                values["buyer_tax_id"] = clean_person(number, country)
            except TaxIdError:
                self.add_error(
                    "buyer_tax_id", _("This is not a number of that country. Look at it once more.")
                )
        return values

    @property
    def business_errors(self) -> bool:
        """Whether one of the three was refused."""
        return any(name in self.errors for name in NAMES)

    def buyer_business(self) -> dict[str, str]:
        """Return the columns of Order; empty ones when nothing was typed."""
        values = self.cleaned_data
        if not values.get("buyer_company"):
            return dict.fromkeys(NAMES, "")
        country = values.get("buyer_country") or self.initial["buyer_country"]
        return {
            "buyer_company": values["buyer_company"],
            "buyer_tax_id": values["buyer_tax_id"],
            "buyer_country": country,
        }


class BusinessBuyerForm(BusinessBuyerMixin):
    """The three alone and asked for: after buying, and when a document is issued again."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = True
