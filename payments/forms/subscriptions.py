"""What a customer says about what they pay again and again: for how long to rest, why to leave."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from payments.models import LeavingReason
from stores.forms import CleanTextMixin

LONGEST_WORDS = 1000


class ReasonForm(CleanTextMixin, forms.Form):
    """Why somebody left: one press, and words if they like."""

    kind = forms.ChoiceField(
        label=_("What was it?"),
        choices=LeavingReason.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one, or leave it: nobody has to say why.")},
    )
    words = forms.CharField(
        label=_("In your words, if you like"),
        required=False,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
    )
