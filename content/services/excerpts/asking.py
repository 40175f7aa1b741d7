"""Asking for a sample of a book's file: a due row, made in the background."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from content.models import Asset, Excerpt
from content.services.excerpts import sheets
from content.services.excerpts.chapters import chapters_of
from content.services.files import current_file
from core.queue import wake
from products.models import Part

WORK_SMALL = "content.tasks.make_small_excerpts_in"
WORK_LARGE = "content.tasks.make_large_excerpts_in"
SMALL = 48 * 1024 * 1024
"""Files up to this many bytes are taken apart by the worker that is never busy with films."""
MUCH = 30
"""From so many percent on a sample gives away much of the book."""


def pick_chapters(part: Part, source: Part, paths: Sequence[str], now: datetime) -> Excerpt | None:
    """Let ``part`` be these chapters of the EPUB of ``source``; None where none of them is in it.

    What was picked before and made is not made again.
    """
    chapters = chapters_of(file_read(source, now).facts)
    picked = [each for each in chapters if each.path in set(paths)]
    if not picked:
        return None
    chosen = {"chapters": [[each.path, each.title] for each in picked]}
    return _ask(part, source, chosen, sum(each.share for each in picked), now)


def pick_pages(part: Part, source: Part, spans: sheets.Spans, now: datetime) -> Excerpt:
    """Let ``part`` be these pages of the PDF of ``source``; they are among its pages."""
    of = int(file_read(source, now).facts.get("pages") or 0)
    chosen = {"pages": [list(span) for span in spans], "of": of}
    return _ask(part, source, chosen, sheets.count_of(spans) / max(of, 1), now)


def follow(source: Part, now: datetime) -> None:
    """Have the sample made anew that was picked of a part's file, because that file is new."""
    rows = Excerpt.objects.filter(source=source)
    if rows.update(due_at=now, claimed_until=None, tries=0, failed_at=None, unmatched_at=None):
        _wake(source)


def give_up_picking(part: Part) -> None:
    """Let ``part`` no longer be made of the book; the file it has is not touched."""
    Excerpt.objects.filter(part=part).delete()


def file_read(source: Part, now: datetime) -> Asset:
    """Return the file of a part that is read now; Asset.DoesNotExist where none is out."""
    found = current_file(source, now)
    if found is None:
        raise Asset.DoesNotExist(source.public_id)
    return found


@transaction.atomic
def _ask(part: Part, source: Part, chosen: dict[str, Any], share: float, now: datetime) -> Excerpt:
    locked: Part = Part.objects.select_for_update(no_key=True).get(pk=part.pk)
    row: Excerpt | None = Excerpt.objects.filter(part=locked).first()
    if row is not None and row.chosen == chosen and row.source_id == source.pk and _stands(row):
        return row
    row = row or Excerpt(part=locked)
    row.source, row.chosen, row.share = source, chosen, min(100, round(share * 100))
    row.asked_at = row.due_at = now
    row.claimed_until = row.failed_at = row.unmatched_at = None
    row.tries = 0
    row.save()
    _wake(source)
    return row


def _wake(source: Part) -> None:
    is_small = not source.assets.filter(size__gt=SMALL).exists()
    wake(WORK_SMALL if is_small else WORK_LARGE, source.store_id)


def _stands(row: Excerpt) -> bool:
    return row.due_at is not None or (row.made_at is not None and row.unmatched_at is None)
