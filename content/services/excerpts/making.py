"""Making the samples that are due: claimed by a conditional UPDATE, in a limited process."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import transaction
from django.db.models import F

from content.models import Asset, Excerpt
from content.querysets import ExcerptQuerySet
from content.services.excerpts.asking import SMALL, file_read
from content.services.excerpts.chapters import chapters_of
from content.services.excerpts.sheets import count_of
from content.services.files import keep_file, on_disk
from content.services.judge import Refused, Verdict, judge
from content.services.stamping.line import FacesMissingError
from core.limited import CrashedError, Limits, TooHeavyError, run_limited
from products.models import Part
from stores.models import Store
from stores.scope import all_stores
from stores.services.opening import touch

WORKER = "content.services.excerpts.worker"
CLAIMED_FOR = timedelta(minutes=11)
MOST_TRIES = 3
AGAIN_AFTER = timedelta(seconds=20)
ROOM = Limits(cpu_seconds=420, wall_seconds=480)
log = logging.getLogger(__name__)


class Unmatched(Exception):
    """What was picked is not in the file (any more)."""


class Unmakeable(Exception):
    """A sample that cannot be made of this file, however often it is tried."""


def stores_with_due(now: datetime, *, is_small: bool) -> list[int]:
    """Return the stores in which samples are to be made, of small files or of large ones."""
    with all_stores():
        due = _due(now, is_small=is_small).order_by()
        return list(due.values_list("store_id", flat=True).distinct())


def _due(now: datetime, *, is_small: bool) -> ExcerptQuerySet:
    due: ExcerptQuerySet = Excerpt.objects.due(now)
    return due.no_larger(SMALL) if is_small else due.larger(SMALL)


def work_due(now: datetime, *, most: int, is_small: bool = True) -> bool:
    """Make up to so many due samples of the store in scope; return whether more are due."""
    due = _due(now, is_small=is_small)
    for pk in list(due.order_by("due_at", "id").values_list("pk", flat=True)[:most]):
        claim = {"claimed_until": now + CLAIMED_FOR, "tries": F("tries") + 1}
        if Excerpt.objects.due(now).filter(pk=pk).update(**claim):
            make(Excerpt.objects.select_related("part__product", "source").get(pk=pk), now)
    return bool(due.exists())


def make(row: Excerpt, now: datetime) -> None:
    """Make a claimed sample and write down how it went; what is given meanwhile stays as it is."""
    if row.tries > MOST_TRIES:  # whoever tried last was killed by it
        _set(row, due_at=None, claimed_until=None, failed_at=now)
        return
    asset = file_read(row.source, now)
    try:
        chosen, share = matched(row.chosen, asset)
        with TemporaryDirectory(prefix="sample-") as folder:
            verdict = write(asset, chosen, row.part, Path(folder))
            _keep(row, asset, verdict, {"chosen": chosen, "share": share}, now)
    except Unmatched:
        _set(row, due_at=None, claimed_until=None, unmatched_at=now)
    except (Unmakeable, Refused) as refused:
        log.warning("Sample %s cannot be made: %s", row.pk, refused)
        _set(row, due_at=None, claimed_until=None, failed_at=now)
    except (TooHeavyError, CrashedError, FacesMissingError, OSError) as trouble:
        log.warning("Sample %s was not made: %s", row.pk, trouble)
        if row.tries >= MOST_TRIES:
            _set(row, due_at=None, claimed_until=None, failed_at=now)
        else:
            _set(row, due_at=now + AGAIN_AFTER * 4**row.tries, claimed_until=None)


def matched(chosen: Mapping[str, Any], asset: Asset) -> tuple[dict[str, Any], int]:
    """Return what was picked as it is called in this file, and its share in percent.

    Chapters are found by their page and title, else by a title that only one has. Pages are the
    same in a PDF of as many pages; those from the first on also in a longer or shorter one.
    Raises Unmatched.
    """
    if "pages" in chosen:
        return _matched_pages(chosen, int(asset.facts.get("pages") or 0), asset)
    chapters = chapters_of(asset.facts) if asset.kind == Asset.Kind.EPUB else []
    here = {(each.path, each.title): each for each in chapters}
    titles = [each.title for each in chapters]
    found = []
    for path, title in chosen["chapters"]:
        one = here.get((path, title))
        if one is None and title and titles.count(title) == 1:
            one = chapters[titles.index(title)]
        if one is None:
            raise Unmatched(title)
        found.append(one)
    share = min(100, round(sum(each.share for each in found) * 100))
    return {"chapters": [[each.path, each.title] for each in found]}, share


def _matched_pages(chosen: Mapping[str, Any], of: int, asset: Asset) -> tuple[dict[str, Any], int]:
    spans = chosen["pages"]
    is_beginning = len(spans) == 1 and spans[0][0] == 1
    is_same = of == chosen["of"] or (is_beginning and spans[0][1] <= of)
    if asset.kind != Asset.Kind.PDF or not is_same:
        raise Unmatched(str(of))
    return {"pages": spans, "of": of}, min(100, round(100 * count_of(spans) / max(of, 1)))


def write(asset: Asset, chosen: Mapping[str, Any], part: Part, room: Path) -> Verdict:
    """Make the sample in the folder ``room`` and judge it like any file that comes."""
    from content.services.excerpts.words import draw_ending, ending_of  # late: see core.sheets

    ending = ending_of(part.product)
    target = room / f"sample.{asset.kind}"
    request: dict[str, object] = {"kind": asset.kind, "target": str(target)}
    if asset.kind == Asset.Kind.PDF:
        size = asset.facts.get("page_size")
        last = room / "last.pdf"
        last.write_bytes(draw_ending(ending, (size[0], size[1]) if size else None))
        request |= {"pages": chosen["pages"], "last": str(last), "title": ending.title}
        request["lines"] = [
            (each["title"], int(each["target"]))
            for each in asset.facts.get("contents", ())
            if each["target"].isdecimal()
        ]
    else:
        paths = [path for path, _title in chosen["chapters"]]
        request |= {"chapters": paths, "ending": asdict(ending)}
    with on_disk(asset, room) as source:
        answer = run_limited(WORKER, request | {"source": str(source)}, limits=ROOM)
    if answer.get("refused") == "unmatched":
        raise Unmatched(answer["refused"])
    if "refused" in answer:
        raise Unmakeable(answer["refused"])
    judged = room / "judged"
    judged.mkdir()
    return judge(target, into=judged, accept=(asset.kind,), name=target.name)  # type: ignore[arg-type]  # a kind


@transaction.atomic
def _keep(
    row: Excerpt, asset: Asset, verdict: Verdict, matched_now: Mapping[str, Any], now: datetime
) -> None:
    """Keep the file and open its part, unless something else was picked meanwhile."""
    locked: Excerpt | None = (
        Excerpt.objects.select_for_update(no_key=True).filter(pk=row.pk).first()
    )
    if locked is None or locked.chosen != row.chosen or locked.due_at != row.due_at:
        return
    name = Path(asset.original_name).stem
    keep_file(row.part, verdict, original_name=f"{name}-sample.{asset.kind}", now=now)
    since = row.part.published_at or now
    Part.objects.filter(pk=row.part_id).update(preview=True, published_at=since)
    _set(
        row,
        **matched_now,
        made_from=asset,
        made_at=now,
        due_at=None,
        claimed_until=None,
        failed_at=None,
        unmatched_at=None,
    )
    touch(Store.objects.get(pk=row.store_id))


def _set(row: Excerpt, **fields: object) -> None:
    Excerpt.objects.filter(pk=row.pk).update(**fields)
