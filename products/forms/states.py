"""What is asked before a product moves: its opening, its list's question, who takes its place."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, ngettext

from core import clock
from products.contract import holders
from products.forms.pickers import cleaned_amount
from products.forms.prices.fields import amount_field
from products.models import Product, Replacement
from products.services.lists import waiting_counts
from products.services.presale import why_not_move
from products.services.replacing import why_no_price, why_not_replaced
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
    """What takes the place of a product that is no longer sold, and what its buyers get of it."""

    replaced_by: forms.ModelChoiceField[Product] = forms.ModelChoiceField(
        label=gettext_lazy("Does another product take its place?"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("No"),
        help_text=gettext_lazy("Visitors of its page are sent there. Whoever bought it keeps it."),
    )
    owners = forms.ChoiceField(
        label=gettext_lazy("If so, what do those who bought it get?"),
        choices=Replacement.Owners.choices,
        widget=forms.RadioSelect,
        required=False,
        initial=Replacement.Owners.NOTHING,
    )
    amount_text = amount_field(
        gettext_lazy("Their price"),
        gettext_lazy("For the new one at a price of their own; nobody else can pay it."),
    )
    tells = forms.BooleanField(
        label=gettext_lazy("Tell them of their price, by one mail to those who said yes to news"),
        required=False,
    )

    def __init__(self, *args: Any, product: Product, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.product = product
        others = Product.objects.sellable().kept().exclude(pk=product.pk)
        self.fields["replaced_by"].queryset = others  # type: ignore[attr-defined]  # a ModelChoiceField
        self.initial.setdefault("replaced_by", product.replaced_by_id)
        count = sum(ask(product, clock.now()) for ask in holders)
        if not count:
            for name in ("owners", "amount_text", "tells"):
                del self.fields[name]
            return
        self.fields["owners"].help_text = ngettext(
            "%(count)s person has it. What is free comes in ten minutes, with a mail; until then"
            " you can take it all back.",
            "%(count)s people have it. What is free comes in ten minutes, with a mail; until then"
            " you can take it all back.",
            count,
        ) % {"count": count}

    def clean_amount_text(self) -> int:
        """Return the amount in minor units; what is no amount is said at the field."""
        text = str(self.cleaned_data.get("amount_text") or "")
        return cleaned_amount(text, current_store().currency) or 0

    def clean(self) -> dict[str, Any]:
        """Say why a product cannot take the place, before anything is moved."""
        values = super().clean()
        heir = values.get("replaced_by")
        if heir is not None and not self.errors:
            reason = why_not_replaced(self.product, heir)
            if reason:
                self.add_error("replaced_by", reason)
            elif values.get("owners") == Replacement.Owners.PRICE:
                reason = why_no_price(heir, values.get("amount_text") or 0)
                if reason:
                    self.add_error("amount_text", reason)
        return values
