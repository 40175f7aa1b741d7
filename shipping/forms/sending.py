"""Saying that many parcels were packed or posted at once, with their numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.text import clean_line
from shipping.models import Parcel
from shipping.rules import CARRIERS
from stores.forms import CleanTextMixin

PACKED, POSTED = "packed", "posted"
SHEET, SINGLE, PACKING, TABLE = "sheet", "single", "packing", "table"
ACTS = (PACKED, POSTED, SHEET, SINGLE, PACKING, TABLE)
PASTED = re.compile(r"#?(\d{1,9})\s*[\t,; :]\s*(\S{3,60})")
MOST_LINES = 1_000


def carrier_choices() -> list[tuple[str, Any]]:
    """Return the carriers we know, and another one."""
    return [
        ("", _("no carrier, or another")),
        *((each.key, each.name) for each in CARRIERS),
    ]


class SentForm(CleanTextMixin, forms.Form):
    """How one parcel left."""

    carrier = forms.ChoiceField(
        label=gettext_lazy("carrier"), required=False, choices=carrier_choices
    )
    other_carrier = forms.CharField(
        label=gettext_lazy("another carrier, if it is none of these"),
        required=False,
        max_length=40,
    )
    tracking = forms.CharField(
        label=gettext_lazy("tracking number, if there is one"),
        required=False,
        max_length=60,
        widget=forms.TextInput({"dir": "ltr", "autocomplete": "off"}),
    )

    def who(self) -> str:
        """Return the carrier that was named."""
        return str(self.cleaned_data["carrier"] or self.cleaned_data["other_carrier"])


class ManyForm(SentForm):
    """Which parcels, what was done with them, and the tracking numbers, typed or pasted."""

    act = forms.ChoiceField(choices=[(each, each) for each in ACTS])
    tells = forms.BooleanField(
        label=gettext_lazy("write to them that it is packed"), required=False
    )
    pasted = forms.CharField(
        label=gettext_lazy("or paste a list: order number, tracking number"),
        required=False,
        max_length=60_000,
        widget=forms.Textarea({"rows": 4, "dir": "ltr", "autocomplete": "off"}),
        help_text=gettext_lazy("One line each, as the post's list has them."),
    )

    def __init__(self, *args: Any, parcels: Sequence[Parcel], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["tracking"]
        self.parcels = {each.public_id: each for each in parcels}

    @property
    def ticked(self) -> list[str]:
        """Return what was ticked, on a page that was sent."""
        return list(self.data.getlist("parcel")) if isinstance(self.data, QueryDict) else []

    def number_of(self, parcel: Parcel) -> str:
        """Return what was typed as a parcel's number."""
        typed = self.data.get(f"number-{parcel.public_id}", "") if self.is_bound else ""
        return clean_line(str(typed))[:60]

    def clean(self) -> dict[str, Any]:
        """Find what is meant; a pasted line that names no parcel is said, and nothing is done."""
        values = super().clean()
        chosen = [self.parcels[key] for key in self.ticked if key in self.parcels]
        numbers = {each.public_id: self.number_of(each) for each in chosen}
        if values.get("act") == POSTED:
            for parcel, number in self._pasted(values.get("pasted") or ""):
                numbers[parcel.public_id] = number
        values["numbers"] = numbers
        if not numbers and not self.errors:
            self.add_error(None, _("Tick at least one parcel."))
        return values

    def _pasted(self, text: str) -> list[tuple[Parcel, str]]:
        by_order: dict[str, list[Parcel]] = {}
        for parcel in self.parcels.values():
            by_order.setdefault(str(parcel.order_number), []).append(parcel)
        found, wrong = [], []
        lines = [line for line in map(clean_line, text.splitlines()) if line]
        for line in lines[:MOST_LINES]:
            match = PASTED.fullmatch(line)
            mine = by_order.get(match[1], []) if match else []
            if match is None or not mine:
                wrong.append(line)
            found += [(parcel, match[2]) for parcel in mine if match]
        if wrong:
            shown = "; ".join(wrong[:5])
            sentence = _("These lines name no parcel that waits: %(lines)s.")
            self.add_error("pasted", sentence % {"lines": shown})
        return found

    def chosen(self) -> list[tuple[Parcel, str]]:
        """Return the parcels meant, oldest first, each with its number."""
        numbers: dict[str, str] = self.cleaned_data["numbers"]
        return [(each, numbers[key]) for key, each in self.parcels.items() if key in numbers]


class BackForm(forms.Form):
    """A copy that came back."""

    is_fit = forms.BooleanField(
        label=gettext_lazy("it can be sold again: put it back into the stock"),
        required=False,
        initial=True,
    )
