"""The form of a letter to all who have a product."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from core import tokens
from stores.forms import CleanTextMixin

ABOUT, NEWS = "about", "news"


class HolderLetterForm(CleanTextMixin, forms.Form):
    """What is written, and whether it also offers something."""

    subject = forms.CharField(
        label=gettext_lazy("subject"),
        max_length=120,
        widget=forms.TextInput({"dir": "auto"}),
        error_messages={"required": gettext_lazy("Write a subject: it is read first.")},
    )
    text = forms.CharField(
        label=gettext_lazy("your words"),
        max_length=5_000,
        widget=forms.Textarea({"rows": 10, "dir": "auto"}),
        help_text=gettext_lazy("A button that opens it stands below them by itself."),
        error_messages={"required": gettext_lazy("Write something first.")},
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What is it?"),
        choices=[
            (ABOUT, gettext_lazy("About what they have: a correction, a change, how to use it")),
            (NEWS, gettext_lazy("News or an offer: only to those who agreed to news")),
        ],
        widget=forms.RadioSelect,
        initial=ABOUT,
    )
    attempt = forms.RegexField(
        r"^[a-z0-9]{8,20}$", widget=forms.HiddenInput, initial=tokens.public_id
    )

    @property
    def is_news(self) -> bool:
        """Whether it goes to those alone who agreed to news."""
        return bool(self.cleaned_data["kind"] == NEWS)
