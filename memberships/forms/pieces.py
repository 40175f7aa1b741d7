"""A month's name, and what is put into it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from content.errors import BadCaptions
from content.forms.uploads import Sender, UploadField, let_in
from content.services.captions import parse_captions
from memberships.services.pieces import FILE, FILM, LONGEST_TITLE, SOUND, TEXT
from products.models import Part
from stores.forms import CleanTextMixin

LONGEST_TEXT = 60_000
PURPOSES = {
    SOUND: ("audio", ".mp3,.m4a,.m4b,.wav,audio/mpeg,audio/mp4,audio/wav"),
    FILM: ("film", ".mp4,.mov,video/mp4,video/quicktime"),
    FILE: ("book", ".pdf,.epub,application/pdf,application/epub+zip"),
}
"""What may be in each kind of piece, as uploads and browsers call it."""
HELP = {
    SOUND: gettext_lazy("MP3, M4A, M4B or WAV. It is heard in the browser and downloaded."),
    FILM: gettext_lazy("MP4 or MOV, as your phone made it. It is watched in the browser."),
    FILE: gettext_lazy("PDF or EPUB. It is read in the browser and downloaded."),
}
WRONG = {
    "none": gettext_lazy(
        "No captions were found in it. Each begins with a line like 00:12.000 --> 00:15.000."
    ),
    "long": gettext_lazy("That is too long for captions."),
    "order": gettext_lazy("Line %(number)s ends before it begins."),
}


class MonthForm(CleanTextMixin, forms.Form):
    """What a month is called."""

    title = forms.CharField(
        label=pgettext_lazy("a month", "What it is called"), max_length=LONGEST_TITLE
    )


class TextForm(CleanTextMixin, forms.Form):
    """A text: its title and its words."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=LONGEST_TITLE)
    text = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 16, "dir": "auto"}),
        help_text=gettext_lazy(
            "An empty line begins a paragraph. **bold**, *stressed*, a line that begins with - is"
            " a list."
        ),
    )


class FileForm(CleanTextMixin, forms.Form):
    """A recording, a film or a file, and what it is called."""

    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=LONGEST_TITLE,
        required=False,
        help_text=gettext_lazy("Left empty, it is taken from the file."),
    )

    def __init__(self, *args: Any, kind: str, sender: Sender | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"] = file_field(kind, _("The file"))
        let_in(self, sender)

    def clean(self) -> dict[str, Any]:
        """There is nothing to put in without a file."""
        values = super().clean()
        if not values.get("file") and "file" not in self.errors:
            self.add_error("file", _("Choose a file."))
        return values


class PieceForm(CleanTextMixin, forms.Form):
    """A piece that stands in a month: its title, who may open it, and what is its kind's own."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=LONGEST_TITLE)

    def __init__(self, *args: Any, part: Part, sender: Sender | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if part.kind == TEXT:
            self.fields["text"] = forms.CharField(
                label=_("Text"),
                max_length=LONGEST_TEXT,
                widget=forms.Textarea({"rows": 16, "dir": "auto"}),
                help_text=TextForm.base_fields["text"].help_text,
            )
        else:
            self.fields["file"] = file_field(part.kind, _("Another file in its place"))
        if part.kind == FILM:
            self.fields["captions"] = forms.CharField(
                label=_("Captions"),
                required=False,
                max_length=400_000,
                widget=forms.Textarea({"rows": 6, "dir": "auto"}),
                help_text=_("What is said, as WebVTT or SRT: paste it here."),
            )
        self.fields["preview"] = forms.BooleanField(
            label=_("Open to anyone, as a taste"),
            required=False,
            help_text=_("It is read, heard or watched on the club's page, before joining."),
        )
        let_in(self, sender)

    def clean_captions(self) -> str:
        """What was pasted, if it is captions."""
        typed = str(self.cleaned_data.get("captions") or "")
        if typed.strip():
            try:
                parse_captions(typed)
            except BadCaptions as bad:
                raise forms.ValidationError(WRONG[bad.code] % {"number": bad.number}) from bad
        return typed


def file_field(kind: str, label: str) -> UploadField:
    """Return the field of a piece's file."""
    purpose, accept = PURPOSES[kind]
    return UploadField(purpose, accept, label=label, help_text=HELP[kind], allow_empty_file=True)
