"""A worker's part: a picture out of a film, for the time before it plays."""

from __future__ import annotations

import logging
import shutil
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import F

from content.services.files import on_disk
from core.images import PictureRefusedError
from core.limited import MEGABYTE, CrashedError, Limits, TooHeavyError, run_limited
from storefront.models import Film
from storefront.services.pages.pictures import add_picture_at
from stores.scope import all_stores, current_store, store_scope
from stores.services.opening import touch

WORKER = "storefront.services.films.frame"
LIMITS = Limits(memory=2048 * MEGABYTE, cpu_seconds=60, wall_seconds=90)
AGAIN = timedelta(minutes=10)
"""Longer than a picture takes: whoever claimed it and is silent since then was killed."""
MOST_TRIES = 3
AT_A_TIME = 4
EARLY = 0.1
"""Not the first picture, which is black as a rule: after a tenth of the film."""
log = logging.getLogger(__name__)


def program() -> str | None:
    """Return where ffmpeg is; without it a film has the creator's picture, or a plain one."""
    return shutil.which("ffmpeg")


def make_due(now: datetime) -> int:
    """Make the pictures that are due, in all stores; return how many films were looked at."""
    with all_stores():
        due = list(
            Film.objects.filter(poster_due_at__lte=now)
            .select_related("store__look")
            .order_by("poster_due_at")[:AT_A_TIME]
        )
    for film in due:
        with store_scope(film.store):
            _make(film, now)
    return len(due)


def _make(film: Film, now: datetime) -> None:
    claim = Film.objects.filter(pk=film.pk, poster_due_at=film.poster_due_at)
    if not claim.update(poster_due_at=now + AGAIN, poster_tries=F("poster_tries") + 1):
        return  # another worker is at it
    given_up = film.poster_tries >= MOST_TRIES or program() is None
    if given_up or _was_taken(film):
        Film.objects.filter(pk=film.pk).update(poster_due_at=None)


def _was_taken(film: Film) -> bool:
    """Put a picture of the film before it, if one can be taken; say whether that is settled."""
    with tempfile.TemporaryDirectory(prefix="poster-") as folder:
        room = Path(folder)
        target = room / "poster.png"
        try:
            with on_disk(film, room) as source:
                order = {
                    "program": program(),
                    "path": str(source),
                    "to": str(target),
                    "at": round(film.seconds * EARLY, 2),
                }
                is_made = run_limited(WORKER, order, limits=LIMITS)["is_made"]
            if not (is_made and target.exists()):
                log.info("no picture could be taken of film %s", film.public_id)
                return True
            picture = add_picture_at(target)
        except (CrashedError, TooHeavyError, PictureRefusedError, OSError) as error:
            log.warning("no picture of film %s yet: %s", film.public_id, error)
            return False
    with transaction.atomic():
        Film.objects.filter(pk=film.pk).update(poster=picture)
        touch(current_store())
    return True
