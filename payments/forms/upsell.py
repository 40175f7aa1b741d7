"""One more thing after paying: what the button showed, and the ticks that the law asks for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from payments.contract import Consents

Asked = Sequence[tuple[str, str, bool]]


def ask_consents(form: forms.Form, asked: Asked) -> None:
    """Add a tick for each consent: its key, its sentence, and whether nothing is sold without."""
    for key, sentence, is_required in asked:
        field = forms.BooleanField(label=sentence, required=is_required)
        field.error_messages["required"] = _("Without this tick it cannot be sold to you.")
        form.fields[f"consent_{key}"] = field


class UpsellForm(forms.Form):
    """The one button on the thank-you page, with what has to be agreed to before it is pressed."""

    price = forms.CharField(max_length=20, widget=forms.HiddenInput)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    """The sum the button showed, in minor units: another one is shown before it is charged."""

    def __init__(self, *args: Any, consents: Asked = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = list(consents)
        ask_consents(self, self.asked)

    @property
    def consent_fields(self) -> list[forms.BoundField]:
        """Return the ticks."""
        return [self[f"consent_{key}"] for key, _sentence, _is_required in self.asked]

    def consents(self) -> Consents:
        """Return what was ticked."""
        ticked = [key for key, *_rest in self.asked if self.cleaned_data.get(f"consent_{key}")]
        return Consents(tuple(ticked))
