"""The form of a club: what it says of itself, whose clock it goes by, what stays after leaving."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from memberships.models import Club
from memberships.services.months import is_settled
from products.forms import ProductForm
from products.models.products import Rhythm

CLOCK = ("rhythm", "mode", "first_on")
"""What is not changed any more once a month was given out: people paid for it."""


class ClubForm(ProductForm[Club]):
    """A club; its months have pages of their own."""

    rhythm = forms.ChoiceField(
        label=gettext_lazy("Something new every"),
        choices=[choice for choice in Rhythm.choices if choice[0]],
        initial=Rhythm.MONTH,
        required=False,
    )

    group_url = forms.URLField(
        label=gettext_lazy("address of the group"),
        max_length=300,
        required=False,
        assume_scheme="https",
        widget=forms.URLInput({"dir": "ltr"}),
        help_text=gettext_lazy(
            "WhatsApp, Facebook or another; shown to members only, and not after."
        ),
    )

    class Meta(ProductForm.Meta):
        model = Club
        fields = (
            *ProductForm.Meta.fields,
            *("rhythm", "mode", "first_on", "earlier", "keep"),
            *("welcome", "group_url", "group_name"),
        )
        widgets: ClassVar[dict[str, Any]] = {
            **getattr(ProductForm.Meta, "widgets", {}),
            "first_on": forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
            "mode": forms.RadioSelect,
            "earlier": forms.RadioSelect,
            "keep": forms.RadioSelect,
            "welcome": forms.Textarea({"rows": 5}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.initial.get("rhythm"):
            self.initial["rhythm"] = Rhythm.MONTH
        if self.instance.pk and is_settled(self.instance):
            for name in CLOCK:
                if name in self.fields:
                    self.fields[name].disabled = True
                    self.fields[name].help_text = _("It stays: months were given out by it.")

    def clean_rhythm(self) -> str:
        """Unsaid, it is a month."""
        return str(self.cleaned_data.get("rhythm") or Rhythm.MONTH)

    def clean_group_url(self) -> str:
        """A group is reached by a web address, nothing else."""
        url = str(self.cleaned_data.get("group_url") or "")
        if url and not url.lower().startswith(("https://", "http://")):
            raise forms.ValidationError(_("It begins with https://."))
        return url
