"""Where to: a country first, then what its post needs; or a point where it is picked up."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.text import clean_line
from shipping.contract import POST, Destination
from shipping.rules import Country, country_of, is_phone, is_postcode
from shipping.services.places import Where, days_in_words, not_there, where
from stores.scope import current_store

PREFIX = "ship_"
NAMES = (
    *("how", "name", "phone", "country", "street", "house", "extra"),
    *("city", "region", "postcode", "note"),
)
LONGEST = {"name": 120, "phone": 40, "street": 160, "house": 20, "extra": 120, "city": 80}
LONGEST |= {"region": 60, "postcode": 16, "note": 200}


def _text(label: Any, name: str, autocomplete: str, **attrs: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=LONGEST[name],
        required=False,
        widget=forms.TextInput({"autocomplete": autocomplete, "dir": "auto", **attrs}),
    )


class AddressFields(forms.Form):
    """A part of a form that may ask where something goes; ``ask_where`` says whether it does.

    Every field is optional to Django: what is needed follows from the country that was chosen.
    """

    ship_how = forms.ChoiceField(
        label=gettext_lazy("How should it come?"),
        required=False,
        widget=forms.RadioSelect({"data-sum": ""}),
    )
    ship_country = forms.ChoiceField(
        label=gettext_lazy("Country"),
        required=False,
        widget=forms.Select({"data-sum": "", "autocomplete": "shipping country"}),
    )
    ship_name = _text(gettext_lazy("Name on the parcel"), "name", "shipping name")
    ship_phone = _text(
        gettext_lazy("Phone for the courier"),
        "phone",
        "shipping tel",
        inputmode="tel",
        dir="ltr",
    )
    ship_street = _text(gettext_lazy("Street and number"), "street", "shipping address-line1")
    ship_house = _text(gettext_lazy("House number"), "house", "off")
    ship_extra = _text(
        gettext_lazy("Floor, flat, company (if any)"), "extra", "shipping address-line2"
    )
    ship_city = _text(pgettext_lazy("of an address", "Town"), "city", "shipping address-level2")
    ship_region = forms.ChoiceField(
        required=False, widget=forms.Select({"autocomplete": "shipping address-level1"})
    )
    ship_postcode = _text(gettext_lazy("Postcode"), "postcode", "shipping postal-code", dir="ltr")
    ship_note = _text(gettext_lazy("A note to the courier (if any)"), "note", "off")

    asks_where = False
    there: Where
    country: Country

    def ask_where(self, *, is_asked: bool, is_look: bool = False) -> None:
        """Ask where to, or leave all of it out; while only looking, nothing is missing yet."""
        self.asks_where, self.only_looks = is_asked, is_look
        if not is_asked:
            for name in NAMES:
                del self.fields[PREFIX + name]
            return
        self.there = where()
        self._offer_ways()
        self._offer_countries()
        self._fit_country()

    def _offer_ways(self) -> None:
        ways = [(POST, _("By post"))] if self.there.zones else []
        ways += [(each.public_id, each.name) for each in self.there.pickups]
        self.fields["ship_how"].choices = ways  # type: ignore[attr-defined]  # a choice field
        if ways:
            self.initial["ship_how"] = self.initial.get("ship_how") or ways[0][0]

    def _offer_countries(self) -> None:
        choices = self.there.countries()
        codes = [code for code, _name in choices]
        home = self.there.home(current_store().country)
        first = home if home in codes else next(iter(codes), "")
        asked = self._typed("country") or self.initial.get("ship_country") or first
        if asked and asked not in codes:
            choices = [*choices, (asked, not_there(asked))] if len(asked) == 2 else choices  # noqa: PLR2004 -- ISO 3166's two letters
        self.fields["ship_country"].choices = choices  # type: ignore[attr-defined]  # a choice field
        self.initial["ship_country"] = asked
        self.country = country_of(asked)

    def _typed(self, name: str) -> str:
        return str(self.data.get(PREFIX + name) or "") if self.is_bound else ""

    def _fit_country(self) -> None:
        country, fields = self.country, self.fields
        fields["ship_street"].label = _("Street") if country.has_house else _("Street and number")
        if not country.has_house:
            del fields["ship_house"]
        if country.regions:
            fields["ship_region"].label = country.region_name
            choices = [("", _("Choose")), *country.regions]
            fields["ship_region"].choices = choices  # type: ignore[attr-defined]  # a choice field
        else:
            del fields["ship_region"]
        if not country.has_postcode:
            del fields["ship_postcode"]
        elif country.example:
            words = {"example": country.example}
            needed = (
                _("Like %(example)s.")
                if country.needs_postcode
                else _("Like %(example)s. It may stay empty.")
            )
            fields["ship_postcode"].help_text = needed % words
        if self.is_fetched:
            for name in ("country", "street", "house", "extra", "city", "region", "postcode"):
                fields.pop(PREFIX + name, None)
            del fields["ship_note"]

    @property
    def is_fetched(self) -> bool:
        """Whether it is picked up and no address is needed."""
        how = self._typed("how") or str(self.initial.get("ship_how") or POST)
        return how != POST and self.there.pickup_called(how) is not None

    @property
    def where_fields(self) -> list[forms.BoundField]:
        """Return the fields of an address in the order in which they are asked."""
        if not self.asks_where:
            return []
        asked = [PREFIX + name for name in NAMES if name != "how"]
        return [self[name] for name in asked if name in self.fields]

    @property
    def chosen_point(self) -> Any:
        """Return the point where it is picked up, with its address and hours."""
        how = self._typed("how") or str(self.initial.get("ship_how") or "")
        return self.there.pickup_called(how) if self.asks_where else None

    @property
    def days(self) -> str:
        """Return how long the post takes to the chosen country."""
        if not self.asks_where or self.is_fetched:
            return ""
        zone = self.there.zone_of(self.country.code)
        return days_in_words(zone) if zone is not None else ""

    def check_where(self, values: dict[str, Any]) -> None:
        """Refuse an address its country could not deliver to; call it from ``clean``."""
        if not self.asks_where or self.only_looks:
            return
        if self.there.is_nowhere:
            self.add_error(None, _("The shop has not said yet where it posts to."))
        self._need("name", values, _("Write whose name stands on the parcel."))
        phone = clean_line(str(values.get("ship_phone") or ""))
        if not is_phone(phone):
            self.add_error("ship_phone", _("Write a number the courier can call."))
        if not self.is_fetched:
            self._check_address(values)

    def _check_address(self, values: dict[str, Any]) -> None:
        country = self.country
        if self.there.zone_of(country.code) is None and "ship_country" not in self.errors:
            self.add_error("ship_country", not_there(country.code))
        self._need("street", values, _("Write the street."))
        if country.has_house:
            self._need("house", values, _("Write the number of the house."))
        if country.needs_city:
            self._need("city", values, _("Write the town."))
        if country.regions:
            self._need("region", values, _("Choose one."))
        postcode = clean_line(str(values.get("ship_postcode") or ""))
        if not postcode and country.needs_postcode:
            self._need("postcode", values, _("Write the postcode."))
        elif postcode and not is_postcode(country, postcode):
            words = {"example": country.example}
            wrong = _("This is no postcode of that country. They look like %(example)s.")
            self.add_error("ship_postcode", wrong % words)

    def _need(self, name: str, values: dict[str, Any], sentence: str) -> None:
        field = PREFIX + name
        if not values.get(field) and field in self.fields and field not in self.errors:
            self.add_error(field, sentence)

    def first_destination(self) -> Destination | None:
        """Return what is known before anything was typed: the country, or a point."""
        if not self.asks_where or self.there.is_nowhere:
            return None
        if self.is_fetched:
            return Destination(pickup=self.initial["ship_how"])
        return Destination(country=self.country.code)

    def destination(self) -> Destination | None:
        """Return where it goes; None where nothing was asked."""
        if not self.asks_where:
            return None
        typed = {
            name: clean_line(str(self.cleaned_data.get(PREFIX + name) or ""))
            for name in NAMES
            if name != "how" and PREFIX + name in self.fields
        }
        if self.is_fetched:
            return Destination(**typed, pickup=self._typed("how") or self.initial["ship_how"])
        typed["country"] = typed.get("country") or self.country.code
        typed["postcode"] = typed.get("postcode", "").upper()
        return Destination(**typed)


def first_values(destination: Destination | None) -> dict[str, str]:
    """Return an address as the form begins with it."""
    if destination is None:
        return {}
    values = {PREFIX + name: value for name, value in destination.as_json().items()}
    values["ship_how"] = values.pop("ship_pickup", POST)
    return values


class AddressForm(AddressFields):
    """An address alone: put right while the parcel has not left."""

    def __init__(self, *args: Any, is_look: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ask_where(is_asked=True, is_look=is_look)

    def clean(self) -> dict[str, Any]:
        """Check it as its country writes it."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        self.check_where(values)
        return values
