"""A zone: its countries, what posting there costs, how long it takes."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import countries, money
from products.forms.pickers import cleaned_amount
from shipping.models import PickupPoint, Zone
from stores.forms import StoreForm
from stores.scope import current_store


def _amount(label: Any, **more: Any) -> forms.CharField:
    widget = forms.TextInput({"inputmode": "decimal", "dir": "ltr"})
    return forms.CharField(label=label, max_length=20, widget=widget, **more)


class ZoneForm(StoreForm[Zone]):
    """A zone, its amounts typed as people write them."""

    where_to = forms.MultipleChoiceField(
        label=gettext_lazy("countries"),
        required=False,
        choices=countries.choices,
        widget=forms.SelectMultiple({"size": "8"}),
        help_text=gettext_lazy("More than one may be chosen."),
    )
    all_eu = forms.BooleanField(
        label=gettext_lazy("all countries of the European Union"), required=False
    )
    first_text = _amount("")
    further_text = _amount(
        gettext_lazy("each further copy in the same parcel"),
        required=False,
        help_text=gettext_lazy("Left empty, it costs nothing more."),
    )
    free_text = _amount(
        gettext_lazy("free when the copies cost at least"),
        required=False,
        help_text=gettext_lazy("Left empty, it is never free."),
    )

    class Meta:
        model = Zone
        fields = ("name", "is_elsewhere", "days_least", "days_most", "is_active")
        help_texts: ClassVar[dict[str, Any]] = {
            "name": gettext_lazy("For instance: Israel, by courier."),
            "is_active": gettext_lazy("Taken away, nobody there can buy what is posted."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = current_store().currency
        words = {"currency": money.symbol(self.currency)}
        self.fields["first_text"].label = _("price of a parcel, in %(currency)s") % words
        self.fields["first_text"].help_text = _("Write 0 to post for nothing.")
        zone = self.instance
        if zone.pk:
            self.initial = {
                **self.initial,
                "where_to": zone.countries,
                "first_text": self._typed(zone.first),
                "further_text": self._typed(zone.further) if zone.further else "",
                "free_text": "" if zone.free_from is None else self._typed(zone.free_from),
            }

    def _typed(self, amount: int) -> str:
        return str(money.to_major(amount, self.currency))

    def clean_first_text(self) -> int:
        """Return the price in minor units: nothing, or what a card can be charged."""
        amount = cleaned_amount(self.cleaned_data["first_text"], self.currency) or 0
        smallest = money.smallest_charge(self.currency)
        if 0 < amount < smallest:
            words = {"amount": money.display(smallest, self.currency)}
            raise forms.ValidationError(_("A card cannot be charged less than %(amount)s.") % words)
        return amount

    def clean_further_text(self) -> int:
        """Return it in minor units."""
        return cleaned_amount(self.cleaned_data["further_text"], self.currency) or 0

    def clean_free_text(self) -> int | None:
        """Return it in minor units."""
        return cleaned_amount(self.cleaned_data["free_text"], self.currency)

    def clean(self) -> dict[str, Any]:
        """A country is in one zone, and a zone has countries or is everywhere else."""
        values = super().clean()
        chosen = set(values.get("where_to") or ())
        if values.get("all_eu"):
            chosen |= countries.EU
        if values.get("is_elsewhere"):
            chosen = set()
        elif not chosen:
            self.add_error("where_to", _("Choose at least one country."))
        self._refuse_twice(values, chosen)
        least, most = values.get("days_least"), values.get("days_most")
        if least is not None and most is not None and least > most:
            self.add_error("days_most", _("It cannot be less than the least."))
        if not self.errors:
            zone = self.instance
            zone.countries = sorted(chosen)
            zone.first, zone.further = values["first_text"], values["further_text"]
            zone.free_from = values["free_text"]
        return values

    def _refuse_twice(self, values: dict[str, Any], chosen: set[str]) -> None:
        for other in Zone.objects.exclude(pk=self.instance.pk):
            twice = chosen & set(other.countries)
            if twice:
                names = ", ".join(sorted(countries.name_of(code) for code in twice))
                words = {"countries": names, "zone": other.name}
                sentence = _("In the zone “%(zone)s” already: %(countries)s.")
                self.add_error("where_to", sentence % words)
            if values.get("is_elsewhere") and other.is_elsewhere:
                words = {"zone": other.name}
                sentence = _("“%(zone)s” is everywhere else already.")
                self.add_error("is_elsewhere", sentence % words)


class PickupForm(StoreForm[PickupPoint]):
    """A point where things are picked up."""

    class Meta:
        model = PickupPoint
        fields = ("name", "address", "hours", "is_active")
        help_texts: ClassVar[dict[str, Any]] = {
            "name": gettext_lazy("For instance: the studio in Haifa."),
            "hours": gettext_lazy("For instance: Sunday to Thursday, 10 to 16, ring twice."),
        }
