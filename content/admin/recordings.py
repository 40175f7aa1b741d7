"""The recordings of a product in the admin: many files at once, ordered, named, with chapters."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext as _

from content.forms.recordings import NewRecordingsForm, RecordingForm
from content.forms.uploads import Arrived
from content.models import Upload
from content.services.judge import Refused, Verdict, judge
from content.services.judge.found import AUDIO
from content.services.judge.reasons import warning_sentence
from content.services.listening.album import add_recording, arrange, recordings_of
from content.services.listening.chapters import clock_of
from core import clock
from products.models import Product
from stores.admin import log
from stores.admin.site import staff_of
from stores.services.log import write


class RecordingViews:
    """What a format's admin inherits whose products can be heard: a page "Audio"."""

    admin_site: Any
    opts: Any
    get_object: Any
    has_view_permission: Any
    has_change_permission: Any
    sender: Any
    tabs: Any
    url_of: Any
    title_of: Any

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Add the page."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_audio"
        view = self.admin_site.admin_view(self.audio_view)
        return [path("<int:pk>/audio/", view, name=name), *super().get_urls()]  # type: ignore[misc]  # of the admin this is mixed into

    def audio_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the recordings; keep their order, names, chapters and what is new on POST."""
        product: Product | None = self.get_object(request, str(pk))
        if product is None:
            raise Http404
        if not self.has_view_permission(request, product):
            raise PermissionDenied
        typed = request.POST if request.method == "POST" else None
        if typed is not None and not self.has_change_permission(request, product):
            raise PermissionDenied
        assets = recordings_of(product)
        forms = [RecordingForm(typed, asset=each, place=n) for n, each in enumerate(assets, 1)]
        new = NewRecordingsForm(typed, request.FILES or None, sender=self.sender(request))
        if typed is not None and all([new.is_valid(), *[form.is_valid() for form in forms]]):
            arrange(product, [form.wanted for form in forms])
            self._add(request, product, new.cleaned_data["sound_files"])
            write(staff_of(request), log.CHANGE, product, [_("Audio")])
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(request.path)
        context = {
            **self.admin_site.each_context(request),
            "title": self.title_of(product),
            "back_url": self.url_of(product),
            "tabs": self.tabs(request, product),
            "forms": forms,
            "new": new,
            "media": new.media,
            "length": clock_of(sum(form.seconds for form in forms)),
            "has_errors": typed is not None,
            "may_save": self.has_change_permission(request, product),
        }
        return TemplateResponse(request, "content/admin/recordings.html", context)

    def _add(self, request: HttpRequest, product: Product, files: list[UploadedFile[Any]]) -> None:
        """Keep each new recording; a refusal is said, and keeps the others from nothing."""
        for file in sorted(files, key=lambda each: natural(each.name or "")):
            name = Path(file.name or "recording").name[:200]
            try:
                with came(file) as found:
                    add_recording(product, found, name=name, now=clock.now())
                    for code, detail in _warnings(found):
                        messages.warning(request, f"{name}: {warning_sentence(code, detail)}")
            except Refused as refused:
                messages.error(request, f"{name}: {refused.sentence}")


@contextmanager
def came(file: UploadedFile[Any]) -> Iterator[Upload | Verdict]:
    """Yield what the judge found: before, of a file that came in parts, or now."""
    if isinstance(file, Arrived):
        yield file.row
        return
    with TemporaryDirectory(prefix="recording-") as folder:
        here = Path(folder) / "upload"
        with here.open("wb") as copy:
            for chunk in file.chunks():
                copy.write(chunk)
        yield judge(here, into=Path(folder), accept=AUDIO, name=file.name or "")


def _warnings(found: Upload | Verdict) -> list[tuple[str, dict[str, str | int]]]:
    if isinstance(found, Upload):
        return [(code, detail) for code, detail in found.facts.get("warnings", ())]
    return [(each.code, each.detail) for each in found.warnings]


def natural(name: str) -> list[tuple[int, str]]:
    """Return how a name is ordered by a person: "2" comes before "10"."""
    found: list[tuple[int, str]] = []
    digits = ""
    for letter in f"{name.casefold()}\0":
        if letter.isdecimal():
            digits += letter
            continue
        if digits:
            found.append((int(digits), ""))
            digits = ""
        found.append((-1, letter))
    return found
