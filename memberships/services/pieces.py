"""What stands in a month: texts, recordings, films and files, in order."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import PurePath

from django.db import transaction
from django.db.models import Max

from content.models import Asset, Upload
from content.services.files import keep_file
from content.services.judge import Verdict
from content.services.judge.found import AUDIO, FILMS
from content.services.searching import Section, index_text
from content.services.uploads.keeping import keep_upload
from core.text import clean_line
from memberships.models import Drop, Words
from products.models import Part
from stores.scope import current_store
from stores.services.opening import touch

TEXT, SOUND, FILM, FILE = "text", "sound", "film", "file"
KINDS = (TEXT, SOUND, FILM, FILE)
"""The kinds of parts in a month."""
LONGEST_TITLE = 200


def pieces_of(drop: Drop) -> list[Part]:
    """Return all pieces of a month in order, those taken out last."""
    rows = list(Part.objects.filter(parent=drop.part_id))
    return sorted(rows, key=lambda part: (part.published_at is None, part.position, part.pk))


def titles_in(months: Iterable[int]) -> dict[int, list[str]]:
    """Return what the pieces of months are called, in order, by the primary key of their part."""
    found: dict[int, list[str]] = {}
    rows = Part.objects.filter(parent__in=set(months)).published().order_by("position", "id")
    for parent, title in rows.values_list("parent", "title"):
        found.setdefault(parent or 0, []).append(title)
    return found


@transaction.atomic
def add_text(drop: Drop, *, title: str, text: str, now: datetime) -> Part:
    """Put a text behind what stands in a month."""
    part = _add(drop, TEXT, title, now)
    set_text(part, title=title, text=text, now=now)
    return part


@transaction.atomic
def set_text(part: Part, *, title: str, text: str, now: datetime) -> None:
    """Set what a text says and is called; it is found by its words from now on."""
    Part.objects.filter(pk=part.pk).update(title=title)
    Words.objects.update_or_create(part=part, defaults={"text": text})
    index_text(part, [Section(text, title)], now)
    touch(current_store())


@transaction.atomic
def add_file(drop: Drop, came: Upload | Verdict, *, title: str, name: str, now: datetime) -> Asset:
    """Put a judged file behind what stands in a month; without a title it has the file's, or its
    name. Refused ``gone`` when another form took it meanwhile."""
    said = came.facts.get("title", "") if isinstance(came, Upload) else came.title
    shown = clean_line(title or said or PurePath(name).stem)[:LONGEST_TITLE]
    part = _add(drop, kind_of(came.kind), shown, now)
    asset = _keep(part, came, name, now)
    touch(current_store())
    return asset


@transaction.atomic
def replace_file(part: Part, came: Upload | Verdict, *, name: str, now: datetime) -> Asset:
    """Let another file of its kind take the place of a piece's; places in it stay."""
    asset = _keep(part, came, name, now)
    touch(current_store())
    return asset


def kind_of(file_kind: str) -> str:
    """Return what kind of piece a file makes."""
    if file_kind in FILMS:
        return FILM
    return SOUND if file_kind in AUDIO else FILE


@transaction.atomic
def change(part: Part, *, title: str, preview: bool) -> None:
    """Set what a piece is called and whether it is open to anyone."""
    Part.objects.filter(pk=part.pk).update(title=title, preview=preview)
    touch(current_store())


@transaction.atomic
def move(part: Part, by: int) -> None:
    """Move a piece one place up (-1) or down (+1) among those of its month."""
    rows = Part.objects.filter(parent=part.parent_id).published()
    order = list(rows.select_for_update(of=("self",), no_key=True).order_by("position", "id"))
    here = next((at for at, each in enumerate(order) if each.pk == part.pk), None)
    if here is None:
        return
    order.insert(min(max(here + by, 0), len(order) - 1), order.pop(here))
    for position, each in enumerate(order):
        each.position = position
    Part.objects.bulk_update(order, ["position"])
    touch(current_store())


@transaction.atomic
def take_out(part: Part) -> None:
    """Take a piece away from members; it stays below the month, to be put back."""
    Part.objects.filter(pk=part.pk).update(published_at=None)
    touch(current_store())


@transaction.atomic
def put_back(part: Part, now: datetime) -> None:
    """Put a piece back that was taken out, at the end."""
    position = _last(part.parent_id or 0)
    Part.objects.filter(pk=part.pk, published_at=None).update(published_at=now, position=position)
    touch(current_store())


def _add(drop: Drop, kind: str, title: str, now: datetime) -> Part:
    """Make a piece; it opens with its month, so its own moment is now."""
    made: Part = Part.objects.create(
        product_id=drop.club_id,
        parent_id=drop.part_id,
        kind=kind,
        title=title[:LONGEST_TITLE],
        position=_last(drop.part_id),
        published_at=now,
    )
    return made


def _last(parent_id: int) -> int:
    last: int | None = Part.objects.filter(parent=parent_id).aggregate(n=Max("position"))["n"]
    return 0 if last is None else last + 1


def _keep(part: Part, came: Upload | Verdict, name: str, now: datetime) -> Asset:
    if isinstance(came, Upload):
        asset = keep_upload(part, came, now=now)
    else:
        asset = keep_file(part, came, original_name=name, now=now)
    seconds = asset.facts.get("seconds")
    part.length_seconds = round(seconds) if seconds else None
    part.save(update_fields=["length_seconds"])
    return asset
