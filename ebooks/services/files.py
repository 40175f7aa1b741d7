"""The files of an ebook: judged, kept in the private storage, each the asset of its part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max

from content.models import Asset, Edition, Upload
from content.services.editions.making import carry, first_edition
from content.services.excerpts.asking import follow, give_up_picking
from content.services.files import delete_file, files_of_product, keep_file
from content.services.judge import Refused, Verdict, judge
from content.services.judge.found import UNSTAMPABLE
from content.services.uploads.keeping import keep_upload, verdict_of
from core import clock
from ebooks.models import Ebook
from products.models import Part, Product
from stores.scope import current_store
from stores.services.opening import touch

SLOTS: Mapping[str, tuple[str, ...]] = {
    "epub": ("epub",),
    "pdf": ("pdf",),
    "sample": ("epub", "pdf"),
}
"""The places for files in an ebook, and what each takes; a slot is its part's kind."""

SAMPLE = "sample"
CHUNK = 1 << 20


@dataclass
class Judged:
    """What came with a form: the files taken and why others were refused, by slot."""

    taken: dict[str, Verdict] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    refused: dict[str, Refused] = field(default_factory=dict)
    arrived: dict[str, Upload] = field(default_factory=dict)
    """Those of ``taken`` that came in parts and were judged before the form."""

    def fact(self, name: str) -> str:
        """Return what the first file that knows it says: its title, author or language."""
        found = (str(getattr(self.taken[slot], name)) for slot in SLOTS if slot in self.taken)
        return next((value for value in found if value), "")


@contextmanager
def judged(
    uploads: Mapping[str, UploadedFile[Any]],
    arrived: Mapping[str, Upload] | None = None,
    *,
    stamps: bool = False,
) -> Iterator[Judged]:
    """Judge uploads by slot, outside any transaction; the clean copies live for the block.

    ``arrived`` came in parts, and was judged then. With ``stamps`` a book that could not carry its
    buyer's name is refused.
    """
    answer = Judged()
    for slot, came in (arrived or {}).items():
        answer.names[slot] = came.original_name
        if came.kind not in SLOTS[slot]:
            answer.refused[slot] = Refused("unknown")
        elif stamps and slot != SAMPLE and not verdict_of(came).can_stamp:
            answer.refused[slot] = Refused(UNSTAMPABLE)
        else:
            answer.taken[slot], answer.arrived[slot] = verdict_of(came), came
    with TemporaryDirectory(prefix="ebook-") as room:
        for slot, upload in uploads.items():
            into = Path(room) / slot
            into.mkdir()
            answer.names[slot] = Path(upload.name or slot).name[:200]
            try:
                verdict = judge(
                    _on_disk(upload, into),
                    into=into,
                    accept=SLOTS[slot],  # type: ignore[arg-type]  # the kinds are its literals
                    name=answer.names[slot],
                )
                if stamps and slot != SAMPLE and not verdict.can_stamp:
                    raise Refused(UNSTAMPABLE)  # noqa: TRY301 -- refused like by the judge
                answer.taken[slot] = verdict
            except Refused as refused:
                answer.refused[slot] = refused
        yield answer


@transaction.atomic
def add_file(
    ebook: Ebook,
    slot: str,
    verdict: Verdict,
    *,
    name: str,
    now: datetime,
    upload: Upload | None = None,
    edition: Edition | None = None,
) -> Asset:
    """Keep a judged file in its slot; a replaced one keeps its part, so places and keys stay good.

    ``name`` is what the uploader called it; ``upload`` is how it came, if it came in parts (Refused
    ``gone`` when another form took it meanwhile). The sample is open to anyone. In an ``edition``
    that is being prepared it waits; without one it corrects the edition that is read now.
    """
    part = part_for(ebook, slot, now)
    if upload is not None:
        asset = keep_upload(part, upload, now=now)
    else:
        asset = keep_file(part, verdict, original_name=name, now=now)
    if slot != SAMPLE and asset.edition is None:
        _put_into(asset, edition or first_edition(ebook, now), now, is_correction=edition is None)
    if slot != SAMPLE and verdict.pages and not ebook.pages:
        ebook.pages = verdict.pages
        ebook.save(update_fields=["pages"])
    if slot == SAMPLE:
        give_up_picking(part)
    elif edition is None:
        follow(part, now)
    touch(current_store())
    return asset


@transaction.atomic
def remove_sample(ebook: Ebook) -> None:
    """Stop offering the sample; its file is kept as long as somebody may be reading it."""
    for part in Part.objects.filter(product=ebook.pk, kind=SAMPLE):
        give_up_picking(part)
    Part.objects.filter(product=ebook.pk, kind=SAMPLE).update(preview=False, published_at=None)
    touch(current_store())


def name_parts(ebook: Ebook) -> None:
    """Give the ebook's parts its title, which is what a reader shows; recordings have their own."""
    Part.objects.filter(product=ebook.pk, parent=None).exclude(title=ebook.title).update(
        title=ebook.title
    )


def current_files(ebook: Product, now: datetime | None = None) -> dict[str, Asset]:
    """Return the file of each filled slot: the last one that is out, with its edition."""
    return {asset.part.kind: asset for asset in files_in_order(ebook, now or clock.now())}


def files_in_order(ebook: Product, now: datetime, *, with_pages: bool = False) -> list[Asset]:
    """Return what is read or heard of the book now, recordings too, in the order of its parts.

    ``with_pages`` lets the sample know the text of its first pages.
    """
    return files_of_product(ebook.pk, now, with_pages=with_pages)


def _put_into(asset: Asset, edition: Edition, now: datetime, *, is_correction: bool) -> None:
    """Let a new file belong to an edition: one being prepared has one a slot, and readers follow
    to a correction at once."""
    earlier = Asset.objects.filter(part=asset.part_id).exclude(pk=asset.pk)
    if not is_correction:
        for replaced in earlier.filter(edition=edition):
            delete_file(replaced)
    Asset.objects.filter(pk=asset.pk).update(edition=edition)
    asset.edition = edition
    if is_correction and earlier.exists():
        carry([asset], due_at=now, now=now)


def part_for(ebook: Ebook, slot: str, now: datetime | None) -> Part:
    """Return the part of a slot, made where it is new; without ``now`` it does not open yet."""
    part: Part | None = Part.objects.filter(product=ebook.pk, kind=slot).first()
    if part is None:
        last = Part.objects.filter(product=ebook.pk).aggregate(last=Max("position"))["last"]
        part = Part(product_id=ebook.pk, kind=slot, position=0 if last is None else last + 1)
    part.title = ebook.title
    part.preview = slot == SAMPLE
    part.published_at = part.published_at or now
    part.save()
    return part


def _on_disk(upload: UploadedFile[Any], into: Path) -> Path:
    """Return where the upload lies: where Django put it, or a copy when it was small."""
    there = getattr(upload, "temporary_file_path", None)
    if there is not None:
        return Path(there())
    here = into / "upload"
    with here.open("wb") as copy:
        for chunk in upload.chunks(CHUNK):
            copy.write(chunk)
    return here
