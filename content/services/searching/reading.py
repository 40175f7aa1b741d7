"""Reading parts to be searched: a due row for each, worked off in a limited process.

A file that came asks at once. Everything else that changes what is to be found (a title, a part
that is no longer out) raises the store's version, by which the sweep notices it.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from content.models import Asset, PartText, SearchEntry
from content.services.files import current_file, current_files, on_disk
from content.services.searching.entries import Section, replace
from core.limited import CrashedError, Limits, TooHeavyError, run_limited
from products.models import Part, Product
from stores.scope import all_stores, current_store

WORKER = "content.services.searching.worker"
CLAIMED_FOR = timedelta(minutes=10)
"""Longer than a task may take, so a row is claimed twice only when its worker died."""
READ = frozenset({Asset.Kind.EPUB, Asset.Kind.PDF})
"""What has text of its own; recordings and films are found by what is said about them."""
MOST_TRIES = 3
ROOM = Limits(cpu_seconds=240, wall_seconds=360, file_bytes=64 * 1024 * 1024)
BATCH = 500
log = logging.getLogger(__name__)


def stores_to_look_at(now: datetime) -> list[int]:
    """Return the stores in which texts are due, or something changed since they were compared."""
    with all_stores():
        due = set(PartText.objects.due(now).values_list("store_id", flat=True))
        return sorted(due | set(_unseen().values_list("store_id", flat=True)))


def notice_changes(now: datetime) -> None:
    """Compare what changed in the store in scope with what was read: some become due, some go."""
    version = current_store().version
    unseen = _unseen().select_related("product").order_by("pk")
    for part_batch in _batches(list(unseen)):
        _compare(part_batch, version, now)


def work_due(now: datetime, *, most: int) -> bool:
    """Read up to so many due parts of the store in scope; return whether more are due."""
    due = PartText.objects.due(now)
    for pk in list(due.order_by("due_at", "id").values_list("pk", flat=True)[:most]):
        claimed = PartText.objects.due(now).filter(pk=pk)
        if claimed.update(claimed_until=now + CLAIMED_FOR, tries=F("tries") + 1):
            _read(PartText.objects.select_related("part__product").get(pk=pk), now)
    return bool(due.exists())


def _unseen() -> Any:
    """Return the parts not compared since their store changed."""
    seen = Q(texts__seen_version=F("store__version"))
    return Part.objects.filter(Q(published_at__isnull=False) | Q(texts__isnull=False)).exclude(
        pk__in=Part.objects.filter(seen).values("pk")
    )


def _batches(parts: Sequence[Part]) -> Iterator[Sequence[Part]]:
    for start in range(0, len(parts), BATCH):
        yield parts[start : start + BATCH]


@transaction.atomic
def _compare(parts: Sequence[Part], version: int, now: datetime) -> None:
    PartText.objects.bulk_create([PartText(part=part) for part in parts], ignore_conflicts=True)
    texts = {row.part_id: row for row in PartText.objects.filter(part__in=parts)}
    files = current_files(parts, now)
    for part in parts:
        row = texts[part.pk]
        digest, about = _wanted(part, files.get(part.pk))
        if (row.digest, row.about) != (digest, about) and row.due_at is None:
            row.due_at, row.tries = now, 0
        row.seen_version = version
    PartText.objects.bulk_update(texts.values(), ["due_at", "tries", "seen_version"])


def _wanted(part: Part, asset: Asset | None) -> tuple[str, str]:
    """Return the hashes of what is to be found in a part; empty for one that is not out."""
    if part.published_at is None:
        return "", ""
    said = "\n".join(_about(part)).encode()
    return asset.sha256 if asset else "", hashlib.sha256(said).hexdigest()


def _about(part: Part) -> list[str]:
    product: Product = part.product
    told = (product.title, product.tagline, product.result, product.maker, product.description)
    said = (part.title, *told)
    return [each for each in dict.fromkeys(said) if each]


def _read(row: PartText, now: datetime) -> None:
    """Read a claimed part and write down how it went: read, to be tried again, or left."""
    part = row.part
    asset = current_file(part, now)
    digest, about = _wanted(part, asset)
    try:
        # Whoever tried last may have been killed by it.
        words = _set(row, asset, digest, about) if row.tries <= MOST_TRIES else _give_up(part)
    except TooHeavyError:
        words = _give_up(part)
    except (CrashedError, OSError) as trouble:
        if row.tries < MOST_TRIES:
            log.warning("The text of part %s was not read: %s", part.public_id, trouble)
            later = now + timedelta(minutes=4**row.tries)
            PartText.objects.filter(pk=row.pk).update(due_at=later, claimed_until=None)
            return
        words = _give_up(part)
    # What came while it was read stays due.
    PartText.objects.filter(pk=row.pk, due_at=row.due_at).update(due_at=None)
    PartText.objects.filter(pk=row.pk).update(
        digest=digest, about=about, word_count=words, claimed_until=None, changed_at=now
    )


def _give_up(part: Part) -> int:
    log.warning("The text of part %s cannot be read", part.public_id)
    SearchEntry.objects.filter(part=part, source=SearchEntry.Source.FILE).delete()
    return 0


def _set(row: PartText, asset: Asset | None, digest: str, about: str) -> int:
    part = row.part
    if row.about != about:
        said = _about(part) if about else []
        first = Section(text="\n".join(said), place={}) if said else None
        replace(part, SearchEntry.Source.ABOUT, [first] if first else [])
    if row.digest == digest and row.tries <= 1:
        return int(row.word_count)
    if asset is None or asset.kind not in READ or not digest:
        replace(part, SearchEntry.Source.FILE, [])
        return 0
    with TemporaryDirectory(prefix="text-") as folder:
        target = Path(folder) / "text"
        with on_disk(asset, Path(folder)) as source:
            asked = {"source": str(source), "target": str(target), "kind": asset.kind}
            answer = run_limited(WORKER, asked, limits=ROOM)
        if "refused" in answer:
            log.warning("The text of part %s is not found: %s", part.public_id, answer["refused"])
            replace(part, SearchEntry.Source.FILE, [])
            return 0
        replace(part, SearchEntry.Source.FILE, _sections(target))
    return int(answer["words"])


def _sections(path: Path) -> Iterator[Section]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield Section(**json.loads(line))
