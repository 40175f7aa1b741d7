"""A film comes in, judged on its way or now; and its captions. Kept twice it is the same one."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from content.models import Upload
from content.services.files import private, sha256_of, tidy_name
from content.services.judge import Refused, Verdict, judge
from content.services.judge.found import Kind
from content.services.uploads.keeping import hand_over, verdict_of
from content.services.uploads.sizes import MEGABYTE, MOST
from core import tokens
from core.queue import wake
from storefront.models import Captions, Film
from stores.scope import current_store

KINDS: tuple[Kind, ...] = ("mp4", "mov")
MAKE_POSTERS = "storefront.tasks.make_posters"


def take_in_films(values: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Return a block's values with the film and captions that came kept, and their ids in place.

    Refused where a file is no film; what was taken in before it is let go of by itself.
    """
    return {name: _taken_in(value, now) for name, value in values.items()}


def _taken_in(value: Any, now: datetime) -> Any:
    if not isinstance(value, dict) or "film_id" not in value:
        return value
    found = {key: inner for key, inner in value.items() if key not in {"film_came", "said"}}
    came = value.get("film_came")
    if came is not None:
        film = keep_arrived(came, now) if isinstance(came, Upload) else keep_plain(came, now)
        found["film_id"] = film.public_id
    if value.get("said"):
        text, lines = value["said"]
        found["captions_id"] = keep_captions(text, lines, now).public_id
    return found


def known(digest: str) -> Film | None:
    """Return the film of the store in scope that has these bytes already, or None."""
    found: Film | None = Film.objects.filter(sha256=digest).first()
    return found


@transaction.atomic
def keep_arrived(upload: Upload, now: datetime) -> Film:
    """Make a judged upload a film, where it lies."""
    verdict = verdict_of(upload)
    name = hand_over(upload, now=now)
    film = known(upload.sha256)
    if film is not None:
        transaction.on_commit(lambda: private().delete(name), robust=True)
        return film
    return _kept(verdict, name, upload.original_name, upload.sha256, now)


def keep_plain(came: UploadedFile[Any], now: datetime) -> Film:
    """Judge a film that came with its form, and keep it."""
    if (came.size or 0) > MOST[Upload.Purpose.TRAILER]:
        raise Refused("too_large", {"most": MOST[Upload.Purpose.TRAILER] // MEGABYTE})
    with tempfile.TemporaryDirectory(prefix="film-") as room:
        source = Path(room) / "source"
        with source.open("wb") as target:
            for chunk in came.chunks():
                target.write(chunk)
        verdict = judge(source, into=Path(room), accept=KINDS, name=came.name or "")
        digest = sha256_of(verdict.clean)
        film = known(digest)
        if film is not None:
            return film
        wanted = f"{current_store().public_id}/{tokens.public_id()}/file.{verdict.kind}"
        with verdict.clean.open("rb") as opened:
            name = private().save(wanted, File(opened))
    with transaction.atomic():
        return _kept(verdict, name, came.name or "", digest, now)


def keep_captions(text: str, lines: int, now: datetime) -> Captions:
    """Keep captions; the same ones are kept once."""
    digest = sha256(text.encode()).hexdigest()
    made: Captions = Captions.objects.get_or_create(
        sha256=digest, defaults={"text": text, "lines": lines, "made_at": now}
    )[0]
    return made


def _kept(verdict: Verdict, name: str, original_name: str, digest: str, now: datetime) -> Film:
    width, height = verdict.page_size or (0, 0)
    film: Film = Film.objects.create(
        name=name,
        original_name=tidy_name(original_name, verdict.kind),
        media_type=verdict.media_type,
        size=verdict.size,
        sha256=digest,
        seconds=verdict.seconds or 0,
        width=width or 1280,
        height=height or 720,
        poster_due_at=now,
        made_at=now,
    )
    wake(MAKE_POSTERS)
    return film
