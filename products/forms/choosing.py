"""Which format suits me? Four questions, and what is there already."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from stores.forms import CleanTextMixin


class WhichForm(CleanTextMixin, forms.Form):
    """The questions on one page; each answer can be changed later."""

    income = forms.ChoiceField(
        label=_("Must it bring income every month?"),
        widget=forms.RadioSelect,
        choices=[
            ("yes", _("Yes, I want to count on it")),
            ("nice", _("It would be nice")),
            ("no", _("No, once in a while is fine")),
        ],
    )
    authority = forms.ChoiceField(
        label=_("Should it build your authority?"),
        widget=forms.RadioSelect,
        choices=[
            ("yes", _("Yes, people should know my name")),
            ("nice", _("It would be nice")),
            ("no", _("No, selling is enough")),
        ],
    )
    technology = forms.ChoiceField(
        label=_("How much technology will you handle?"),
        widget=forms.RadioSelect,
        choices=[
            ("little", _("As little as possible")),
            ("some", _("Some: I can record and upload")),
            ("much", _("As much as it takes")),
        ],
    )
    helpers = forms.ChoiceField(
        label=_("Can you pay others to help?"),
        widget=forms.RadioSelect,
        choices=[
            ("no", _("No, I do it alone")),
            ("some", _("A little, for an editor or a designer")),
            ("yes", _("Yes")),
        ],
    )
    has = forms.MultipleChoiceField(
        label=_("What do you have already?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[
            ("text", _("Text: articles, notes, a manuscript")),
            ("recordings", _("Recordings: film or sound")),
            ("time_for_calls", _("Time to talk with people every week")),
        ],
    )

    def answers(self) -> dict[str, Any]:
        """Return what was answered, as it is kept."""
        return {name: self.cleaned_data[name] for name in self.fields}
