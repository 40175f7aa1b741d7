"""The sentences of uploads: what became of a file, and why a part was not taken."""

from collections.abc import Mapping

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from content.errors import BadUpload
from content.models import Upload
from content.services.judge.reasons import Refused, warning_sentence
from core.images import REFUSALS as PICTURE_REFUSALS

SENTENCES = {
    "nonsense": gettext_lazy("This page is out of date. Load it again and choose the file again."),
    "empty": gettext_lazy("This file is empty. Export it again and choose the new file."),
    "too_large": gettext_lazy("This file is too large: up to {most} MB can be taken here."),
    "too_many": gettext_lazy(
        "{count} files are on their way already. Save or remove some of them first."
    ),
    "too_much": gettext_lazy(
        "More than {most} GB are on their way already. Save or remove some files first."
    ),
    "too_often": gettext_lazy("Many files were begun within an hour. Try again in a while."),
    "no_room": gettext_lazy("There is no room for this file right now. Try again later."),
    "no_such_part": gettext_lazy("There is no part {number}: this file has {count} parts."),
    "wrong_size": gettext_lazy("Part {number} has another size than it should. It is sent again."),
    "wrong_hash": gettext_lazy("Part {number} was damaged on its way. It is sent again."),
    "not_announced": gettext_lazy("Part {number} came without being announced. It is sent again."),
    "here": gettext_lazy("Part {number} is here already."),
    "changed": gettext_lazy(
        "This file is not the one that was begun: part {number} differs. It begins anew."
    ),
    "missing": gettext_lazy("{count} parts have not arrived yet. They are sent again."),
    "closed": gettext_lazy("This file has arrived already; no more parts are taken."),
    "elsewhere": gettext_lazy("The parts of this file go straight to the storage, not here."),
    "storage": gettext_lazy("The storage does not answer right now. It goes on by itself."),
}
"""Keyed by the code of a BadUpload."""
STATUS = {
    "too_large": 413,
    "too_often": 429,
    "no_room": 507,
    "no_such_part": 404,
    "wrong_hash": 422,
    "storage": 503,
} | dict.fromkeys(
    ("here", "changed", "missing", "closed", "too_many", "too_much", "elsewhere", "not_announced"),
    409,
)
"""The HTTP status of a code; what is not listed is a 400."""


def sentence_of(bad: BadUpload) -> str:
    """Return why, in the current language."""
    return str(SENTENCES[bad.code]).format(**bad.detail)


def said(upload: Upload) -> str:
    """Return what became of the file, in the current language; nothing while it comes."""
    if upload.state == Upload.State.ARRIVED:
        return _("It has arrived and is being looked at.")
    if upload.state == Upload.State.REFUSED:
        return refusal_sentence(upload.refusal)
    if upload.state == Upload.State.READY:
        size = filesizeformat(upload.clean_size)
        kind = upload.kind.upper() if upload.kind != Upload.Purpose.PICTURE else _("Picture")
        good = _("%(kind)s, %(size)s. It is kept when you save.") % {"kind": kind, "size": size}
        return " ".join([good, *warnings_of(upload)])
    return ""


def warnings_of(upload: Upload) -> list[str]:
    """Return what the creator should know though the file was taken."""
    return [warning_sentence(code, detail) for code, detail in upload.facts.get("warnings", ())]


def refusal_sentence(refusal: Mapping[str, object]) -> str:
    """Return why the judge refused a file: a book, or a picture."""
    code, detail = str(refusal.get("code", "broken")), refusal.get("detail")
    if refusal.get("is_picture"):
        return str(PICTURE_REFUSALS[code])
    return str(Refused(code, detail if isinstance(detail, dict) else {}))
