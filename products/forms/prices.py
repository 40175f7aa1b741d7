"""The form of one way to pay: two fields that matter, and the rest under "more"."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from core import clock, money
from core.clock import zone_in_words
from products.contract import ProductFormat
from products.forms.pickers import Said, checked_inside, choices_of, cleaned_amount
from products.models import Price, Product
from products.services.drafts import is_needed
from products.services.sales import SOLD_KINDS
from stores.forms import StoreForm
from stores.scope import current_store

Kind, Length = Price.Kind, Price.Length
AMOUNT = {"inputmode": "decimal", "dir": "ltr"}
FIRST_FIELDS = ("kind", "amount_text", "is_active")
MORE_FIELDS = (
    *("label", "floor_text", "compare_text"),
    *("length", "length_count", "length_unit", "length_until"),
    *("quantity", "doors_open_at", "doors_close_at"),
    *("owners_of", "includes", "only_inside"),
)
MOMENTS = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


def _amount_field(label: Any, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=20,
        widget=forms.TextInput(AMOUNT),
    )


class PriceForm(StoreForm[Price]):
    """One way to pay; what was sold stays as it was sold."""

    product_format: ClassVar[ProductFormat]
    product: ClassVar[Product | None] = None
    others: ClassVar[list[Product]] = []
    """What it may include, and whose owners it may be for."""

    kind = forms.ChoiceField(label=gettext_lazy("How is it paid?"))
    amount_text = _amount_field(gettext_lazy("Price"))
    floor_text = _amount_field(
        gettext_lazy("The least one may pay"),
        gettext_lazy("For “pay what you want”. Left empty, it may be nothing."),
    )
    compare_text = _amount_field(
        gettext_lazy("The price before"),
        gettext_lazy("Shown struck through beside the price, when it is cheaper for a while."),
    )
    length = forms.ChoiceField(label=gettext_lazy("How long it stays open"), required=False)
    length_unit = forms.ChoiceField(
        label=gettext_lazy("Weeks or months"),
        required=False,
        choices=[("week", gettext_lazy("weeks")), ("month", gettext_lazy("months"))],
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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = self.instance.currency or current_store().currency
        self._offer_choices()
        self._fill_in()
        if self.instance.is_frozen:
            self._say_what_stays()

    def _offer_choices(self) -> None:
        price = self.instance
        lengths = [each for each in Length if each != Length.UNITS or price.length == each]
        if self.product_format.counts_units:
            lengths = list(Length)
        found: dict[str, list[tuple[str, Any]]] = {
            "kind": kind_choices(self.product_format, price.kind),
            "length": [(each.value, each.label) for each in lengths],
            "owners_of": [("", _("everybody")), *choices_of(self.others)],
            "includes": choices_of(self.others),
        }
        if "option" in self.fields and self.product is not None:
            options = self.product_format.options(self.product)
            found["option"] = [("", _("none")), *((each.key, each.label) for each in options)]
        for name, choices in found.items():
            if name in self.fields:
                self.fields[name].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
        for name in ("owners_of", "includes"):
            if not self.others and name in self.fields:
                self.fields[name].widget = forms.MultipleHiddenInput()

    def _fill_in(self) -> None:
        price = self.instance
        self.fields["amount_text"].label = _("Price, in %(currency)s") % {"currency": self.currency}
        self.fields["amount_text"].help_text = _("For “pay what you want”: what you suggest.")
        clock_of = zone_in_words(current_store().zone, get_language() or "en")
        zone = _("The clock of your shop: %(zone)s.") % {"zone": clock_of}
        for name in ("doors_open_at", "doors_close_at"):
            self.fields[name].help_text = zone
        self.initial["length_unit"] = price.length_unit or "month"
        if not price.pk:
            return
        self.included = set(price.inclusions.values_list("included", flat=True))
        self.initial = {
            **self.initial,
            "amount_text": _typed(price.amount, self.currency),
            "floor_text": _typed(price.floor, self.currency),
            "compare_text": _typed(price.compare_at, self.currency),
            "owners_of": str(price.for_owners_of_id or ""),
            "includes": [str(pk) for pk in self.included],
            "only_inside": not price.is_listed,
        }

    included: set[int] = set()  # noqa: RUF012 -- replaced, never changed

    def _say_what_stays(self) -> None:
        price = self.instance
        said = {"kind": price.get_kind_display(), "amount_text": price.display()}
        if price.kind == Kind.PAY_WHAT_YOU_WANT and price.floor:
            said["floor_text"] = money.display(price.floor, price.currency)
        for name in ("kind", "amount_text", "floor_text"):
            field = self.fields[name]
            field.disabled, field.help_text = True, ""
            field.widget = Said(str(said.get(name) or _("none")))

    @property
    def stays(self) -> bool:
        """Whether the price was sold and so is never taken away."""
        return bool(self.instance.is_frozen)

    @property
    def notes(self) -> list[str]:
        """Return why a sold price cannot change."""
        if not self.stays:
            return []
        return [
            _(
                "Somebody bought at this price, so its amount stays. To ask for another amount,"
                " offer a new price instead of it."
            )
        ]

    # -- what was typed

    def clean_amount_text(self) -> int:
        """Return the amount in minor units."""
        if self.instance.is_frozen:
            return int(self.instance.amount)
        return cleaned_amount(self.cleaned_data.get("amount_text") or "", self.currency) or 0

    def clean_floor_text(self) -> int | None:
        """Return the least in minor units."""
        if self.instance.is_frozen:
            floor: int | None = self.instance.floor
            return floor
        return cleaned_amount(self.cleaned_data.get("floor_text") or "", self.currency)

    def clean_compare_text(self) -> int | None:
        """Return the price before in minor units."""
        return cleaned_amount(self.cleaned_data.get("compare_text") or "", self.currency) or None

    def clean_quantity(self) -> int | None:
        """None for sale is no number of places: that is what "on sale" is for."""
        quantity: int | None = self.cleaned_data.get("quantity")
        if quantity == 0:
            raise forms.ValidationError(_("To sell none, take it off sale."))
        return quantity

    def clean_includes(self) -> list[Product]:
        """Return what the price includes; what would make a loop is a sentence."""
        product = self.product if self.product is not None else Product(title="")
        return checked_inside(product, self.cleaned_data["includes"], self.included)

    def clean(self) -> dict[str, Any]:
        """Amounts fit their kind, lengths are whole, doors open before they close."""
        values = super().clean()
        if values.get("DELETE") and self.instance.pk and is_needed(self.instance):
            values["DELETE"] = False  # or Django lists what stands in the way
            sentence = _("Somebody began to buy at this price, so it stays. Take it off sale.")
            self.add_error(None, sentence)
        self._check_amounts(values)
        self._check_length(values)
        opens, closes = values.get("doors_open_at"), values.get("doors_close_at")
        if opens and closes and closes <= opens:
            self.add_error("doors_close_at", _("Sales would end before they begin."))
        if not self.errors:
            self.instance.amount = values["amount_text"]
            self.instance.floor = values["floor_text"]
            self.instance.currency = self.currency
        return values

    def _check_amounts(self, values: dict[str, Any]) -> None:
        if "amount_text" not in values or "kind" not in values:
            return
        kind, amount = values["kind"], values["amount_text"]
        if not self.instance.is_frozen:
            amount = self._fit_amount(values, kind, amount)
        before = values.get("compare_text")
        if before is None:
            return
        if kind != Kind.ONE_TIME:
            self.add_error("compare_text", _("Only a price of one payment has a price before."))
        elif before <= amount:
            words = {"amount": money.display(amount, self.currency)}
            sentence = _("The price before was higher than %(amount)s, or it is no price before.")
            self.add_error("compare_text", sentence % words)

    def _fit_amount(self, values: dict[str, Any], kind: str, amount: int) -> int:
        least = values.get("floor_text") if kind == Kind.PAY_WHAT_YOU_WANT else None
        values["floor_text"] = least
        if kind == Kind.FREE:
            values["amount_text"] = amount = 0
        elif kind == Kind.PAY_WHAT_YOU_WANT:
            values["amount_text"] = amount = amount or least or 0
            if least and amount < least:
                self.add_error("amount_text", _("You suggest less than the least one may pay."))
        elif not amount:
            self.add_error("amount_text", _("Write the price, or choose “free”."))
        smallest = money.smallest_charge(self.currency)
        for name, each in (("amount_text", amount), ("floor_text", least)):
            if each and each < smallest:
                words = {"amount": money.display(smallest, self.currency)}
                sentence = _("A card cannot be charged less than %(amount)s.")
                self.add_error(name, sentence % words)
        return amount

    def _check_length(self, values: dict[str, Any]) -> None:
        length = values["length"] = values.get("length") or Length.FOR_GOOD
        if length in {Length.PERIODS, Length.UNITS} and not values.get("length_count"):
            self.add_error("length_count", _("Write how many, like 12."))
        if length == Length.UNTIL:
            until = values.get("length_until")
            today = clock.local_day(clock.now(), current_store().zone)
            if until is None:
                self.add_error("length_until", _("Choose the day."))
            elif until < today and "length_until" in self.changed_data:
                self.add_error("length_until", _("Choose a day that is still ahead."))
            elif until < self._opens_on():
                self.add_error("length_until", _("It opens only after that day."))
        if length not in {Length.PERIODS, Length.UNITS}:
            values["length_count"] = None
        if length != Length.PERIODS:
            values["length_unit"] = ""
        if length != Length.UNTIL:
            values["length_until"] = None

    def _opens_on(self) -> date:
        """Return the day the product opens; where it is no presale, long ago."""
        product = self.product
        if product is None or not product.is_presale or product.opens_at is None:
            return date.min
        return clock.local_day(product.opens_at, current_store().zone)

    def terms(self) -> dict[str, Any]:
        """Return what was typed, as the catalogue's services take it."""
        values = self.cleaned_data
        plain = ("label", "is_active", "length", "length_count", "length_unit", "length_until")
        terms = {name: values[name] for name in plain if name in values}
        moments: dict[str, datetime | None] = {
            name: values[name] for name in ("doors_open_at", "doors_close_at")
        }
        terms |= moments | {
            "quantity": values.get("quantity"),
            "compare_at": values["compare_text"],
            "for_owners_of_id": int(values["owners_of"]) if values.get("owners_of") else None,
            "is_listed": not values["only_inside"],
        }
        if "option" in values:
            terms["option"] = values["option"]
        if not self.instance.is_frozen:
            terms |= {
                "kind": values["kind"],
                "amount": values["amount_text"],
                "floor": values["floor_text"],
            }
        return terms


class InsteadForm(forms.Form):
    """The amount of a price that takes the place of one that was sold."""

    amount_text = _amount_field(gettext_lazy("The new price"))

    def __init__(self, *args: Any, price: Price, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.price = price
        words = {"currency": price.currency}
        self.fields["amount_text"].label = _("The new price, in %(currency)s") % words
        self.initial["amount_text"] = _typed(price.amount, price.currency)
        if price.kind == Kind.FREE:
            self.fields["amount_text"].help_text = _("Write 0 to stay free.")

    def clean_amount_text(self) -> int:
        """Return an amount that can be charged, in minor units."""
        amount = cleaned_amount(self.cleaned_data["amount_text"], self.price.currency)
        smallest = money.smallest_charge(self.price.currency)
        may_be_nothing = self.price.kind != Kind.ONE_TIME
        if amount is None or (not amount and not may_be_nothing):
            raise forms.ValidationError(_("Write the price."))
        if 0 < amount < smallest:
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


def kind_choices(product_format: ProductFormat, now: str) -> list[tuple[str, str]]:
    """Return the kinds of price the format has and checkout takes, and the one it is now."""
    kinds = [kind for kind in product_format.price_kinds if kind in SOLD_KINDS]
    if now and now not in kinds:
        kinds.append(now)
    return [(kind, str(Kind(kind).label)) for kind in kinds]


def _typed(amount: int | None, currency: str) -> str:
    return "" if amount is None else str(money.to_major(amount, currency))
