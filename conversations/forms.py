"""What people write to the shop, and what the shop answers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.forms.door import NormalAddressField
from conversations.models import LONGEST, Conversation, SavedAnswer
from conversations.services.enclosing import LARGEST, MEGABYTE, MOST_FILES
from core.text import clean_line, clean_text
from stores.forms import CleanTextMixin, StoreForm

Kind = Conversation.Kind
SMALL_MARKDOWN = gettext_lazy("**bold**, *slanted*, lists and links work.")
LARGEST_NUMBER = 2_147_483_647


class SaysSomething(CleanTextMixin, forms.Form):
    """Words of which something is left when what nobody sees is taken out."""

    text = forms.CharField(
        label=gettext_lazy("Your words"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
        error_messages={"required": gettext_lazy("Write something first.")},
    )

    def clean_text(self) -> str:
        """Return the words as they will be kept."""
        said = clean_text(self.cleaned_data["text"]).strip()
        if not said:
            raise forms.ValidationError(_("Write something first."))
        return said


class FilesInput(forms.FileInput):
    """A file input in which several can be chosen."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """A few small files; what each of them is, is judged when they are kept."""

    widget = FilesInput(attrs={"accept": "image/*,application/pdf,.pdf,.heic"})

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        """Return the files that came, each small enough."""
        came = [each for each in data or [] if each]
        if len(came) > MOST_FILES:
            words = {"most": MOST_FILES}
            raise forms.ValidationError(_("Up to %(most)s files go with one letter.") % words)
        for file in came:
            if file.size > LARGEST:
                shown = {"name": clean_line(file.name)[:80], "most": LARGEST // MEGABYTE}
                raise forms.ValidationError(
                    _("“%(name)s” is too large: up to %(most)s MB can go with a letter.") % shown
                )
        return [super(FilesField, self).clean(file) for file in came]


class FilesMixin(SaysSomething):
    """Words, and pictures or PDF files with them, from somebody whose mailbox is known."""

    attached = FilesField(
        label=gettext_lazy("Pictures or PDF files"),
        required=False,
        help_text=gettext_lazy(
            "Up to three, of 8 MB each. What a photo tells of its place is taken out."
        ),
        error_messages={"empty": gettext_lazy("This file is empty. Choose another.")},
    )


class VisitorMixin(SaysSomething):
    """Where a visitor is answered; and a field only a program fills."""

    name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )
    email = NormalAddressField(
        label=gettext_lazy("Your email"),
        help_text=gettext_lazy("The answer comes there. It is used for nothing else."),
        error_messages={
            "required": gettext_lazy("Write an email address, so the answer can reach you."),
            "invalid": gettext_lazy("This is not an email address. Look at it once more."),
        },
    )
    website = forms.CharField(
        label=gettext_lazy("Leave this empty"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    @property
    def is_programs(self) -> bool:
        """Whether the field that people do not see was filled."""
        return bool(self.cleaned_data.get("website"))


class ContactForm(VisitorMixin):
    """The contact page."""

    field_order = ("name", "email", "text", "website")


class AskForm(FilesMixin, VisitorMixin):
    """Asking from a page: what about, the words, and for who is not signed in, where to answer.

    Files are taken from a customer only: a visitor's mailbox is not known yet.
    """

    kind = forms.ChoiceField(
        label=gettext_lazy("What is it?"),
        choices=[
            (Kind.QUESTION, gettext_lazy("A question")),
            (Kind.MISSING, gettext_lazy("Something did not arrive, or does not work")),
            (Kind.REQUEST, gettext_lazy("A request: I would like to have…")),
        ],
        widget=forms.RadioSelect,
        initial=Kind.QUESTION,
    )
    field_order = ("kind", "name", "email", "text", "attached", "website")

    def __init__(self, *args: Any, is_known: bool = False, **more: Any) -> None:
        super().__init__(*args, **more)
        for name in ("name", "email", "website") if is_known else ("attached",):
            del self.fields[name]


class MoreForm(FilesMixin):
    """One more word of who asked."""


class AnswerForm(FilesMixin):
    """The answer of the team."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["text"].label = _("Your answer")
        self.fields["text"].help_text = SMALL_MARKDOWN


class SavedAnswerForm(StoreForm[SavedAnswer]):
    """An answer to keep."""

    class Meta:
        model = SavedAnswer
        fields = ("title", "text")
        widgets = {"text": forms.Textarea(attrs={"rows": 8, "dir": "auto"})}  # noqa: RUF012 -- Django's own shape
