"""What is asked about one way to pay: two fields that matter, and the rest under "more"."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy

from core import money
from products.forms.prices.whom import WHOM_FIELDS, ForWhomFields
from products.models import Price
from products.models.prices import RHYTHMS
from stores.forms import StoreForm

AMOUNT = {"inputmode": "decimal", "dir": "ltr"}
FIRST_FIELDS = ("kind", "amount_text", "is_active")
RETURNING_FIELDS = ("interval", "trial_days")
"""Asked where the format has prices that are paid again and again."""
SPREAD_FIELDS = ("charges",)
"""Asked where the format has prices that are paid in several monthly charges."""
MORE_FIELDS = (
    *("label", "floor_text", "compare_text"),
    *("length", "length_count", "length_unit", "length_until"),
    *("quantity", "doors_open_at", "doors_close_at"),
    *WHOM_FIELDS,
    *("owners_of", "includes", "only_inside"),
)
MOMENTS = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


def amount_field(label: Any, help_text: Any = "") -> forms.CharField:
    """Return a field for an amount as people write it."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=20,
        widget=forms.TextInput(AMOUNT),
    )


class PriceFields(ForWhomFields, StoreForm[Price]):
    """What is asked about one way to pay."""

    kind = forms.ChoiceField(label=gettext_lazy("How is it paid?"))
    amount_text = amount_field(gettext_lazy("Price"))
    floor_text = amount_field(
        gettext_lazy("The least one may pay"),
        gettext_lazy("For “pay what you want”. Left empty, it may be nothing."),
    )
    compare_text = amount_field(
        gettext_lazy("The price before"),
        gettext_lazy("Shown struck through beside the price, when it is cheaper for a while."),
    )
    length = forms.ChoiceField(label=gettext_lazy("How long it stays open"), required=False)
    length_unit = forms.ChoiceField(
        label=gettext_lazy("Weeks or months"),
        required=False,
        choices=[("week", gettext_lazy("weeks")), ("month", gettext_lazy("months"))],
    )
    interval = forms.ChoiceField(
        label=gettext_lazy("How often is it paid?"),
        required=False,
        choices=list(RHYTHMS.items()),
        help_text=gettext_lazy("For a subscription. It goes on until its owner stops it."),
    )
    trial_days = forms.IntegerField(
        label=gettext_lazy("Free days at the start"),
        required=False,
        widget=forms.NumberInput({"min": 0}),
        help_text=gettext_lazy(
            "For a subscription. A card is asked for, and charged when these days are over. Once"
            " for each customer."
        ),
    )
    charges = forms.IntegerField(
        label=gettext_lazy("In how many monthly charges?"),
        required=False,
        widget=forms.NumberInput({"min": 2}),
        help_text=gettext_lazy(
            "For monthly charges: the price above is the whole of it. It opens with the first."
        ),
    )
    doors_open_at = forms.DateTimeField(
        label=gettext_lazy("On sale from"), required=False, widget=MOMENTS
    )
    doors_close_at = forms.DateTimeField(
        label=gettext_lazy("On sale until"), required=False, widget=MOMENTS
    )
    option = forms.ChoiceField(label=gettext_lazy("Which one"), required=False)
    owners_of = forms.ChoiceField(
        label=gettext_lazy("Only for those who have"),
        required=False,
        help_text=gettext_lazy("They see it when they are signed in; nobody else can pay it."),
    )
    includes = forms.MultipleChoiceField(
        label=gettext_lazy("This price also includes"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "Who pays it gets these too. Added later, they reach all who bought at it, with a mail."
        ),
    )
    only_inside = forms.BooleanField(
        label=gettext_lazy("Not shown on the product's page; by link and beside other sales only"),
        required=False,
    )

    class Meta:
        model = Price
        fields = (
            *("kind", "is_active", "label", "length", "length_count", "length_unit"),
            *("length_until", "quantity", "doors_open_at", "doors_close_at", "option"),
            *("interval", "trial_days", "charges"),
            *WHOM_FIELDS,
        )
        labels: ClassVar[dict[str, Any]] = {
            "label": gettext_lazy("Name of this price, if it needs one"),
            "length_count": gettext_lazy("How many"),
            "length_until": gettext_lazy("Until which day"),
            "quantity": gettext_lazy("How many are for sale"),
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "quantity": gettext_lazy("Left empty, there is no limit."),
            "length_until": gettext_lazy("That day is still open."),
        }
        widgets: ClassVar[dict[str, Any]] = {
            "length_until": forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
            "length_count": forms.NumberInput({"min": 1}),
            "quantity": forms.NumberInput({"min": 1}),
        }


def typed(amount: int | None, currency: str) -> str:
    """Return an amount as it is typed; nothing where there is none."""
    return "" if amount is None else str(money.to_major(amount, currency))
