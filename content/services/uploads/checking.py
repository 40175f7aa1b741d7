"""A worker's part: what has arrived is judged in the limited process, taken or refused."""

from __future__ import annotations

import hashlib
import logging
import tempfile
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.files import File
from django.db.models import F, Q

from content.errors import BadUpload
from content.models import Upload, UploadPart
from content.services.files import facts_of, private, sha256_of
from content.services.judge import Refused, Verdict, judge
from content.services.judge.found import AUDIO, Kind
from content.services.uploads.disk import raw_name
from content.services.uploads.sending import drop, receiver
from content.services.uploads.sizes import length_of
from core.images import PictureRefusedError, look_at_picture
from stores.scope import all_stores

log = logging.getLogger(__name__)
ACCEPTED: dict[str, tuple[Kind, ...]] = {
    Upload.Purpose.EPUB: ("epub",),
    Upload.Purpose.PDF: ("pdf",),
    Upload.Purpose.BOOK: ("epub", "pdf"),
    Upload.Purpose.FILM: ("mp4", "mov"),
    Upload.Purpose.TRAILER: ("mp4", "mov"),
    Upload.Purpose.AUDIO: AUDIO,
}
CLAIM = timedelta(minutes=15)
"""Longer than a task may run: whoever claimed it and is silent since then was killed."""
MOST_TRIES = 3
KEPT = timedelta(days=7)
"""How long a file waits for its next part, or for the form that keeps it."""
CHUNK = 1024 * 1024


def stores_with_arrived(now: datetime) -> list[int]:
    """Return the stores in which a file has arrived and nobody is at it."""
    with all_stores():
        return sorted(set(_due(now).values_list("store_id", flat=True)))


def stores_with_forgotten(now: datetime) -> list[int]:
    """Return the stores in which a file waited too long."""
    with all_stores():
        return sorted(set(_forgotten(now).values_list("store_id", flat=True)))


def check_next(now: datetime) -> bool:
    """Judge one file that arrived in the store in scope; say whether there was one."""
    upload: Upload | None = _due(now).first()
    if upload is None:
        return False
    free = Upload.objects.filter(pk=upload.pk, claimed_at=upload.claimed_at)
    if free.update(claimed_at=now, tries=F("tries") + 1):
        upload.refresh_from_db()
        _check(upload, now)
    return True


def forget(now: datetime) -> None:
    """Let go of what waited a week: parts at the storage, judged copies, rows."""
    for upload in _forgotten(now):
        try:
            drop(upload)
        except BadUpload as bad:  # the storage is away; the next sweep comes
            log.warning("could not let go of %s: %s", upload.public_id, bad)


def forget_orphans(now: datetime) -> None:
    """Abort what the storage was told to begin and no row names; across all stores."""
    receiver().drop_orphans(now - KEPT - timedelta(days=1))


def _due(now: datetime) -> Any:
    free = Q(claimed_at=None) | Q(claimed_at__lt=now - CLAIM)
    return Upload.objects.filter(free, state=Upload.State.ARRIVED)


def _forgotten(now: datetime) -> Any:
    # What is being judged is nobody's to let go of; what is used leaves its row only.
    return Upload.objects.filter(changed_at__lt=now - KEPT).exclude(state=Upload.State.ARRIVED)


def _check(upload: Upload, now: datetime) -> None:
    if upload.tries > MOST_TRIES:  # it took whole workers with it
        _refuse(upload, {"code": "too_heavy"}, now)
        return
    with tempfile.TemporaryDirectory(prefix="upload-") as room:
        try:
            with receiver().fetched(upload, Path(room)) as path:
                damaged = _damaged(upload, path)
                if damaged:
                    _ask_again(upload, damaged, now)
                elif upload.purpose == Upload.Purpose.PICTURE:
                    _take_picture(upload, path, now)
                else:
                    _take_book(upload, path, Path(room), now)
        except Refused as refused:
            _refuse(upload, {"code": refused.code, "detail": refused.detail}, now)
        except PictureRefusedError as refused:
            _refuse(upload, {"code": refused.code, "is_picture": True}, now)
        except FileNotFoundError:  # removed meanwhile, with its row
            log.info("%s was removed before it was looked at", upload.public_id)
        except BadUpload as bad:  # the storage is away: free it for the next sweep
            log.warning("could not look at %s: %s", upload.public_id, bad)
            Upload.objects.filter(pk=upload.pk).update(claimed_at=None, tries=F("tries") - 1)


def _damaged(upload: Upload, path: Path) -> list[int]:
    """Return the parts that are not what was announced; read piece by piece."""
    if path.stat().st_size != upload.size:
        return list(upload.parts.values_list("number", flat=True))
    damaged = []
    with path.open("rb") as file:
        for number, sha256 in upload.parts.order_by("number").values_list("number", "sha256"):
            found, left = hashlib.sha256(), length_of(upload, number)
            while left and (chunk := file.read(min(CHUNK, left))):
                found.update(chunk)
                left -= len(chunk)
            if found.hexdigest() != sha256:
                damaged.append(number)
    return damaged


def _ask_again(upload: Upload, damaged: list[int], now: datetime) -> None:
    """Let the damaged parts come once more; at S3 the whole file, for its parts are one by now."""
    again = UploadPart.objects.filter(upload=upload)
    if upload.multipart:
        receiver().drop(upload)
        upload.multipart = ""
        again.delete()
    else:
        again.filter(number__in=damaged).update(received_at=None)
    _set(upload, now, state=Upload.State.COMING, claimed_at=None, tries=0, multipart="")


def _take_book(upload: Upload, path: Path, room: Path, now: datetime) -> None:
    verdict = judge(path, into=room, accept=ACCEPTED[upload.purpose], name=upload.original_name)
    with verdict.clean.open("rb") as opened:
        wanted = f"{upload.store.public_id}/{upload.public_id}/file.{verdict.kind}"
        private().delete(wanted)  # of a worker that was killed after writing it
        name = private().save(wanted, File(opened))
    is_wanted = _set(
        upload,
        now,
        state=Upload.State.READY,
        kind=verdict.kind,
        name=name,
        media_type=verdict.media_type,
        clean_size=verdict.size,
        sha256=sha256_of(verdict.clean),
        facts=facts_of(verdict) | {"warnings": _warnings(verdict)},
    )
    if not is_wanted:
        private().delete(name)
    receiver().drop(upload)


def _take_picture(upload: Upload, path: Path, now: datetime) -> None:
    """Keep a picture as it came, privately; what is shown of it is made anew by who shows it."""
    look_at_picture(path)
    _set(
        upload,
        now,
        state=Upload.State.READY,
        kind=Upload.Purpose.PICTURE,
        name=raw_name(upload),
        clean_size=upload.size,
    )


def _refuse(upload: Upload, refusal: dict[str, object], now: datetime) -> None:
    _set(upload, now, state=Upload.State.REFUSED, refusal=refusal)
    receiver().drop(upload)


def _set(upload: Upload, now: datetime, **fields: object) -> bool:
    """Write what was found; False when the file was removed meanwhile."""
    for name, value in fields.items():
        setattr(upload, name, value)
    return bool(Upload.objects.filter(pk=upload.pk).update(**fields, changed_at=now))


def _warnings(verdict: Verdict) -> list[tuple[str, dict[str, str | int]]]:
    return [(each["code"], each["detail"]) for each in map(asdict, verdict.warnings)]
