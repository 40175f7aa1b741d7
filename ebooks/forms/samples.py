"""Picking the sample of a book from its own contents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from content.models import Asset, Excerpt
from content.services.excerpts.asking import MUCH
from content.services.excerpts.chapters import Chapter, chapters_of
from content.services.excerpts.sheets import BadSpans, Spans, read_spans, written
from content.services.excerpts.troubles import sentence_of
from ebooks.models import Ebook
from ebooks.services.samples import picked

MOST_CHAPTERS = 120
INSET = "\u2003"


class SampleFields:
    """What a book's form asks of its sample: chapters of its EPUB, or pages of its PDF."""

    fields: dict[str, forms.Field]
    initial: Any
    instance: Ebook
    cleaned_data: dict[str, Any]
    pages: int = 0
    """How many pages the book has as PDF."""

    sample_notes: tuple[str, ...] = ()
    """What is to be known of the sample now, in sentences."""

    def fill_sample_fields(self, files: Mapping[str, Asset]) -> None:
        """Fill the fields that the book's files allow with what was picked; drop the others."""
        row = picked(self.instance) if self.instance.pk else None
        self.sample_notes = notes_of(row, self.instance.title)
        chosen = row.chosen if row is not None else {}
        chapters = chapters_of(files["epub"].facts)[:MOST_CHAPTERS] if "epub" in files else []
        self.pages = int(files["pdf"].facts.get("pages") or 0) if "pdf" in files else 0
        if chapters:
            ticks = self.fields["sample_chapters"]
            ticks.choices = choices_of(chapters)  # type: ignore[attr-defined]  # a MultipleChoiceField
            self.initial["sample_chapters"] = [path for path, _title in chosen.get("chapters", ())]
        else:
            del self.fields["sample_chapters"]
        if self.pages:
            words = _("Of %(count)s pages. Such as: 1–12, 30. At its end stands the way to buy.")
            self.fields["sample_pages"].help_text = words % {"count": self.pages}
            self.initial["sample_pages"] = written(chosen.get("pages", ()))
        else:
            del self.fields["sample_pages"]

    def clean_sample_pages(self) -> Spans:
        """Return the pages as spans; what names no pages is a sentence."""
        try:
            return read_spans(self.cleaned_data.get("sample_pages") or "", self.pages)
        except BadSpans as bad:
            words = _("“%(piece)s” names no pages of this book. It has pages 1 to %(count)s.")
            raise forms.ValidationError(words % {"piece": bad, "count": self.pages}) from bad


def chapters_field() -> forms.MultipleChoiceField:
    """Return ticks for the chapters of an EPUB."""
    return forms.MultipleChoiceField(
        label=gettext_lazy("The sample: which chapters may anybody read?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "Tick one or two. We make the sample of them; at its end stands the way to buy."
        ),
    )


def pages_field() -> forms.CharField:
    """Return the field for pages of a PDF."""
    return forms.CharField(
        label=gettext_lazy("The sample: which pages may anybody read?"),
        required=False,
        max_length=300,
        widget=forms.TextInput({"dir": "ltr"}),
    )


def choices_of(chapters: Sequence[Chapter]) -> list[tuple[str, str]]:
    """Return the chapters by their page, each with its part of the whole."""
    return [(each.path, _label(number, each)) for number, each in enumerate(chapters, start=1)]


def _label(number: int, chapter: Chapter) -> str:
    title = chapter.title or _("Page %(number)s") % {"number": number}
    percent = round(chapter.share * 100)
    said = _("%(percent)s%%") % {"percent": percent} if percent else _("under 1%")
    return f"{INSET * chapter.depth}{title} · {said}"


def notes_of(row: Excerpt | None, title: str) -> tuple[str, ...]:
    """Return in sentences how a picked sample stands."""
    if row is None:
        return ()
    if row.unmatched_at is not None or row.failed_at is not None:
        return (sentence_of(row) % {"title": title},)
    found = []
    if row.due_at is not None:
        found.append(_("The sample is being made. It opens by itself in a moment."))
    if row.share > MUCH:
        found.append(much(row.share))
    return tuple(found)


def much(percent: int) -> str:
    """Say that a sample gives away a lot."""
    return _(
        "The sample gives %(percent)s%% of the book away. A tenth is usually enough to decide."
    ) % {"percent": percent}
