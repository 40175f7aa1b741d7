"""A product's recordings: a form for each, and many files at once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from content.errors import BadChapters
from content.forms.uploads import Arrived, Missing, Sender, UploadInput, let_in
from content.models import Asset
from content.services.listening.album import LONGEST_TITLE, Wanted
from content.services.listening.chapters import (
    chapters_from,
    chapters_in_words,
    clock_of,
    parse_chapters,
)
from content.services.uploads.keeping import waiting
from core.text import clean_line

LONGEST_CHAPTERS = 60_000
WRONG = {
    "line": gettext_lazy("Line %(number)s has no time. Write it as 12:30 and a title."),
    "late": gettext_lazy("Line %(number)s begins after the end of the recording."),
    "many": gettext_lazy("Up to %(number)s chapters can be kept."),
}


class RecordingForm(forms.Form):
    """One recording: its title, its place, its chapters; or out with it."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=LONGEST_TITLE)
    place = forms.IntegerField(
        label=gettext_lazy("Place in the order"),
        min_value=1,
        max_value=999,
        widget=forms.NumberInput(attrs={"data-place": ""}),
    )
    chapters = forms.CharField(
        label=gettext_lazy("Chapters"),
        required=False,
        max_length=LONGEST_CHAPTERS,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        help_text=gettext_lazy("A line for each: when it begins, and its title. 12:30 The dough"),
    )
    is_out = forms.BooleanField(label=gettext_lazy("Take it away from listeners"), required=False)

    def __init__(self, data: Any, *, asset: Asset, place: int) -> None:
        self.asset = asset
        self.seconds = float(asset.facts.get("seconds") or 0)
        chapters = chapters_in_words(chapters_from(asset.facts))
        initial = {"title": asset.part.title, "place": place, "chapters": chapters}
        super().__init__(data, prefix=asset.part.public_id, initial=initial)

    @property
    def clock(self) -> str:
        """How long it plays."""
        return clock_of(self.seconds)

    def clean_title(self) -> str:
        """One line."""
        return clean_line(self.cleaned_data["title"])

    def clean_chapters(self) -> Any:
        """What was typed, understood; a chapter of the file keeps its exact beginning."""
        typed = self.cleaned_data["chapters"]
        kept = chapters_from(self.asset.facts)
        if typed.strip().splitlines() == chapters_in_words(kept).strip().splitlines():
            return kept
        try:
            return parse_chapters(typed, seconds=self.seconds)
        except BadChapters as bad:
            raise forms.ValidationError(WRONG[bad.code] % {"number": bad.number}) from bad

    @property
    def wanted(self) -> Wanted:
        """What was asked for, once it is valid."""
        said = self.cleaned_data
        return Wanted(self.asset, said["title"], said["place"], said["chapters"], said["is_out"])


class ManyInput(UploadInput):
    """An input for many files at once; its script makes a field of each."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return the files that came with the form, and those that came before it."""
        came = list(files.getlist(name)) if hasattr(files, "getlist") else []
        named = data.getlist(f"{name}-upload") if hasattr(data, "getlist") else []
        if self.sender is None:
            return came
        for public_id in dict.fromkeys(filter(None, named)):
            row = waiting(self.sender.staff, str(public_id))
            is_ours = row is not None and row.purpose == self.purpose
            came.append(Arrived(row) if row is not None and is_ours else Missing())
        return came


class ManyField(forms.FileField):
    """Files that came with the form or in parts before it; one that is gone is an error."""

    def __init__(self, purpose: str, accept: str, **options: Any) -> None:
        super().__init__(required=False, widget=ManyInput(purpose, accept), **options)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        """Return the files, as many as there are."""
        if any(isinstance(each, Missing) for each in data or ()):
            raise forms.ValidationError(
                _("This file is no longer waiting here. Choose it once more.")
            )
        return list(data or ())


class NewRecordingsForm(forms.Form):
    """New recordings, behind those that are there."""

    sound_files = ManyField(
        "audio",
        ".mp3,.m4a,.m4b,.wav,audio/mpeg,audio/mp4,audio/wav",
        label=gettext_lazy("Recordings"),
        help_text=gettext_lazy(
            "MP3, M4A, M4B or WAV; several at once, in the order of their names."
        ),
    )

    def __init__(self, data: Any, files: Any, *, sender: Sender | None) -> None:
        super().__init__(data, files)
        let_in(self, sender)
