"""From the first word of a file to its last part: begin, announce, receive, finish, drop."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from django.core.files.storage import FileSystemStorage
from django.db import transaction
from django.db.models import Q, Sum

from content.errors import BadUpload
from content.models import Upload, UploadPart
from content.services.files import private
from content.services.uploads.disk import OnDisk
from content.services.uploads.s3 import Address, OnS3
from content.services.uploads.sizes import (
    MOST_BYTES,
    MOST_WAITING,
    PART_SIZE,
    check_size,
    count_of,
    length_of,
)
from core import queue
from core.limits import Limit
from core.text import clean_line
from stores.models import Staff, Store
from stores.scope import current_store

BEGUN = Limit("uploads", 240, 3600)
HASH = re.compile(r"[0-9a-f]{64}")
OPEN = (Upload.State.COMING, Upload.State.ARRIVED, Upload.State.READY)
CHECK = "content.tasks.check_uploads_in"


@dataclass(frozen=True)
class Wish:
    """What a browser says of a file before it sends it; sizes in bytes."""

    purpose: str
    name: str
    size: int
    fingerprint: str
    place: str = ""


def receiver() -> OnDisk | OnS3:
    """Return where parts go: with the private storage."""
    storage = private()
    return OnDisk(storage) if isinstance(storage, FileSystemStorage) else OnS3(storage)


def begin(staff: Staff, wish: Wish, now: datetime) -> Upload:
    """Begin a file, or go on with the same one of the same person; BadUpload when it may not.

    Another file that this person began in the same field makes room.
    """
    check_size(wish.purpose, wish.size)
    if not HASH.fullmatch(wish.fingerprint):
        raise BadUpload("nonsense")
    upload = _known(staff, wish, now)
    others = Upload.objects.filter(staff=staff, place=wish.place).exclude(state=Upload.State.USED)
    for other in others.exclude(pk=upload.pk if upload else None) if wish.place else ():
        drop(other)
    if upload is None:
        upload = _new(staff, wish, now)
    if upload.state == Upload.State.COMING:
        try:
            receiver().begin(upload)
        except BadUpload:
            if not upload.parts.exists():
                upload.delete()
            raise
    return upload


def announce(
    upload: Upload, number: int, *, size: int, sha256: str, now: datetime
) -> Address | bool | None:
    """Say what a part will be; return where it goes, None when to us, True when it is here.

    Parts may come in any order. One that came already and was another is BadUpload ``changed``.
    """
    _must_come(upload)
    if size != length_of(upload, number):
        raise BadUpload("wrong_size", number=number)
    if not HASH.fullmatch(sha256):
        raise BadUpload("nonsense")
    part, is_new = UploadPart.objects.get_or_create(
        upload=upload, number=number, defaults={"sha256": sha256}
    )
    Upload.objects.filter(pk=upload.pk).update(changed_at=now)
    if not is_new and number in receiver().received(upload):
        if part.sha256 != sha256:
            raise BadUpload("changed", number=number)
        return True
    if part.sha256 != sha256:
        UploadPart.objects.filter(pk=part.pk).update(sha256=sha256, received_at=None)
    return receiver().address(upload, number, sha256)


def receive(upload: Upload, number: int, stream: IO[bytes], *, size: int, now: datetime) -> None:
    """Write an announced part; one that is here stays as it is, whatever is sent again."""
    _must_come(upload)
    length = length_of(upload, number)
    part: UploadPart | None = UploadPart.objects.filter(upload=upload, number=number).first()
    if part is None:
        raise BadUpload("not_announced", again=(number,), number=number)
    if part.received_at is not None:
        raise BadUpload("here", number=number)
    if size != length:
        raise BadUpload("wrong_size", again=(number,), number=number)
    receiver().write(upload, part, stream)
    UploadPart.objects.filter(pk=part.pk, sha256=part.sha256).update(received_at=now)
    Upload.objects.filter(pk=upload.pk).update(changed_at=now)


def finish(upload: Upload, now: datetime) -> Upload:
    """Take the file as arrived and let a worker judge it; BadUpload ``missing`` names what lacks.

    May be asked again: what has arrived stays so.
    """
    if upload.state != Upload.State.COMING:
        return upload
    to = receiver()
    missing = sorted(set(range(1, count_of(upload) + 1)) - to.received(upload))
    if missing and not _was_gathered(upload, missing):
        raise BadUpload("missing", again=tuple(missing), count=len(missing))
    if not missing:
        UploadPart.objects.filter(upload=upload, received_at=None).update(received_at=now)
        to.gather(upload)
    with transaction.atomic():
        coming = Upload.objects.filter(pk=upload.pk, state=Upload.State.COMING)
        coming.update(state=Upload.State.ARRIVED, changed_at=now)
        queue.wake(CHECK, upload.store_id)
    upload.refresh_from_db()
    return upload


def drop(upload: Upload) -> None:
    """Let go of a file that no form kept: its parts, its judged copy, its row."""
    receiver().drop(upload)
    if upload.name and upload.asset_id is None:
        private().delete(upload.name)
    upload.delete()


def parts_here(upload: Upload) -> Mapping[int, str]:
    """Return the parts that need not be sent again, each with its SHA-256."""
    here = receiver().received(upload)
    rows = UploadPart.objects.filter(upload=upload).values_list("number", "sha256")
    return {number: sha256 for number, sha256 in rows if number in here}


def _was_gathered(upload: Upload, missing: list[int]) -> bool:
    """Whether S3 made the object and its answer was lost: then it has no parts any more."""
    rows = UploadPart.objects.filter(upload=upload, received_at__isnull=False)
    return bool(upload.multipart) and len(missing) == count_of(upload) == rows.count()


def _must_come(upload: Upload) -> None:
    if upload.state != Upload.State.COMING:
        raise BadUpload("closed")


def _known(staff: Staff, wish: Wish, now: datetime) -> Upload | None:
    """Return the same file, as far as it came, now wanted in this field.

    Chosen in two fields of one form it comes twice: each keeps its own.
    """
    page = wish.place.partition("#")[0]
    beside = Q(place__startswith=f"{page}#") & ~Q(place=wish.place)
    found: Upload | None = (
        Upload.objects.filter(
            staff=staff,
            purpose=wish.purpose,
            size=wish.size,
            fingerprint=wish.fingerprint,
            state__in=OPEN,
        )
        .exclude(beside)
        .order_by("-id")
        .first()
    )
    if found is not None:
        found.place, found.changed_at = wish.place[:200], now
        found.save(update_fields=["place", "changed_at"])
    return found


@transaction.atomic
def _new(staff: Staff, wish: Wish, now: datetime) -> Upload:
    store = current_store()
    if not BEGUN.hit(store.public_id):
        raise BadUpload("too_often")
    Store.objects.select_for_update(no_key=True).get(
        pk=store.pk
    )  # two begun at once are counted both
    waiting = Upload.objects.filter(state__in=OPEN)
    if waiting.count() >= MOST_WAITING:
        raise BadUpload("too_many", count=MOST_WAITING)
    together = waiting.aggregate(sum=Sum("size"))["sum"] or 0
    if together + wish.size > MOST_BYTES:
        raise BadUpload("too_much", most=MOST_BYTES // 1024**3)
    made: Upload = Upload.objects.create(
        staff=staff,
        purpose=wish.purpose,
        place=wish.place[:200],
        original_name=clean_line(wish.name)[:200] or "file",
        fingerprint=wish.fingerprint,
        size=wish.size,
        part_size=PART_SIZE,
        created_at=now,
        changed_at=now,
    )
    return made
