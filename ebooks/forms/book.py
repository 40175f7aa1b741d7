"""The form of an ebook: what it says of itself, and its files."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from content.forms.uploads import Sender, UploadField, let_in
from content.models import Asset, Discussion
from content.services import discussion
from content.services.editions.making import edition_ahead
from core import clock
from core.text import clean_line
from ebooks.forms.samples import SampleFields, chapters_field, pages_field
from ebooks.models import Ebook
from ebooks.services.files import SAMPLE, Judged, current_files
from products.forms import ProductForm
from stores.scope import current_store

FILE_FIELDS = {"epub_file": "epub", "pdf_file": "pdf", "sample_file": SAMPLE}
"""The form's upload fields and the slot each fills."""


PURPOSES = {"epub_file": "epub", "pdf_file": "pdf", "sample_file": "book"}
"""What may be in each field's file, as uploads know it."""


CORRECTION, NEW_EDITION = "correction", "edition"
"""What a file is that takes the place of another."""


def _upload(name: str, label: Any, kinds: str, help_text: Any) -> UploadField:
    return UploadField(
        PURPOSES[name], kinds, label=label, allow_empty_file=True, help_text=help_text
    )


class EbookForm(SampleFields, ProductForm[Ebook]):
    """An ebook; title, author and language come from the file when they are left empty.

    ``judged`` holds what was found in the uploads, before the form's transaction began. A refused
    file never stops the rest from being saved.
    """

    judged: ClassVar[Judged] = Judged()
    sent_by: ClassVar[Sender | None] = None
    """Who may send files in parts from this form, and where to."""

    epub_file = _upload(
        "epub_file",
        gettext_lazy("The book as EPUB"),
        ".epub,application/epub+zip",
        gettext_lazy("Best on a phone: the text fits every screen."),
    )
    pdf_file = _upload(
        "pdf_file",
        gettext_lazy("The book as PDF"),
        ".pdf,application/pdf",
        gettext_lazy("Keeps every page as you laid it out. One of the two is enough."),
    )
    sample_file = _upload(
        "sample_file",
        gettext_lazy("A sample of your own, open to anyone"),
        ".epub,.pdf,application/epub+zip,application/pdf",
        gettext_lazy("Instead of picking it: a chapter as EPUB or PDF, to read before buying."),
    )
    sample_chapters = chapters_field()
    sample_pages = pages_field()
    brings = forms.ChoiceField(
        label=gettext_lazy("A file that you replace here is"),
        choices=(
            (CORRECTION, gettext_lazy("a correction: everybody has it at once, nobody is told")),
            (
                NEW_EDITION,
                gettext_lazy("a new edition: first you say what is new, then all are told"),
            ),
        ),
        widget=forms.RadioSelect,
        required=False,
        initial=CORRECTION,
    )
    no_sample = forms.BooleanField(label=gettext_lazy("Stop offering the sample"), required=False)

    talks = forms.ChoiceField(
        label=gettext_lazy("Questions and replies beside the book"),
        choices=Discussion.State.choices,
        required=False,
        help_text=gettext_lazy(
            "Buyers ask and reply under the names they choose; you are mailed about each question."
        ),
    )

    class Media:
        js = (forms.Script("admin_theme/manuscript.js", type="module"),)

    class Meta(ProductForm.Meta):
        model = Ebook
        fields = (
            *ProductForm.Meta.fields,
            *("stamps_files", "pages", "sells_print", "print_stock", "print_on"),
        )
        widgets: ClassVar[dict[str, Any]] = {
            **getattr(ProductForm.Meta, "widgets", {}),
            "print_on": forms.DateInput({"type": "date"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "title" in self.fields:  # who may only look has none of the model's
            self._say_what_is_asked()
        cover = self.fields["cover_file"]
        self.fields["cover_file"] = UploadField(
            "picture", "image/*", label=cover.label, help_text=cover.help_text
        )
        files = current_files(self.instance) if self.instance.pk else {}
        for name, slot in FILE_FIELDS.items():
            if slot in files:
                self.fields[name].help_text = in_words(files[slot])
        if self.instance.pk:
            self.fields["talks"].initial = discussion.state_of(self.instance)
        if SAMPLE not in files:
            del self.fields["no_sample"]
        self.fill_sample_fields(files)
        if not set(files) - {SAMPLE}:
            del self.fields["brings"]
        let_in(self, self.sent_by)

    def _say_what_is_asked(self) -> None:
        self.fields["title"].required = False
        self.fields["sells_print"].help_text = _(
            "Once saved, a price can be for the book in print, alone or with the digital one."
        )
        if not self.instance.pk:
            self.fields["title"].help_text = _("Left empty, it is taken from the file.")

    def clean_brings(self) -> str:
        """A file that replaces another is a correction unless it is said to be more."""
        brings = str(self.cleaned_data.get("brings") or CORRECTION)
        if brings == NEW_EDITION:
            ahead = edition_ahead(self.instance, clock.now())
            if ahead is not None and ahead.out_at is not None:
                raise forms.ValidationError(_("A new edition is on its way already."))
        return brings

    def clean_talks(self) -> str:
        """Unsaid, it is off."""
        return str(self.cleaned_data.get("talks") or Discussion.State.OFF)

    def clean_stamps_files(self) -> bool:
        """Stamping needs files that can be stamped: those that are there, or come with the form."""
        wants = bool(self.cleaned_data["stamps_files"])
        if wants and not self.instance.stamps_files and self.instance.pk:
            for slot, asset in current_files(self.instance).items():
                is_kept = slot != SAMPLE and slot not in self.judged.taken
                if is_kept and not asset.facts.get("can_stamp", True):
                    words = _("%(name)s cannot be stamped. Save it again and upload it here first.")
                    raise forms.ValidationError(words % {"name": asset.original_name})
        return wants

    def clean(self) -> dict[str, Any]:
        """Take from the file what was left empty; a book needs a title from somewhere."""
        from_file = {
            "title": clean_line(self.judged.fact("title"))[:120],
            "maker": clean_line(self.judged.fact("author"))[:80],
            "language": known_language(self.judged.fact("language")),
        }
        if not self.instance.pk:
            from_file["description"] = self.judged.fact("description")
        for name, value in from_file.items():
            if not self.cleaned_data.get(name) and name not in self.errors:
                self.cleaned_data[name] = value
        if not self.cleaned_data.get("language"):
            self.cleaned_data["language"] = current_store().language
        values = super().clean()
        lacks_title = "title" in self.fields and not values.get("title")
        if lacks_title and "title" not in self.errors:
            self.add_error("title", _("Give it a title, or a file that has one."))
        if self.errors:
            self.say_what_came()
        return values

    def say_what_came(self) -> None:
        """Say at each file of an unsaved form why it was refused, or to choose it once more."""
        for name, slot in FILE_FIELDS.items():
            if slot in self.judged.refused:
                self.add_error(name, str(self.judged.refused[slot].sentence))
            elif slot in self.judged.taken and slot not in self.judged.arrived:
                self.add_error(name, _("The file is good. Choose it once more and save."))


def known_language(code: str) -> str:
    """Return the language of a file if the shop speaks it, else nothing."""
    first = code.lower().split("-")[0]
    first = {"iw": "he"}.get(first, first)
    return first if first in dict(settings.LANGUAGES) else ""


def in_words(asset: Asset) -> str:
    return _("Now: %(name)s, %(size)s. Choose another to replace it.") % {
        "name": asset.original_name,
        "size": filesizeformat(asset.size),
    }
