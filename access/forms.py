"""Giving access by hand and taking it back, as staff fill it in."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock, tokens
from products.models import Part, Product
from stores.forms import CleanTextMixin
from stores.scope import current_store

GIVING = re.compile(f"[{tokens.ALPHABET}]{{14}}")


class GiveForm(CleanTextMixin, forms.Form):
    """Give a customer a product by hand: which, until when, and why."""

    product: forms.ModelChoiceField[Product] = forms.ModelChoiceField(
        label=gettext_lazy("What?"), queryset=None, empty_label=gettext_lazy("Choose a product")
    )
    until = forms.DateField(
        label=gettext_lazy("Until which day?"),
        required=False,
        widget=forms.DateInput({"type": "date"}),
        help_text=gettext_lazy("That day included. Left empty, it is for good."),
    )
    because = forms.CharField(
        label=gettext_lazy("Why? Only your team sees this."), max_length=160, required=False
    )
    giving = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product"].queryset = Product.objects.exclude(  # type: ignore[attr-defined]  # a ModelChoiceField
            status=Product.Status.DRAFT
        )
        self.fields["giving"].initial = tokens.public_id()

    def clean_giving(self) -> str:
        """The same page sent twice gives once."""
        giving = str(self.cleaned_data["giving"])
        if not GIVING.fullmatch(giving):
            raise forms.ValidationError(_("Load this page again and send it once more."))
        return giving

    def clean_until(self) -> Any:
        """A day that has not passed."""
        until = self.cleaned_data.get("until")
        if until and until < clock.local_day(clock.now(), current_store().zone):
            raise forms.ValidationError(_("This day has passed."))
        return until


class TakeBackForm(CleanTextMixin, forms.Form):
    """Why access is taken back."""

    because = forms.CharField(
        label=gettext_lazy("Why? Only your team sees this."), max_length=160, required=False
    )


class UntilForm(TakeBackForm):
    """Until when an access is open."""

    until = forms.DateField(
        label=gettext_lazy("Until which day?"),
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("That day included. Left empty, it is for good."),
    )
    field_order = ("until", "because")


class WhyForm(CleanTextMixin, forms.Form):
    """Which part a customer says is locked."""

    part: forms.ModelChoiceField[Part] = forms.ModelChoiceField(
        label=gettext_lazy("Which part?"), queryset=None, empty_label=gettext_lazy("Choose one")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["part"]
        field.queryset = (
            Part.objects.exclude(product__status=Product.Status.DRAFT)
            .select_related("product")
            .order_by("product__title", "position", "pk")
        )
        field.label_from_instance = _name_of


def _name_of(part: Part) -> str:
    title = part.product.title
    return title if part.title == title else f"{title} · {part.title}"
