"""What is asked before a product moves: its opening, its list's question, who takes its place."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, ngettext

from core import clock
from products.models import Product
from products.services.lists import waiting_counts
from products.services.presale import why_not_move
from stores.forms import CleanTextMixin
from stores.scope import current_store


class OpeningForm(CleanTextMixin, forms.Form):
    """The day and hour a product opens, on the store's clock."""

    day = forms.DateField(
        label=gettext_lazy("Which day does it open?"), widget=forms.DateInput({"type": "date"})
    )
    hour = forms.TimeField(
        label=gettext_lazy("At what hour?"), widget=forms.TimeInput({"type": "time"}, "%H:%M")
    )

    def __init__(self, *args: Any, product: Product, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.product = product
        zone = current_store().zone
        if product.opens_at is not None:
            local = product.opens_at.astimezone(zone)
            self.initial.update(day=local.date().isoformat(), hour=local.strftime("%H:%M"))
        else:
            self.initial["hour"] = "09:00"

    def clean(self) -> dict[str, Any]:
        """Return the moment, or say why it cannot be."""
        values = super().clean()
        if values.get("day") and values.get("hour"):
            moment = datetime.combine(values["day"], values["hour"], tzinfo=current_store().zone)
            why = why_not_move(self.product, moment, clock.now())
            if why:
                raise forms.ValidationError(why)
            values["opens_at"] = moment.astimezone(clock.now().tzinfo)
        return values


class ComingSoonForm(CleanTextMixin, forms.Form):
    """One question to those who leave their address."""

    list_question = forms.CharField(
        label=gettext_lazy("One question to those who leave their address"),
        max_length=160,
        required=False,
        help_text=gettext_lazy(
            "Such as: “What would you want to know first?” Left empty, nothing is asked."
        ),
    )

    def __init__(self, *args: Any, product: Product, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("list_question", product.list_question)


class TellListForm(CleanTextMixin, forms.Form):
    """Whether those on the list are told at once."""

    tells = forms.BooleanField(required=False, initial=True)

    def __init__(self, *args: Any, product: Product, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        count = waiting_counts([product]).get(product.pk, 0)
        if not count:
            del self.fields["tells"]
            return
        self.fields["tells"].label = ngettext(
            "Tell the %(count)s person on its list, by one mail",
            "Tell the %(count)s people on its list, by one mail each",
            count,
        ) % {"count": count}


class ReplacedForm(CleanTextMixin, forms.Form):
    """What takes the place of a product that is no longer sold."""

    replaced_by: forms.ModelChoiceField[Product] = forms.ModelChoiceField(
        label=gettext_lazy("Does another product take its place?"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("No"),
        help_text=gettext_lazy("Visitors of its page are sent there. Whoever bought it keeps it."),
    )

    def __init__(self, *args: Any, product: Product, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Product.objects.sellable().kept().exclude(pk=product.pk)
        self.fields["replaced_by"].queryset = others  # type: ignore[attr-defined]  # a ModelChoiceField
        self.initial.setdefault("replaced_by", product.replaced_by_id)
