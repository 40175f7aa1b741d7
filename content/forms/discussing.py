"""What people type in a discussion."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from content.models.discussion import LONGEST
from content.services.discussion.voices import LONGEST as LONGEST_NAME
from core.text import clean_text
from stores.forms import CleanTextMixin

HELP = _("**bold**, *slanted*, lists and links work. @ before a name of this page speaks to them.")


class SaysSomething(CleanTextMixin, forms.Form):
    """Words of which something is left when what nobody sees is taken out."""

    def clean_text(self) -> str:
        """Return the words as they will be kept."""
        said = clean_text(self.cleaned_data["text"]).strip()
        if not said:
            raise forms.ValidationError(_("Write something first."))
        return said


class WordsForm(SaysSomething):
    """Words, and once a name to stand beside them."""

    name = forms.CharField(
        label=_("Your name here"),
        max_length=LONGEST_NAME,
        help_text=_("Others see it beside what you write; never your address. Asked once."),
    )
    text = forms.CharField(
        label=_("Your words"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
    )

    def __init__(self, *args: Any, label: Any = "", asks_name: bool = False, **more: Any) -> None:
        super().__init__(*args, **more)
        if not asks_name:
            del self.fields["name"]
        self.fields["text"].label = label or self.fields["text"].label
        self.fields["text"].help_text = HELP


class ReportForm(CleanTextMixin, forms.Form):
    """Why something should not stand here."""

    because = forms.CharField(
        label=_("What is wrong with it?"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )


class AnswerForm(SaysSomething):
    """The maker's answer."""

    text = forms.CharField(
        label=_("Your answer"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
        help_text=_("Everybody who has it reads your answer; whoever asked gets it by mail too."),
    )


class BecauseForm(CleanTextMixin, forms.Form):
    """A reason that the person it is about reads."""

    because = forms.CharField(label=_("Reason"), max_length=200)
