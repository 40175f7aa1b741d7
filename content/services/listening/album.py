"""A product read aloud, for whoever makes it: recordings in order below one part, "audio"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath

from django.db import transaction
from django.db.models import Max

from content.models import Asset, Upload
from content.services.files import keep_file
from content.services.judge import Verdict
from content.services.listening.chapters import Chapter, chapters_from, facts_with
from content.services.uploads.keeping import keep_upload
from core.text import clean_line
from products.models import Part, Product
from stores.scope import current_store
from stores.services.opening import touch

ALBUM, TRACK = "audio", "track"
"""The kinds of the part above all recordings of a product, and of each recording's part."""
LONGEST_TITLE = 200


@dataclass(frozen=True)
class Wanted:
    """A recording as its maker wants it; ``is_out`` takes it away from listeners."""

    asset: Asset
    title: str
    place: int
    chapters: Sequence[Chapter]
    is_out: bool = False


def recordings_of(product: Product) -> list[Asset]:
    """Return the product's recordings in order, each with its part."""
    rows = Asset.objects.filter(
        part__product=product.pk, part__kind=TRACK, part__published_at__isnull=False
    )
    newest = {row.part_id: row for row in rows.select_related("part").order_by("id")}
    return sorted(newest.values(), key=lambda row: (row.part.position, row.part_id))


@transaction.atomic
def add_recording(
    product: Product,
    came: Upload | Verdict,
    *,
    name: str,
    now: datetime,
) -> Asset:
    """Keep a judged recording behind those that are there; its title is the file's, or its name.

    Refused ``gone`` when another form took it meanwhile.
    """
    album = _album_for(product, now)
    last = album.children.aggregate(last=Max("position"))["last"]
    said = came.facts.get("title", "") if isinstance(came, Upload) else came.title
    part = Part.objects.create(
        product_id=product.pk,
        parent=album,
        kind=TRACK,
        title=clean_line(said or PurePath(name).stem)[:LONGEST_TITLE],
        position=0 if last is None else last + 1,
        published_at=now,
    )
    if isinstance(came, Upload):
        asset = keep_upload(part, came, now=now)
    else:
        asset = keep_file(part, came, original_name=name, now=now)
    part.length_seconds = round(asset.facts.get("seconds") or 0)
    part.save(update_fields=["length_seconds"])
    _measure(album)
    touch(current_store())
    return asset


@transaction.atomic
def arrange(product: Product, wanted: Sequence[Wanted]) -> None:
    """Set titles, order and chapters; what is taken out keeps its file, and nobody hears it."""
    kept = [each for each in wanted if not each.is_out]
    for position, each in enumerate(sorted(kept, key=lambda each: each.place)):
        part = each.asset.part
        part.title, part.position = each.title, position
        part.save(update_fields=["title", "position"])
        if list(each.chapters) != chapters_from(each.asset.facts):
            each.asset.facts = facts_with(each.asset.facts, each.chapters)
            each.asset.save(update_fields=["facts"])
    out = [each.asset.part_id for each in wanted if each.is_out]
    Part.objects.filter(pk__in=out).update(published_at=None)
    album: Part | None = _album_of(product)
    if album is not None:
        _measure(album)
    touch(current_store())


def _album_of(product: Product) -> Part | None:
    found: Part | None = Part.objects.filter(product=product.pk, kind=ALBUM).first()
    return found


def _album_for(product: Product, now: datetime) -> Part:
    found = _album_of(product)
    if found is not None:
        return found
    last = Part.objects.filter(product=product.pk, parent=None).aggregate(last=Max("position"))
    made: Part = Part.objects.create(
        product_id=product.pk,
        kind=ALBUM,
        title=product.title,
        position=0 if last["last"] is None else last["last"] + 1,
        published_at=now,
    )
    return made


def _measure(album: Part) -> None:
    """Let the part above say how long all of it plays; 0 where nothing is left to hear."""
    heard = album.children.filter(published_at__isnull=False)
    album.length_seconds = sum(filter(None, heard.values_list("length_seconds", flat=True)))
    album.save(update_fields=["length_seconds"])
