"""The form of another amount in the place of a price that was sold."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import money
from products.forms.pickers import cleaned_amount
from products.forms.prices.fields import amount_field, typed
from products.models import Price

Kind = Price.Kind


class InsteadForm(forms.Form):
    """The amount of a price that takes the place of one that was sold."""

    amount_text = amount_field(gettext_lazy("The new price"))

    def __init__(self, *args: Any, price: Price, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.price = price
        words = {"currency": money.symbol(price.currency)}
        self.fields["amount_text"].label = _("The new price, in %(currency)s") % words
        self.initial["amount_text"] = typed(price.amount, price.currency)
        if price.kind == Kind.FREE:
            self.fields["amount_text"].help_text = _("Write 0 to stay free.")

    def clean_amount_text(self) -> int:
        """Return an amount that can be charged, in minor units."""
        amount = cleaned_amount(self.cleaned_data["amount_text"], self.price.currency)
        smallest = money.smallest_charge(self.price.currency)
        may_be_nothing = self.price.kind in {Kind.FREE, Kind.PAY_WHAT_YOU_WANT}
        if amount is None or (not amount and not may_be_nothing):
            raise forms.ValidationError(_("Write the price."))
        count = self.price.charges if self.price.kind == Kind.INSTALMENTS else 1
        if 0 < amount < smallest * (count or 1):
            smallest *= count or 1
            words = {"amount": money.display(smallest, self.price.currency)}
            raise forms.ValidationError(_("A card cannot be charged less than %(amount)s.") % words)
        return amount

    def terms(self) -> dict[str, Any]:
        """Return what is different in the new price: a free one that costs is one payment."""
        amount = self.cleaned_data["amount_text"]
        terms: dict[str, Any] = {"amount": amount}
        if self.price.kind == Kind.FREE and amount:
            terms["kind"] = Kind.ONE_TIME
        if self.price.kind == Kind.PAY_WHAT_YOU_WANT and self.price.floor:
            terms["floor"] = min(self.price.floor, amount)
        if self.price.compare_at and self.price.compare_at <= amount:
            terms["compare_at"] = None
        return terms
