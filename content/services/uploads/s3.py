"""Parts straight into S3: a multipart upload whose part addresses we sign, one by one.

Each address is good for one part of one length and one SHA-256 (S3 checks the signed headers), so
nothing else can be put there with it. The bucket must let browsers in: see docs/uploads.md.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.storage import Storage

from content.errors import BadUpload
from content.models import Upload, UploadPart
from content.services.uploads.disk import raw_name
from content.services.uploads.sizes import length_of

SIGNED_FOR_SECONDS = 3600
"""Five megabytes within an hour: slower than any line that is still one."""
CHUNK = 1024 * 1024
GONE = {"NoSuchUpload", "NoSuchKey", "404"}


@dataclass(frozen=True)
class Address:
    """Where a browser puts one part, and with which headers."""

    url: str
    headers: dict[str, str]


class OnS3:
    """Where parts go when the private storage is S3; their bytes never pass through us."""

    def __init__(self, storage: Storage) -> None:
        self.storage: Any = storage

    @property
    def client(self) -> Any:
        """The storage's own client, with its credentials, endpoint and signature."""
        return self.storage.connection.meta.client

    def begin(self, upload: Upload) -> None:
        """Begin the multipart upload at S3, once."""
        if upload.multipart:
            return
        with told():
            begun = self.client.create_multipart_upload(
                **self.object(upload), ChecksumAlgorithm="SHA256"
            )
        upload.multipart = begun["UploadId"]
        upload.save(update_fields=["multipart"])

    def address(self, upload: Upload, number: int, sha256: str) -> Address:
        """Sign the address of one part."""
        checksum = base64.b64encode(bytes.fromhex(sha256)).decode()
        params = self.multipart(upload) | {
            "PartNumber": number,
            "ContentLength": length_of(upload, number),
            "ChecksumSHA256": checksum,
        }
        with told():
            url = self.client.generate_presigned_url(
                "upload_part", Params=params, ExpiresIn=SIGNED_FOR_SECONDS
            )
        return Address(url, {"x-amz-checksum-sha256": checksum})

    def received(self, upload: Upload) -> set[int]:
        """Return the numbers of the parts that S3 has, with the length they should have."""
        known = dict(UploadPart.objects.filter(upload=upload).values_list("number", "sha256"))
        return {
            part["PartNumber"]
            for part in self._parts(upload)
            if part["PartNumber"] in known
            and part["Size"] == length_of(upload, part["PartNumber"])
            and _same(part.get("ChecksumSHA256"), known[part["PartNumber"]])
        }

    def write(self, upload: Upload, part: UploadPart, stream: IO[bytes]) -> None:
        """Refuse: the parts of this file go straight to S3."""
        raise BadUpload("elsewhere")

    def gather(self, upload: Upload) -> None:
        """Make one object of the parts; once made, it stays made."""
        parts = [
            {key: part[key] for key in ("PartNumber", "ETag", "ChecksumSHA256") if key in part}
            for part in self._parts(upload)
        ]
        if not parts:
            return
        with told():
            self.client.complete_multipart_upload(
                **self.multipart(upload), MultipartUpload={"Parts": parts}
            )

    @contextmanager
    def fetched(self, upload: Upload, room: Path) -> Iterator[Path]:
        """Give a copy on our disk, fetched piece by piece."""
        here = room / "upload"
        with told(), here.open("wb") as file:
            body = self.client.get_object(**self.object(upload))["Body"]
            for chunk in body.iter_chunks(CHUNK):
                file.write(chunk)
        yield here

    def drop(self, upload: Upload) -> None:
        """Let go of the parts, and of the object they became."""
        with told():
            if upload.multipart:
                self._abort(self.multipart(upload))
            self.client.delete_object(**self.object(upload))

    def drop_orphans(self, before: datetime) -> None:
        """Abort what was begun and never named by a row, because somebody was killed between."""
        prefix = f"{self.storage.location}/".lstrip("/")
        with told():
            pages = self.client.get_paginator("list_multipart_uploads").paginate(
                Bucket=self.storage.bucket_name, Prefix=prefix
            )
            for page in pages:
                for begun in page.get("Uploads", ()):
                    if begun["Initiated"] < before:
                        target = {"Bucket": self.storage.bucket_name, "Key": begun["Key"]}
                        self._abort(target | {"UploadId": begun["UploadId"]})

    def object(self, upload: Upload) -> dict[str, str]:
        """Name the object in the bucket."""
        key = self.storage._normalize_name(raw_name(upload))  # noqa: SLF001 -- its folder, as it adds it
        return {"Bucket": self.storage.bucket_name, "Key": key}

    def multipart(self, upload: Upload) -> dict[str, str]:
        """Name the multipart upload."""
        return self.object(upload) | {"UploadId": upload.multipart}

    def _parts(self, upload: Upload) -> list[dict[str, Any]]:
        """Return what S3 has, in order; nothing once the object is made."""
        try:
            pages = self.client.get_paginator("list_parts").paginate(**self.multipart(upload))
            return [part for page in pages for part in page.get("Parts", ())]
        except ClientError as error:
            if error.response["Error"]["Code"] in GONE:
                return []
            raise BadUpload("storage") from error
        except BotoCoreError as error:
            raise BadUpload("storage") from error

    def _abort(self, target: dict[str, str]) -> None:
        try:
            self.client.abort_multipart_upload(**target)
        except ClientError as error:
            if error.response["Error"]["Code"] not in GONE:
                raise


@contextmanager
def told() -> Iterator[None]:
    """Turn what S3 or the way to it may raise into one error that says to try later."""
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise BadUpload("storage") from error


def _same(checksum: str | None, sha256: str) -> bool:
    """Whether S3's checksum is the announced one; a storage that keeps none is checked later."""
    return checksum is None or base64.b64decode(checksum).hex() == sha256
