"""What is typed about mails: a store's own words, and who of the team gets which."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import get_language_info, gettext_lazy

from mail.services.team import creators_kinds, wanted_by
from mail.services.wordings import LONGEST_SUBJECT, LONGEST_TEXT, Words, troubles
from stores.forms import CleanTextMixin
from stores.models import Staff
from stores.slots import MailKind


class WordsForm(CleanTextMixin, forms.Form):
    """A subject and a text with placeholders."""

    subject = forms.CharField(
        label=gettext_lazy("Subject"),
        max_length=LONGEST_SUBJECT,
        error_messages={"required": gettext_lazy("A mail needs a subject.")},
    )
    text = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 18}),
        error_messages={"required": gettext_lazy("A mail needs a text.")},
        help_text=gettext_lazy(
            "An empty line begins a paragraph; a line that begins with # is a heading."
        ),
    )

    def __init__(self, *args: Any, kind: MailKind, language: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.language = kind, language
        # A subject that begins with {code} would be laid out from the left in Hebrew too.
        way = "rtl" if get_language_info(language)["bidi"] else "ltr"
        for name in ("subject", "text"):
            self.fields[name].widget.attrs["dir"] = way

    def clean(self) -> dict[str, Any]:
        """Say what cannot be filled in, and what is missing."""
        values = super().clean()
        if {"subject", "text"} <= values.keys():
            for trouble in troubles(self.kind, self.language, self.words(values)):
                self.add_error(trouble.field, trouble.sentence)
        return values

    def words(self, values: dict[str, Any] | None = None) -> Words:
        """Return what was typed, of a valid form."""
        values = self.cleaned_data if values is None else values
        return Words(values["subject"], values["text"])


class MineForm(forms.Form):
    """Which of the creator's mails this person receives."""

    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Mails to me"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, staff: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kinds"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [(kind.key, _line(kind)) for kind in creators_kinds(staff)]
        self.initial["kinds"] = sorted(wanted_by(staff))


def _line(kind: MailKind) -> str:
    label = capfirst(str(kind.label))
    return f"{label}: {kind.when}" if kind.when else label
