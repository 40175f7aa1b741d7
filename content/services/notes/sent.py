"""What a reader's script sends of a note, made sure of; and what is sent back."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from content.errors import BadNote
from content.models import Note
from core.text import clean_line, clean_text

LONGEST_SENT = 24_000
LONGEST_CFI = 1_500
LONGEST_QUOTE = 2_000
LONGEST_TEXT = 5_000
LONGEST_CHAPTER = 200
MOST_RECTANGLES = 60
MOST_PAGES = 100_000
LONGEST_FILE = 20
MOST_SECONDS = 1_000_000
LONGEST_TRACK = 20
FIELDS = {"kind", "colour", "anchor", "fraction", "chapter", "quote", "text"}

Anchor = dict[str, Any]


@dataclass(frozen=True)
class NoteSent:
    """A note as its maker wants it.

    ``anchor`` is ``{"cfi": …}`` in an EPUB (a point for a bookmark, else a range), or in a PDF
    ``{"page": n, "rects": [[x, y, width, height], …]}`` with n from 1 and rectangles as parts of
    the page, 0 to 1 from its top left, or in a recording ``{"track": id, "seconds": s}``.
    ``fraction`` says how far along the part it stands.
    """

    kind: str
    anchor: Anchor
    fraction: float
    colour: str = Note.Colour.YELLOW
    chapter: str = ""
    quote: str = ""
    text: str = ""
    file: str = ""
    """The public id of the file its anchor is of; empty for the one that is read now."""


def parse_note(body: bytes) -> NoteSent:
    """Return the note a reader's script sent; BadNote for anything it would not send."""
    if len(body) > LONGEST_SENT:
        raise BadNote("too long")
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadNote("no JSON") from error
    if not isinstance(sent, dict) or set(sent) - {"file"} != FIELDS:
        raise BadNote(f"an object of {sorted(FIELDS)} is expected")
    if sent["kind"] not in Note.Kind.values or sent["colour"] not in Note.Colour.values:
        raise BadNote("an unknown kind or colour")
    text = _words(sent["text"], LONGEST_TEXT).strip()
    if sent["kind"] == Note.Kind.NOTE and not text:
        raise BadNote("a note has words")
    return NoteSent(
        kind=sent["kind"],
        colour=sent["colour"],
        anchor=_anchor(sent["anchor"]),
        fraction=_part_of_one(sent["fraction"]),
        chapter=clean_line(_words(sent["chapter"], LONGEST_CHAPTER)),
        quote=clean_line(_words(sent["quote"], LONGEST_QUOTE)),
        text=text,
        file=_words(sent.get("file", ""), LONGEST_FILE),
    )


def plain(note: Note) -> dict[str, Any]:
    """Return a note as the reader's script reads it."""
    fields = {field: getattr(note, field) for field in sorted(FIELDS)}
    file = note.asset.public_id if note.asset is not None else ""
    return fields | {"name": note.name, "at": note.updated_at.isoformat(), "file": file}


def shown(note: Note) -> dict[str, Any]:
    """Return a note as the reader lists it: one whose words are gone says where it is from."""
    return plain(note) | {"earlier": earlier(note)}


def earlier(note: Note) -> str:
    """Return, in a sentence, of which earlier edition a note is; empty for one that came along."""
    if note.sought_in_id is None or note.sought_in_id == note.asset_id:
        return ""
    edition = note.asset.edition if note.asset is not None else None
    if edition is None:
        return _("From an earlier edition. These words are no longer in the book.")
    words = _("From an earlier edition (%(edition)s). These words are no longer in the book.")
    return words % {"edition": edition.name or edition.number}


def _anchor(anchor: object) -> Anchor:
    if isinstance(anchor, dict) and set(anchor) == {"cfi"}:
        cfi = _words(anchor["cfi"], LONGEST_CFI)
        if cfi.startswith("epubcfi(") and cfi.endswith(")"):
            return {"cfi": cfi}
    if isinstance(anchor, dict) and set(anchor) == {"page", "rects"}:
        return {"page": _page(anchor["page"]), "rects": _rectangles(anchor["rects"])}
    if isinstance(anchor, dict) and set(anchor) == {"track", "seconds"}:
        track = _words(anchor["track"], LONGEST_TRACK)
        return {"track": track, "seconds": _seconds(anchor["seconds"])}
    raise BadNote("a CFI, a page and rectangles, or a track and seconds are expected")


def _seconds(seconds: object) -> float:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise BadNote("a number of seconds is expected")
    if not 0 <= seconds <= MOST_SECONDS:
        raise BadNote("no recording is that long")
    return float(seconds)


def _page(page: object) -> int:
    if isinstance(page, bool) or not isinstance(page, int) or not 1 <= page <= MOST_PAGES:
        raise BadNote("a page is a number from 1")
    return page


def _rectangles(rectangles: object) -> list[list[float]]:
    if not isinstance(rectangles, list) or len(rectangles) > MOST_RECTANGLES:
        raise BadNote("a list of rectangles is expected")
    if not all(isinstance(each, list) and len(each) == 4 for each in rectangles):  # noqa: PLR2004 -- x, y, width, height
        raise BadNote("a rectangle is four numbers")
    return [[_part_of_one(number) for number in each] for each in rectangles]


def _part_of_one(number: object) -> float:
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise BadNote("a number is expected")
    if not math.isfinite(number) or not 0 <= number <= 1:
        raise BadNote("a number between 0 and 1 is expected")
    return float(number)


def _words(words: object, longest: int) -> str:
    if not isinstance(words, str) or len(words) > longest:
        raise BadNote("text that fits is expected")
    return clean_text(words)
