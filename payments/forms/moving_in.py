"""A file of people, and which of its columns is what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payments.errors import CannotRead
from payments.models import MoveIn
from payments.services.moving_in.fields import FIELDS
from payments.services.moving_in.reading import MOST_BYTES, read
from products.forms.pickers import choices_of
from products.models import Price, Product

SAMPLES = 3


class WelcomeForm(forms.Form):
    """Whether who bought something once is told that it is here."""

    wants_welcome = forms.BooleanField(
        label=gettext_lazy("Tell who bought something once that it is here"),
        help_text=gettext_lazy(
            "One short mail each: what they have, and how to enter without a password. Nothing is"
            " sold in it."
        ),
        required=False,
    )


class FileForm(forms.Form):
    """The file."""

    file = forms.FileField(
        label=gettext_lazy("The file"),
        help_text=gettext_lazy(
            "CSV, as Excel, Google Sheets or your old shop save it. One person a line, 20,000"
            " lines at most. The first line names the columns."
        ),
        widget=forms.FileInput({"accept": ".csv,.tsv,.txt,text/csv,text/plain"}),
    )

    def clean_file(self) -> bytes:
        """Return the file's content, if it is a table at all."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("This file is too large. Split it, 10 MB each at most."))
        content = bytes(file.read())
        try:
            read(content)
        except CannotRead as refused:
            raise forms.ValidationError(str(refused.sentence)) from refused
        return content


class ColumnsForm(forms.Form):
    """Which column is what, and what the file leaves unsaid."""

    whole_product = forms.ChoiceField(
        label=gettext_lazy("Which product, where no column says?"), required=False
    )
    whole_interval = forms.ChoiceField(
        label=gettext_lazy("How often do they pay, where no column says?"),
        choices=Price._meta.get_field("interval").choices,  # type: ignore[arg-type]  # it has some
    )
    dates = forms.ChoiceField(
        label=gettext_lazy("How are dates written, such as 3/4/2026?"),
        choices=(
            ("day", gettext_lazy("day first: the third of April")),
            ("month", gettext_lazy("month first: the fourth of March")),
        ),
        widget=forms.RadioSelect,
    )

    def __init__(self, move_in: MoveIn, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.move_in = move_in
        self.products = {str(each.pk): each for each in Product.objects.kept()}
        choose = [("", _("the column says it")), *choices_of(self.products.values())]
        self.fields["whole_product"].choices = choose  # type: ignore[attr-defined]  # a choice field
        unsaid: dict[str, Any] = {
            "whole_product": str(move_in.product_id or self._only_product()),
            "whole_interval": move_in.interval,
            "dates": "day" if move_in.is_day_first else "month",
        }
        self.initial = {**self.initial, **unsaid}
        columns = [("", _("not in the file"))] + [
            (str(place), name or _("column %(n)s") % {"n": place + 1})
            for place, name in enumerate(move_in.head)
        ]
        samples = _samples(move_in)
        first: dict[str, forms.Field] = {}
        for each in FIELDS:
            place = move_in.columns.get(each.key)
            first[each.key] = forms.ChoiceField(
                label=each.label,
                choices=columns,
                required=each.is_needed,
                initial="" if place is None else str(place),
                help_text=" · ".join(samples.get(place, ())) if place is not None else "",
            )
        self.fields = first | self.fields

    def _only_product(self) -> str:
        return next(iter(self.products)) if len(self.products) == 1 else ""

    def clean(self) -> dict[str, Any]:
        """Refuse a column that is said to be two things, and a file without any product."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        chosen = [values[each.key] for each in FIELDS if values.get(each.key)]
        if len(chosen) != len(set(chosen)):
            raise forms.ValidationError(_("One column is chosen twice."))
        if not values.get("product") and not values.get("whole_product"):
            raise forms.ValidationError(_("Choose the product, or the column that says it."))
        return values

    def chosen(self) -> Mapping[str, Any]:
        """Return it as ``bringing.try_out`` takes it."""
        values = self.cleaned_data
        columns = {each.key: int(values[each.key]) for each in FIELDS if values.get(each.key)}
        return {
            "columns": columns,
            "product": self.products.get(values["whole_product"]),
            "interval": values["whole_interval"],
            "is_day_first": values["dates"] == "day",
        }


def _samples(move_in: MoveIn) -> dict[int, list[str]]:
    """Return what stands in each column, of the first lines."""
    found: dict[int, list[str]] = {}
    for cells in move_in.rows.values_list("cells", flat=True)[:SAMPLES]:
        for place, cell in enumerate(cells):
            if cell:
                found.setdefault(place, []).append(cell[:40])
    return found
