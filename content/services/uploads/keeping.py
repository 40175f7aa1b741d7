"""A form's part: the judged file becomes an asset, a cover's picture, or an app's own."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.db import transaction

from content.models import Asset, Upload
from content.services.files import ask_to_read, private, tidy_name
from content.services.judge import Entry, Refused, Verdict, Warned
from content.services.uploads.sending import drop
from products.models import Part
from stores.errors import StoresDiffer
from stores.models import Staff


def waiting(staff: Staff, public_id: str) -> Upload | None:
    """Return a file of this person that was judged and waits for its form, or None."""
    found: Upload | None = Upload.objects.filter(
        staff=staff, public_id=public_id, state=Upload.State.READY
    ).first()
    return found


def verdict_of(upload: Upload) -> Verdict:
    """Return what the judge found; ``clean`` is a name in the private storage."""
    facts = upload.facts
    size = facts["page_size"]
    return Verdict(
        kind=upload.kind,  # type: ignore[arg-type]  # written from a verdict
        media_type=upload.media_type,
        clean=Path(upload.name),
        size=upload.clean_size,
        title=facts["title"],
        author=facts["author"],
        language=facts["language"],
        direction=facts["direction"],
        pages=facts["pages"],
        sections=facts["sections"],
        seconds=facts.get("seconds"),
        page_size=(size[0], size[1]) if size else None,
        cover=None,
        contents=tuple(Entry(**line) for line in facts["contents"]),
        description=facts.get("description", ""),
        spine=tuple((path, words) for path, words in facts.get("spine", ())),
        warnings=tuple(Warned(code, detail) for code, detail in facts["warnings"]),
    )


@transaction.atomic
def keep_upload(part: Part, upload: Upload, *, now: datetime) -> Asset:
    """Make the judged file the asset of ``part``, where it lies; asked again, it is the same one.

    What the part holds already is not kept again. Refused ``gone`` when another form took it.
    """
    locked: Upload = Upload.objects.select_for_update(no_key=True).get(pk=upload.pk)
    if part.store_id != locked.store_id:
        raise StoresDiffer(part.public_id)
    if locked.asset is not None and locked.asset.part_id == part.pk:
        return locked.asset
    if locked.state != Upload.State.READY:
        raise Refused("gone")
    newest: Asset | None = Asset.objects.filter(part=part).order_by("-id").first()
    if newest is not None and newest.sha256 == locked.sha256:
        asset = newest
        transaction.on_commit(lambda: private().delete(locked.name), robust=True)
    else:
        asset = Asset.objects.create(
            part=part,
            kind=locked.kind,
            name=locked.name,
            original_name=tidy_name(locked.original_name, locked.kind),
            media_type=locked.media_type,
            size=locked.clean_size,
            sha256=locked.sha256,
            facts={key: value for key, value in locked.facts.items() if key != "warnings"},
            created_at=now,
        )
        ask_to_read(part, now)
    locked.asset, locked.state, locked.changed_at = asset, Upload.State.USED, now
    locked.save(update_fields=["asset", "state", "changed_at"])
    return asset


@transaction.atomic
def hand_over(upload: Upload, *, now: datetime) -> str:
    """Give the judged file away where it lies, and return its name in the private storage.

    From now on it is whose who asked: no sweep lets go of it. Refused ``gone`` when another form
    took it.
    """
    locked: Upload = Upload.objects.select_for_update(no_key=True).get(pk=upload.pk)
    if locked.state != Upload.State.READY:
        raise Refused("gone")
    name = locked.name
    locked.name, locked.state, locked.changed_at = "", Upload.State.USED, now
    locked.save(update_fields=["name", "state", "changed_at"])
    return name


def used(staff: Staff, public_id: str) -> Upload | None:
    """Return a file of this person that a form has taken already, or None."""
    found: Upload | None = Upload.objects.filter(
        staff=staff, public_id=public_id, state=Upload.State.USED
    ).first()
    return found


def let_go(upload: Upload) -> None:
    """Drop a picture once its cover was made."""
    drop(upload)
