"""The form of one way to pay: what may be chosen, what stays, and what was typed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core import clock, money
from core.clock import zone_in_words
from products.contract import ProductFormat
from products.forms.pickers import Said, checked_inside, choices_of, cleaned_amount
from products.forms.prices.fields import RETURNING_FIELDS, SPREAD_FIELDS, PriceFields, typed
from products.forms.prices.whom import WHOM_FIELDS, check_whom
from products.models import Price, Product
from products.rules import charges_of
from products.services.drafts import is_needed
from products.services.sales import SOLD_KINDS
from stores.scope import current_store

Kind, Length = Price.Kind, Price.Length
LONGEST_TRIAL = 365
"""In days; Stripe takes at most two years."""
MOST_CHARGES = 36


class PriceForm(PriceFields):
    """One way to pay; what was sold stays as it was sold."""

    product_format: ClassVar[ProductFormat]
    product: ClassVar[Product | None] = None
    others: ClassVar[list[Product]] = []
    """What it may include, and whose owners it may be for."""

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
        self.fields["amount_text"].label = _("Price, in %(currency)s") % {
            "currency": money.symbol(self.currency)
        }
        self.fields["amount_text"].help_text = _("For “pay what you want”: what you suggest.")
        clock_of = zone_in_words(current_store().zone, get_language() or "en")
        zone = _("The clock of your shop: %(zone)s.") % {"zone": clock_of}
        for name in ("doors_open_at", "doors_close_at"):
            self.fields[name].help_text = zone
        self.initial["length_unit"] = price.length_unit or "month"
        self.initial["interval"] = price.interval or "month"
        if not price.pk:
            return
        self.included = set(price.inclusions.values_list("included", flat=True))
        self.initial = {
            **self.initial,
            "amount_text": typed(price.amount, self.currency),
            "floor_text": typed(price.floor, self.currency),
            "compare_text": typed(price.compare_at, self.currency),
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
        if price.kind == Kind.SUBSCRIPTION:
            said |= {"interval": price.get_interval_display(), "trial_days": str(price.trial_days)}
        if price.kind == Kind.INSTALMENTS:
            said["charges"] = str(price.charges)
        for name in ("kind", "amount_text", "floor_text", *RETURNING_FIELDS, *SPREAD_FIELDS):
            if name not in self.fields:
                continue
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
        self._check_rhythm(values)
        self._check_charges(values)
        self._check_length(values)
        check_whom(self, values)
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

    def _check_rhythm(self, values: dict[str, Any]) -> None:
        """What returns has a rhythm, and lasts as long as it is paid; nothing else has either."""
        if self.instance.is_frozen:
            return
        returns = values.get("kind") == Kind.SUBSCRIPTION
        days = values.get("trial_days") or 0
        if not returns:
            values |= {"interval": "", "trial_days": 0}
            return
        if not values.get("interval"):
            self.add_error("interval", _("Say how often it is paid."))
        if not 0 <= days <= LONGEST_TRIAL:
            words = {"days": LONGEST_TRIAL}
            self.add_error("trial_days", _("From 0 to %(days)s days.") % words)
        values["trial_days"] = days
        if (values.get("length") or Length.FOR_GOOD) != Length.FOR_GOOD:
            self.add_error("length", _("A subscription is open as long as it is paid."))

    def _check_charges(self, values: dict[str, Any]) -> None:
        """What is paid in several charges says in how many, each large enough for a card."""
        if self.instance.is_frozen:
            return
        if values.get("kind") != Kind.INSTALMENTS:
            values["charges"] = None
            return
        count, amount = values.get("charges") or 0, values.get("amount_text") or 0
        if not 2 <= count <= MOST_CHARGES:  # noqa: PLR2004 -- one charge is one payment
            sentence = _("Two charges at least, %(most)s at most.") % {"most": MOST_CHARGES}
            self.add_error("charges", sentence)
        elif amount and charges_of(amount, count)[1] < money.smallest_charge(self.currency):
            words = {"amount": money.display(money.smallest_charge(self.currency), self.currency)}
            sentence = _("Each charge is at least %(amount)s: fewer charges, or a higher price.")
            self.add_error("charges", sentence % words)

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
        terms |= {name: values[name] for name in WHOM_FIELDS if name in values}
        if "option" in values:
            terms["option"] = values["option"]
        if not self.instance.is_frozen:
            terms |= {
                "kind": values["kind"],
                "amount": values["amount_text"],
                "floor": values["floor_text"],
                "interval": values["interval"],
                "trial_days": values["trial_days"],
                "charges": values["charges"],
            }
        return terms


def kind_choices(product_format: ProductFormat, now: str) -> list[tuple[str, str]]:
    """Return the kinds of price the format has and checkout takes, and the one it is now."""
    kinds = [kind for kind in product_format.price_kinds if kind in SOLD_KINDS]
    if now and now not in kinds:
        kinds.append(now)
    return [(kind, str(Kind(kind).label)) for kind in kinds]
