"""What was found in the files that came with a form, and how it is said."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from content.forms.uploads import SUFFIX
from content.models import Upload
from content.services.judge import Verdict, Warned
from content.services.judge.found import UNSTAMPABLE
from content.services.judge.reasons import warning_sentence
from content.services.uploads.keeping import waiting
from ebooks.forms import FILE_FIELDS
from ebooks.services.files import (
    SAMPLE,
    Judged,
)
from stores.admin.site import staff_asking

SLOT_NAMES = {
    "epub": gettext_lazy("EPUB"),
    "pdf": gettext_lazy("PDF"),
    "sample": gettext_lazy("sample"),
}


def warnings_about(slot: str, verdict: Verdict) -> list[Warned]:
    """Return what the judge warns of; nobody's name is put into a sample."""
    return [each for each in verdict.warnings if slot != SAMPLE or each.code != UNSTAMPABLE]


def said(warning: Any) -> str:
    """Return a warning of the judge as a sentence."""
    return warning_sentence(warning.code, warning.detail)


def arrived_of(request: HttpRequest) -> dict[str, Upload]:
    """Return, by slot, the files that came in parts before the form that names them."""
    staff, found = staff_asking(request), {}
    for name, slot in FILE_FIELDS.items():
        named = request.POST.get(name + SUFFIX)
        if named and staff is not None and name not in request.FILES:
            upload = waiting(staff, named)
            if upload is not None:
                found[slot] = upload
    return found


def judged_of(request: HttpRequest) -> Judged:
    """Return what was found in this request's uploads."""
    found: Judged = getattr(request, "judged", None) or Judged()
    return found


def say_moved(request: HttpRequest, moved: int) -> None:
    """Say to how many buyers it was told that their copy is posted on another day."""
    if moved:
        words = ngettext(
            "%(n)s buyer of the printed book was told of the new day.",
            "%(n)s buyers of the printed book were told of the new day.",
            moved,
        )
        messages.success(request, words % {"n": moved})


def say_refusals(request: HttpRequest, found: Judged) -> None:
    """Say why files were refused, and that everything else was kept."""
    for slot, refused in found.refused.items():
        kept = _("Everything else was saved.")
        messages.error(request, f"{found.names[slot]}: {refused.sentence} {kept}")
