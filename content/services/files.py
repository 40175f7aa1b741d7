"""Private files: keeping what the judge let through, opening it, letting it go."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path, PurePath
from typing import Any, Protocol

from django.core.files import File
from django.core.files.storage import Storage, storages
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery

from content.models import Asset, PartText, SearchEntry
from content.services.judge import Verdict
from core import tokens
from core.prepared import Prepared, given
from core.queue import wake
from core.text import clean_line
from products.models import Part
from stores.errors import StoresDiffer
from stores.scope import current_store

LONGEST_NAME = 120
PAGES = ("first_page", "second_page", "third_page")
CHUNK = 64 * 1024


def _page(at: int) -> Subquery:
    passages = SearchEntry.objects.filter(part=OuterRef("part"), part__preview=True, position=at)
    return Subquery(passages.filter(source=SearchEntry.Source.FILE).values("text")[:1])


def _of_product(with_pages: bool) -> QuerySet[Asset]:  # noqa: FBT001 -- the shape of a kept query
    files = (
        Asset.objects.out(given("now", datetime))
        .in_turn()
        .filter(part__product_id=given("product", int), part__published_at__isnull=False)
        .select_related("part", "edition")
    )
    if with_pages:
        files = files.annotate(**{name: _page(at) for at, name in enumerate(PAGES)})
    return files


OF_PRODUCT = Prepared(_of_product)
OF_PART = Prepared(
    lambda: (
        Asset.objects.out(given("now", datetime))
        .in_turn()
        .filter(part_id=given("part", int))
        .select_related("edition")
        .reverse()[:1]
    )
)


class PrivateFile(Protocol):
    """What a private file is sent by: an asset, a copy of one, what went with a letter."""

    @property
    def name(self) -> str:
        """Its path in the private storage."""

    @property
    def original_name(self) -> str:
        """What it is called where it is saved."""

    @property
    def media_type(self) -> str:
        """What it is."""

    @property
    def size(self) -> int:
        """How many bytes it has."""

    @property
    def sha256(self) -> str:
        """Of its bytes."""

    @property
    def changed_at(self) -> datetime:
        """When its bytes became what they are."""


def private() -> Storage:
    """Return the storage of private files."""
    return storages["private"]


@transaction.atomic
def keep_file(part: Part, verdict: Verdict, *, original_name: str, now: datetime) -> Asset:
    """Keep the judged file's clean copy as an asset of ``part``, under the store's own folder.

    What the part holds already is not kept again. If the transaction fails, a file may stay
    behind that no row names; nothing ever serves it.
    """
    store = current_store()
    if part.store_id != store.pk:
        raise StoresDiffer(part.public_id)
    digest = sha256_of(verdict.clean)
    newest: Asset | None = Asset.objects.filter(part=part).order_by("-id").first()
    if newest is not None and newest.sha256 == digest:
        return newest
    public_id = tokens.public_id()
    shown = tidy_name(original_name, verdict.kind)
    with verdict.clean.open("rb") as opened:
        name = private().save(f"{store.public_id}/{public_id}/file.{verdict.kind}", File(opened))
    asset: Asset = Asset.objects.create(
        public_id=public_id,
        part=part,
        kind=verdict.kind,
        name=name,
        original_name=shown,
        media_type=verdict.media_type,
        size=verdict.size,
        sha256=digest,
        facts=facts_of(verdict),
        created_at=now,
    )
    ask_to_read(part, now)
    return asset


def ask_to_read(part: Part, now: datetime) -> None:
    """Have a part's text read to be searched: its file came or changed. Asked twice, read once."""
    PartText.objects.update_or_create(part=part, defaults={"due_at": now, "tries": 0})
    wake("content.tasks.read_texts_in", part.store_id)


def current_file(part: Part, now: datetime) -> Asset | None:
    """Return the file of ``part`` that is read now; one that is only being prepared is none."""
    return OF_PART.first(part=part.pk, now=now)


def current_files(parts: QuerySet[Part] | Sequence[Part], now: datetime) -> dict[int, Asset]:
    """Return the file of each of these parts that is read now, by the part's primary key."""
    files = Asset.objects.out(now).in_turn().filter(part__in=parts)
    return {asset.part_id: asset for asset in files.select_related("part", "edition")}


def first_pages(asset: Asset) -> list[str]:
    """Return the text of a file's first pages, as far as it was read; see ``files_of_product``."""
    found = (getattr(asset, name, None) for name in PAGES)
    return [text for text in found if text]


def files_of_product(product_id: int, now: datetime, *, with_pages: bool = False) -> list[Asset]:
    """Return the file of each part of a product that is out, in the order of its parts.

    ``with_pages`` lets each file of a part open to anyone know the text of its first pages
    (``first_pages``), in the same query.
    """
    found = OF_PRODUCT.rows(with_pages, product=product_id, now=now)
    files = {each.part_id: each for each in found}
    return sorted(files.values(), key=lambda asset: (asset.part.position, asset.part_id))


@contextmanager
def on_disk(asset: PrivateFile, room: Path) -> Iterator[Path]:
    """Give a path to a private file: where it lies, or a copy brought into ``room``."""
    try:
        here = Path(private().path(asset.name))
    except NotImplementedError:
        here = room / f"source-{asset.sha256[:16]}"
    else:
        yield here
        return
    with open_file(asset) as far, here.open("wb") as near:
        for piece in far.chunks(CHUNK):
            near.write(piece)
    yield here


def open_file(asset: PrivateFile) -> File[bytes]:
    """Return a file, open for reading; whoever asks has passed the gate."""
    opened: File[bytes] = private().open(asset.name, "rb")
    return opened


def pieces_of(name: str) -> Iterator[bytes]:
    """Yield a private file piece by piece, in memory that does not grow with it.

    The file is closed when the last piece was taken, or the generator is. Django's own way to open
    a file at S3 would first fetch all of it.
    """
    storage: Any = private()
    if hasattr(storage, "bucket"):
        key = storage._normalize_name(name)  # noqa: SLF001 -- its folder, as it adds it
        body = storage.bucket.Object(key).get()["Body"]
        try:
            yield from body.iter_chunks(CHUNK)
        finally:
            body.close()
        return
    with storage.open(name, "rb") as opened:
        while chunk := opened.read(CHUNK):
            yield chunk


@transaction.atomic
def delete_file(asset: Asset) -> None:
    """Let go of an asset and its copies: the rows now, the files once that is committed."""
    names = [asset.name, *asset.copies.kept().values_list("name", flat=True)]
    Asset.objects.filter(pk=asset.pk).delete()
    for name in names:
        transaction.on_commit(partial(private().delete, name), robust=True)


def tidy_name(original: str, kind: str) -> str:
    """Return a file name that is safe on any disk and ends as its kind does."""
    name = PurePath(clean_line(original).replace("\\", "/")).name
    name = "".join("_" if letter in '<>:"|?*/' else letter for letter in name).strip(". ")
    stem = name[: -len(kind) - 1] if name.lower().endswith(f".{kind}") else PurePath(name).stem
    return f"{stem[:LONGEST_NAME].strip('. ') or 'book'}.{kind}"


def facts_of(verdict: Verdict) -> dict[str, Any]:
    """Return what readers, pages and outlines want to know of the file, as plain values."""
    return {
        "title": verdict.title,
        "author": verdict.author,
        "language": verdict.language,
        "direction": verdict.direction,
        "pages": verdict.pages,
        "sections": verdict.sections,
        "seconds": verdict.seconds,
        "page_size": list(verdict.page_size) if verdict.page_size else None,
        "can_stamp": verdict.can_stamp,
        "contents": [asdict(line) for line in verdict.contents],
        "description": verdict.description,
        "spine": [list(page) for page in verdict.spine],
    }


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, read in pieces."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
