"""Ask the limited process about an uploaded file; its answer becomes a verdict or a refusal."""

import logging
from collections.abc import Collection
from pathlib import Path
from typing import Any

from content.services.judge.found import Entry, Kind, Verdict, Warned
from content.services.judge.reasons import Refused
from core.limited import MEGABYTE, CrashedError, Limits, TooHeavyError, run_limited

SLOWEST_DISK = 8 * MEGABYTE
"""Bytes that go through the disk in a second, read and written several times."""
WORKER = "content.services.judge.worker"
OTHER_NAMES = {"m4b": "m4a", "mp4": "m4a", "mov": "m4a", "wave": "wav"}
"""Endings that say the same."""
log = logging.getLogger(__name__)


def judge(
    path: Path,
    *,
    into: Path,
    accept: Collection[Kind] = ("epub", "pdf"),
    name: str = "",
    limits: Limits | None = None,
) -> Verdict:
    """Return what the file at `path` really is, with a clean copy written in the folder `into`.

    `into` belongs to the caller, who keeps the copy and the cover and removes the folder. `name` is
    what the uploader called the file; only a warning depends on it. Raises Refused.
    """
    # A disk writes large files slowly; the time at work stays the same for all.
    slowly = path.stat().st_size // SLOWEST_DISK
    limits = limits or Limits(wall_seconds=Limits().wall_seconds + slowly)
    request = {"path": str(path), "into": str(into), "accept": sorted(accept)}
    try:
        facts = run_limited(WORKER, request, limits=limits)
    except TooHeavyError as heavy:
        raise Refused("too_heavy") from heavy
    except CrashedError as crash:
        log.warning("An upload could not be parsed: %s", crash)
        raise Refused("broken") from crash
    if "refused" in facts:
        raise Refused(facts["refused"], facts["detail"])
    return _verdict(facts, name)


def _verdict(facts: dict[str, Any], name: str) -> Verdict:
    kind: Kind = facts["kind"]
    warnings = [Warned(code, detail) for code, detail in facts["warnings"]]
    suffix = Path(name).suffix.lower().lstrip(".")
    if suffix and OTHER_NAMES.get(suffix, suffix) != kind:
        warnings.insert(0, Warned("name_differs", {"kind": kind.upper()}))
    clean = Path(facts["clean"])
    cover = facts.get("cover")
    page_size = facts.get("page_size")
    return Verdict(
        kind=kind,
        media_type=facts["media_type"],
        clean=clean,
        size=clean.stat().st_size,
        title=facts["title"],
        author=facts["author"],
        language=facts["language"],
        direction=facts["direction"],
        pages=facts.get("pages"),
        sections=facts.get("sections"),
        seconds=facts.get("seconds"),
        page_size=(page_size[0], page_size[1]) if page_size else None,
        cover=Path(cover) if cover else None,
        contents=tuple(Entry(*line) for line in facts["contents"]),
        description=facts.get("description", ""),
        spine=tuple((path, words) for path, words in facts.get("spine", ())),
        warnings=tuple(warnings),
    )
