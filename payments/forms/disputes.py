"""What a person says about a dispute: to the bank, and what it is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from payments.models import OrderLine
from stores.forms import CleanTextMixin


class AnswerForm(CleanTextMixin, forms.Form):
    """What a person adds to what we know."""

    note = forms.CharField(
        label=gettext_lazy("What should the bank know?"),
        help_text=gettext_lazy(
            "What you wrote with the customer, what you offered. What we know goes along by itself."
        ),
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 6, "dir": "auto"}),
    )


class AboutForm(forms.Form):
    """What a dispute of a part is about."""

    def __init__(self, *args: Any, lines: Sequence[OrderLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines = {str(line.pk): line for line in lines}
        self.fields["line"] = forms.ChoiceField(
            label=_("What is it about?"),
            widget=forms.RadioSelect,
            choices=[
                *((key, f"“{line.title}”") for key, line in self.lines.items()),
                ("none", _("Nothing rests or closes by it")),
            ],
        )

    def chosen(self) -> OrderLine | None:
        """Return the line chosen, or None for nothing."""
        return self.lines.get(self.cleaned_data["line"])
