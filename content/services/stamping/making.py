"""Making the copies that are due: claimed by a conditional UPDATE, written in a limited process."""

from __future__ import annotations

import logging
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.files import File
from django.db import transaction
from django.db.models import F

from content.models import Asset, StampedCopy
from content.services.files import on_disk, private, sha256_of
from content.services.stamping.copies import SMALL
from content.services.stamping.line import FacesMissingError, Line, line_of
from core.limited import CrashedError, Limits, TooHeavyError, run_limited
from stores.scope import all_stores

WORKER = "content.services.stamping.worker"
CLAIMED_FOR = timedelta(minutes=11)
"""Longer than a task may take, so a row is claimed twice only when its worker died."""
MOST_TRIES = 3
AGAIN_AFTER = timedelta(seconds=20)
ROOM = Limits(cpu_seconds=420, wall_seconds=480)
log = logging.getLogger(__name__)


class Unstampable(Exception):
    """A copy that cannot be made, however often it is tried."""


def stores_with_due(now: datetime, *, is_small: bool) -> list[int]:
    """Return the stores in which copies are to be made, of small files or of large ones."""
    with all_stores():
        due = StampedCopy.objects.due(now)
        due = due.no_larger(SMALL) if is_small else due.larger(SMALL)
        return list(due.order_by().values_list("store_id", flat=True).distinct())


def work_due(now: datetime, *, is_small: bool, most: int) -> bool:
    """Make up to so many due copies of the store in scope; return whether more are due."""
    due = StampedCopy.objects.due(now)
    due = due.no_larger(SMALL) if is_small else due.larger(SMALL)
    for pk in list(due.order_by("due_at", "id").values_list("pk", flat=True)[:most]):
        if _claim(pk, now):
            make(StampedCopy.objects.select_related(*_NEEDED).get(pk=pk), now)
    return bool(due.exists())


_NEEDED = ("asset", "access__product", "access__customer__user")


def _claim(pk: int, now: datetime) -> bool:
    claimed = StampedCopy.objects.due(now).filter(pk=pk)
    return bool(claimed.update(claimed_until=now + CLAIMED_FOR, tries=F("tries") + 1))


def make(copy: StampedCopy, now: datetime) -> None:
    """Make a claimed copy and write down how it went: made, to be tried again, or given up."""
    if copy.tries > MOST_TRIES:  # whoever tried last was killed by it
        _give_up(copy, now)
        return
    line = line_of(copy.access)
    copy = _known_by(line, copy, now)
    if copy.is_ready:
        return
    try:
        with TemporaryDirectory(prefix="copy-") as folder:
            target = Path(folder) / "copy"
            write_copy(copy.asset, target, line, mark=copy.public_id, room=Path(folder))
            _keep(copy, target, line, now)
    except Unstampable as refused:
        log.warning("Copy %s cannot be made: %s", copy.public_id, refused)
        _give_up(copy, now)
    except (TooHeavyError, CrashedError, FacesMissingError, OSError) as trouble:
        log.warning("Copy %s was not made: %s", copy.public_id, trouble)
        if copy.tries >= MOST_TRIES:
            _give_up(copy, now)
        else:
            later = now + AGAIN_AFTER * 4**copy.tries
            StampedCopy.objects.filter(pk=copy.pk).update(due_at=later, claimed_until=None)


def write_copy(asset: Asset, target: Path, line: Line, *, mark: str, room: Path) -> None:
    """Write the file of ``asset`` with this line and mark to ``target``; Unstampable if it cannot.

    ``room`` is a folder for what is needed on the way.
    """
    request: dict[str, object] = {
        "kind": asset.kind,
        "target": str(target),
        "words": asdict(line) | {"mark": mark},
    }
    if asset.kind == Asset.Kind.PDF:
        drawn = room / "line.pdf"
        from content.services.stamping.drawing import draw  # late: see core.sheets

        drawn.write_bytes(draw(line))
        request |= {"drawn": str(drawn), "words": {"mark": mark, "line": line.plain}}
    with on_disk(asset, room) as source:
        answer = run_limited(WORKER, request | {"source": str(source)}, limits=ROOM)
    if "refused" in answer:
        raise Unstampable(answer["refused"])


def _known_by(line: Line, copy: StampedCopy, now: datetime) -> StampedCopy:
    """Return the row of the copy with these words: this one, or the one that had them before.

    So a copy that is made again, after a holder came back, keeps its mark.
    """
    same: StampedCopy | None = (
        StampedCopy.objects.filter(access=copy.access_id, asset=copy.asset_id, version=line.version)
        .exclude(pk=copy.pk)
        .select_related(*_NEEDED)
        .first()
    )
    if same is None:
        return copy
    StampedCopy.objects.filter(pk=copy.pk).delete()
    if not same.is_ready:
        claim = {"due_at": now, "claimed_until": now + CLAIMED_FOR, "tries": copy.tries}
        StampedCopy.objects.filter(pk=same.pk).update(**claim)
        same.tries = copy.tries
    return same


@transaction.atomic
def _keep(copy: StampedCopy, target: Path, line: Line, now: datetime) -> None:
    """Keep the file and say that it is there; if that fails, a file no row names may stay."""
    where = f"{Path(copy.asset.name).parent.as_posix()}/copies/{copy.public_id}.{copy.asset.kind}"
    old = copy.name
    with target.open("rb") as opened:
        copy.name = private().save(where, File(opened))
    copy.version = line.version
    copy.size = target.stat().st_size
    copy.sha256 = sha256_of(target)
    copy.made_at = now
    copy.due_at = copy.claimed_until = copy.failed_at = copy.dropped_at = None
    copy.save()
    if old:
        transaction.on_commit(partial(private().delete, old), robust=True)


def _give_up(copy: StampedCopy, now: datetime) -> None:
    StampedCopy.objects.filter(pk=copy.pk).update(due_at=None, claimed_until=None, failed_at=now)
