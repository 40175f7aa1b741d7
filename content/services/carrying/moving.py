"""Working off new files: what readers left in the one before is moved, batch by batch.

A row is claimed by a conditional UPDATE. What was moved says which file it is of now, and what was
looked for in vain says where, so nothing is moved or looked for twice, whoever is killed.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

from django.db import transaction
from django.db.models import F, Q, QuerySet

from content.models import Asset, Carry, Note, Progress
from content.services.files import current_file, on_disk
from core.limited import CrashedError, Limits, TooHeavyError, run_limited
from products.models import Part
from stores.scope import all_stores

WORKER = "content.services.carrying.worker"
ROOM = Limits(cpu_seconds=240, wall_seconds=300)
CLAIMED_FOR = timedelta(minutes=11)
"""Longer than a task may take, so a row is claimed twice only when its worker died."""
MOST_TRIES = 3
AGAIN_AFTER = timedelta(seconds=30)
BATCH = 500
log = logging.getLogger(__name__)

Left: TypeAlias = Note | Progress


def stores_with_carries(now: datetime) -> list[int]:
    """Return the stores in which readers are to follow to a new file."""
    with all_stores():
        return sorted(set(_due(now).values_list("store_id", flat=True)))


def work(now: datetime, *, batches: int) -> bool:
    """Move what is due in the store in scope, at most so many batches; say whether more waits."""
    for pk in list(_due(now).order_by("pk").values_list("pk", flat=True)):
        if not batches:
            return True
        if _due(now).filter(pk=pk).update(claimed_until=now + CLAIMED_FOR, tries=F("tries") + 1):
            row = Carry.objects.select_related("asset__part").get(pk=pk)
            batches = _work_off(row, now, batches)
    return bool(_due(now).exists())


def follow_up(part: Part, left_in: Sequence[tuple[int | None, int | None]], now: datetime) -> None:
    """Look once more for what came late to an earlier file, from a device that was away.

    ``left_in`` are pairs of the file of something, and the last in which it was looked for.
    """
    if not left_in:
        return
    current = current_file(part, now)
    if current is None or all(current.pk in pair for pair in left_in):
        return
    done = Carry.objects.filter(asset=current, due_at=None, failed_at=None)
    done.update(due_at=now, tries=0)


def _due(now: datetime) -> QuerySet[Carry]:
    unclaimed = Q(claimed_until=None) | Q(claimed_until__lt=now)
    found: QuerySet[Carry] = Carry.objects.filter(unclaimed, due_at__lte=now)
    return found


def _work_off(row: Carry, now: datetime, batches: int) -> int:
    """Move batches to one file until nothing waits; write down how it went; return what is left."""
    if row.tries > MOST_TRIES:  # whoever tried last was killed by it
        _close(row, failed_at=now)
        return batches
    try:
        while batches and _move_batch(row.asset):
            batches -= 1
    except (TooHeavyError, CrashedError, OSError) as trouble:
        log.warning("Readers cannot follow to %s: %s", row.asset.public_id, trouble)
        if row.tries >= MOST_TRIES:
            _close(row, failed_at=now)
        else:
            _close(row, due_at=now + AGAIN_AFTER * 4**row.tries)
        return batches
    if batches:
        _close(row, done_at=now)
    else:
        Carry.objects.filter(pk=row.pk).update(claimed_until=None, tries=0)
    return batches


def _close(row: Carry, **how: datetime) -> None:
    kept: dict[str, Any] = {"due_at": None, "claimed_until": None, **how}
    Carry.objects.filter(pk=row.pk).update(**kept)


def _move_batch(new: Asset) -> bool:
    """Move the next that was left in one earlier file; say whether there was any."""
    old, left = _next(new)
    if not left:
        return False
    if old is None or old.kind != new.kind:
        found: dict[str, Any] = {}
    else:
        found = _asked(old, new, left)
    _keep(new, left, found)
    return True


def _next(new: Asset) -> tuple[Asset | None, list[Left]]:
    """Return an earlier file and what is to follow from it; notes first, then places."""
    in_turn = Asset.objects.in_turn().filter(part=new.part_id)
    turn = list(in_turn)
    before = turn[: [each.pk for each in turn].index(new.pk)]
    by_pk = {each.pk: each for each in before}
    notes = Note.objects.filter(part=new.part_id).exclude(sought_in=new.pk)
    places = Progress.objects.filter(part=new.part_id)
    for rows in (notes, places):
        waiting = rows.filter(Q(asset=None) | Q(asset__in=by_pk)).order_by("asset", "pk")
        first: Left | None = waiting.first()
        if first is not None:
            same = list(waiting.filter(asset=first.asset_id)[:BATCH])
            old = by_pk.get(first.asset_id or 0, before[-1] if before else None)
            return old, same
    return None, []


def _asked(old: Asset, new: Asset, left: Sequence[Left]) -> dict[str, Any]:
    """Return where each stands in the new file, by its primary key, as the limited process says."""
    with TemporaryDirectory(prefix="carry-") as folder:
        room = Path(folder)
        with on_disk(old, room) as old_path, on_disk(new, room) as new_path:
            request = {
                "kind": new.kind,
                "old": str(old_path),
                "new": str(new_path),
                "wanted": [_wanted(each) for each in left],
            }
            answer = run_limited(WORKER, request, limits=ROOM)
    found: dict[str, Any] = answer["found"]
    return found


def _wanted(left: Left) -> dict[str, Any]:
    if isinstance(left, Progress):
        told = {"kind": "place", "anchor": left.place, "quote": "", "chapter": ""}
    else:
        told = {"kind": left.kind, "anchor": left.anchor, "quote": left.quote}
        told["chapter"] = left.chapter
    return {"key": str(left.pk), "fraction": left.fraction, **told}


@transaction.atomic
def _keep(new: Asset, left: Sequence[Left], found: dict[str, Any]) -> None:
    """Write what was found over what was not changed meanwhile; the rest is looked for anew."""
    model = type(left[0])
    read = {each.pk: (each.asset_id, each.updated_at) for each in left}
    locked = model.objects.select_for_update(no_key=True).filter(pk__in=read)
    rows = [each for each in locked if (each.asset_id, each.updated_at) == read[each.pk]]
    for row in rows:
        _put(row, new, found.get(str(row.pk)))
    fields = ["asset", "fraction", *(("place",) if model is Progress else NOTE_FIELDS)]
    model.objects.bulk_update(rows, fields)


NOTE_FIELDS = ("anchor", "chapter", "sought_in")


def _put(row: Left, new: Asset, found: dict[str, Any] | None) -> None:
    if isinstance(row, Progress):
        row.asset = new
        row.place = found["anchor"] if found else row.place
    else:
        row.sought_in = new
        if found:
            row.asset, row.anchor = new, found["anchor"]
            row.chapter = (found["chapter"] or row.chapter)[:200]
    if found:
        row.fraction = min(1.0, max(0.0, float(found["fraction"])))
