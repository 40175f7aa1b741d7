"""The field of a film of one's own: the file, and captions under it."""

from __future__ import annotations

import copy
import re
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from content.forms.uploads import SUFFIX, Arrived, Missing, Sender, UploadInput
from content.models import Upload
from content.services.uploads.keeping import used
from content.services.uploads.sizes import MEGABYTE, MOST
from storefront.errors import NoCaptions
from storefront.services.films.captions import LARGEST as LARGEST_CAPTIONS
from storefront.services.films.captions import captions_of
from storefront.services.films.keeping import known
from storefront.services.films.showing import captions_with, films_with, shown_film

PURPOSE = Upload.Purpose.TRAILER
ACCEPTED = "video/mp4,video/quicktime,.mp4,.mov"
PUBLIC_ID = re.compile(r"[a-z0-9]{0,20}")


class FilmWidget(forms.Widget):
    """A film that comes in parts or with the form, and its captions with their language."""

    needs_multipart_form = True
    use_fieldset = True

    def __init__(self) -> None:
        super().__init__()
        self.file = UploadInput(PURPOSE, ACCEPTED)

    def __deepcopy__(self, memo: dict[int, Any]) -> FilmWidget:
        """Each form has its own input: who may name a file in it differs by request."""
        found: FilmWidget = super().__deepcopy__(memo)
        found.file = copy.deepcopy(self.file, memo)
        return found

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, Any]:
        """Return the ids of what is kept, and what came."""
        file = f"{name}-file"
        came = self.file.value_from_datadict(data, files or {}, file)
        kept = "" if data.get(f"{name}-gone") else str(data.get(name, ""))
        if isinstance(came, Missing):  # perhaps this very form was saved with it before
            film = self._taken(str(data.get(file + SUFFIX) or ""))
            kept, came = (film, None) if film else (kept, came)
        captions = (
            "" if data.get(f"{name}-captions-gone") else str(data.get(f"{name}-captions", ""))
        )
        return {
            "film_id": kept if PUBLIC_ID.fullmatch(kept) else "",
            "captions_id": captions if PUBLIC_ID.fullmatch(captions) else "",
            "language": str(data.get(f"{name}-language", "")),
            "film_came": came,
            "captions_came": files.get(f"{name}-captions-file") if files else None,
        }

    def _taken(self, upload_id: str) -> str:
        upload = used(self.file.sender.staff, upload_id) if self.file.sender else None
        film = known(upload.sha256) if upload is not None else None
        return film.public_id if film else ""

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """A film is always said, be it that there is none."""
        return False

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Return the controls."""
        value = value or {}
        film = films_with({value.get("film_id", "")} - {""}).get(value.get("film_id", ""))
        captions_id = value.get("captions_id", "")
        captions = captions_with({captions_id} - {""}).get(captions_id)
        own = (attrs or {}).get("id", f"id_{name}")
        language = value.get("language") or settings.LANGUAGE_CODE
        context = {
            "name": name,
            "id": own,
            "value": value,
            "film": shown_film(film, captions, language) if film else None,
            "captions": captions,
            "file": self.file.render(
                f"{name}-file",
                value.get("film_came"),
                {"id": f"{own}-file", "aria-describedby": f"{own}-most"},
            ),
            "most": MOST[PURPOSE] // MEGABYTE,
            "languages": settings.LANGUAGES,
            "language": value.get("language", ""),
        }
        return render_to_string("storefront/admin/film.html", context)


class FilmField(forms.Field):
    """A film of one's own; what came is taken in once the whole block is right."""

    widget = FilmWidget

    def __init__(self, **more: Any) -> None:
        more.setdefault("label", gettext_lazy("A film of your own"))
        super().__init__(required=False, **more)

    def clean(self, value: Any) -> dict[str, Any]:
        """Return the film; ``film_came`` and ``said`` stay until they are taken in."""
        value = value or {}
        language = value.get("language", "")
        found = {
            "film_id": value.get("film_id", ""),
            "captions_id": value.get("captions_id", ""),
            "language": language if language in dict(settings.LANGUAGES) else "",
        }
        came = value.get("film_came")
        if isinstance(came, Missing):
            raise forms.ValidationError(
                _("This film is no longer waiting here. Choose it once more.")
            )
        if came is not None:
            found["film_came"] = came.row if isinstance(came, Arrived) else came
        said = value.get("captions_came")
        if said is not None:
            found["said"] = _captions(said)
        return found


def _captions(came: UploadedFile[Any]) -> tuple[str, int]:
    try:
        return captions_of(came.read(LARGEST_CAPTIONS + 1))
    except NoCaptions as error:
        raise forms.ValidationError(
            _("These are no captions. Choose a file that ends in .vtt or .srt, saved as UTF-8.")
        ) from error


def let_films_in(form: forms.BaseForm, sender: Sender | None) -> None:
    """Let a block's film come in parts; without a sender it comes with the form alone."""
    for field in form.fields.values():
        if isinstance(field.widget, FilmWidget):
            field.widget.file.sender = sender
