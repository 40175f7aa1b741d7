"""Parts on the local disk: each is written at its place in one file, which needs no gathering."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO

from django.core.files.storage import FileSystemStorage

from content.errors import BadUpload
from content.models import Upload, UploadPart
from content.services.uploads.sizes import length_of

CHUNK = 256 * 1024
ROOM_LEFT = 512 * 1024 * 1024


class OnDisk:
    """Where parts go when the private storage is a folder; they come through our own address."""

    def __init__(self, storage: FileSystemStorage) -> None:
        self.storage = storage

    def begin(self, upload: Upload) -> None:
        """Make sure that there is room for the file and for its clean copy."""
        folder = self.path(upload).parent
        folder.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(folder).free < 2 * upload.size + ROOM_LEFT:
            raise BadUpload("no_room")

    def address(self, upload: Upload, number: int, sha256: str) -> None:
        """Return nothing: a part comes to us."""

    def received(self, upload: Upload) -> set[int]:
        """Return the numbers of the parts that are here whole."""
        rows = UploadPart.objects.filter(upload=upload, received_at__isnull=False)
        return set(rows.values_list("number", flat=True))

    def write(self, upload: Upload, part: UploadPart, stream: IO[bytes]) -> None:
        """Write a part at its place, never more than its length; BadUpload when it differs."""
        left = length_of(upload, part.number)
        found = hashlib.sha256()
        handle = os.open(self.path(upload), os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(handle, "r+b") as file:
            file.seek((part.number - 1) * upload.part_size)
            while left and (chunk := stream.read(min(CHUNK, left))):
                file.write(chunk)
                found.update(chunk)
                left -= len(chunk)
        if left:
            raise BadUpload("wrong_size", again=(part.number,), number=part.number)
        if found.hexdigest() != part.sha256:
            raise BadUpload("wrong_hash", again=(part.number,), number=part.number)

    def gather(self, upload: Upload) -> None:
        """Nothing is left to do: the file is whole."""

    @contextmanager
    def fetched(self, upload: Upload, room: Path) -> Iterator[Path]:
        """Give the file where it lies."""
        yield self.path(upload)

    def drop(self, upload: Upload) -> None:
        """Let go of what came."""
        with suppress(FileNotFoundError):
            self.path(upload).unlink()

    def drop_orphans(self, before: datetime) -> None:
        """Nothing: a file here always has its row, which the sweep finds."""

    def path(self, upload: Upload) -> Path:
        """Return where the file lies."""
        return Path(self.storage.path(raw_name(upload)))


def raw_name(upload: Upload) -> str:
    """Return the name of what came, unjudged, in the private storage."""
    return f"{upload.store.public_id}/uploads/{upload.public_id}"
