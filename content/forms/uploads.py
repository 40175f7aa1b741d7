"""The field of a file: a plain input that works by itself, and sends in parts with a script."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from content.models import Upload
from content.services.files import private
from content.services.uploads.keeping import waiting
from content.services.uploads.reasons import said
from content.services.uploads.sizes import MEGABYTE, MOST
from stores.models import Staff

SUFFIX = "-upload"


@dataclass(frozen=True)
class Sender:
    """Who sends files from a form, and the address at which they are begun."""

    staff: Staff
    url: str


class Arrived(UploadedFile[Any]):
    """A file that came in parts and was judged, as forms know files."""

    def __init__(self, row: Upload) -> None:
        super().__init__(None, name=row.original_name, size=row.size)
        self.row = row

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """Yield what came, piece by piece."""
        with private().open(self.row.name, "rb") as opened:
            yield from opened.chunks(chunk_size or MEGABYTE)


class Missing(UploadedFile[Any]):
    """A file that a form names and that is not waiting for it (any more)."""

    def __init__(self) -> None:
        super().__init__(None, name="missing", size=1)


class UploadInput(forms.FileInput):
    """A file input; its script sends what is chosen in parts and leaves the id in a hidden field.

    ``sender`` is who may name a file here; set for each request.
    """

    template = "content/upload_field.html"

    class Media:
        css = {"all": ("admin_theme/uploads.css",)}  # noqa: RUF012 -- as Django's Media is written
        js = (forms.Script("admin_theme/uploads.js", type="module"),)

    def __init__(self, purpose: str, accept: str) -> None:
        super().__init__({"accept": accept})
        self.purpose = purpose
        self.sender: Sender | None = None

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Return the file that came with the form, else the one that came before it."""
        came = super().value_from_datadict(data, files, name)
        public_id = str(data.get(name + SUFFIX) or "")
        if came or not public_id or self.sender is None:
            return came
        row = waiting(self.sender.staff, public_id)
        return Arrived(row) if row is not None and row.purpose == self.purpose else Missing()

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        """Return the input, and what its script shows beside it."""
        plain = super().render(name, value, attrs, renderer)
        if self.sender is None:
            return plain
        row = value.row if isinstance(value, Arrived) else None
        is_many = getattr(self, "allow_multiple_selected", False)
        context = {
            "plain": plain,
            "url": self.sender.url,
            "purpose": self.purpose,
            "hidden_name": name + SUFFIX,
            "row": row,
            "said": said(row) if row is not None else "",
            "most": MOST[self.purpose],
            "is_many": is_many,
        }
        return render_to_string(self.template, context)


class UploadField(forms.FileField):
    """A file that came with the form or in parts before it; one that is gone is an error."""

    def __init__(self, purpose: str, accept: str, **options: Any) -> None:
        super().__init__(required=False, widget=UploadInput(purpose, accept), **options)

    def bound_data(self, data: Any, initial: Any) -> Any:
        """A file that has arrived stays in a form with mistakes; a plain one cannot."""
        return data if isinstance(data, Arrived) else super().bound_data(data, initial)

    def to_python(self, data: Any) -> Any:
        """Return the file."""
        if isinstance(data, Missing):
            raise forms.ValidationError(
                _("This file is no longer waiting here. Choose it once more.")
            )
        return super().to_python(data)


def let_in(form: forms.BaseForm, sender: Sender | None) -> None:
    """Let a form's files come in parts; without a sender they come with the form alone."""
    for field in form.fields.values():
        if isinstance(field.widget, UploadInput):
            field.widget.sender = sender
