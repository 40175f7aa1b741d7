"""A customer's notes in a part as one Markdown file, to keep, print or take elsewhere."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from content.models import Edition, Note
from content.services.files import tidy_name
from content.services.listening.chapters import clock_of
from content.services.notes.sent import earlier
from core.text import clean_line
from products.models import Part

SPECIAL = re.compile(r"([\\`*_\[\]<>|~])")
STARTS_BLOCK = re.compile(r"^(\s*)([#+\-=]|\d+(?=[.)]))", re.MULTILINE)


def notebook(part: Part, notes: Sequence[Note]) -> str:
    """Return the notes under the chapters they stand in, every word as it was written."""
    lines = [f"# {_escaped(part.product.title)}", ""]
    edition = next(filter(None, map(_edition_of, reversed(notes))), None)
    if edition is not None:
        lines += [_escaped(str(edition)), ""]
    for chapter, here in groupby(notes, key=lambda note: note.chapter):
        if chapter:
            lines += [f"## {_escaped(chapter)}", ""]
        for note in here:
            lines += [*_entry(note), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def notebook_name(part: Part) -> str:
    """Return the name of the file."""
    title = _("My notes from %(title)s") % {"title": clean_line(part.product.title)}
    return tidy_name(f"{title}.md", "md")


def _entry(note: Note) -> list[str]:
    quoted = [f"> {line}" for line in _escaped(note.quote).splitlines()]
    if note.kind == Note.Kind.BOOKMARK:
        quoted = [f"**{_('Bookmark')}**", "", *quoted] if quoted else [f"**{_('Bookmark')}**"]
    written = ["", *_escaped(note.text).splitlines()] if note.text else []
    return [*quoted, *written, "", f"*{_where(note)}*"]


def _edition_of(note: Note) -> Edition | None:
    """Return the edition a note came along to, or was made in."""
    return None if note.asset is None or earlier(note) else note.asset.edition


def _where(note: Note) -> str:
    where = _place(note)
    return f"{where} · {_escaped(earlier(note))}" if earlier(note) else where


def _place(note: Note) -> str:
    day = date_format(localtime(note.created_at), "DATE_FORMAT")
    if "page" in note.anchor:
        return _("Page %(page)s, %(day)s") % {"page": note.anchor["page"], "day": day}
    if "seconds" in note.anchor:
        return _("At %(clock)s, %(day)s") % {"clock": clock_of(note.anchor["seconds"]), "day": day}
    return _("At %(percent)s%%, %(day)s") % {"percent": int(note.fraction * 100), "day": day}


def _escaped(text: str) -> str:
    """Return text that Markdown shows as it is (CommonMark 2.4, backslash escapes)."""
    text = SPECIAL.sub(r"\\\1", text)
    return STARTS_BLOCK.sub(_guarded, text)


def _guarded(start: re.Match[str]) -> str:
    space, sign = start.groups()
    # A number cannot be escaped itself; the dot after it can.
    return f"{space}{sign}\\" if sign.isdigit() else f"{space}\\{sign}"
