"""A store's look: its logo and picture are kept, and the look before can come back."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import storages
from django.db import transaction

from core import tokens
from core.images import make_renditions
from stores.models import Look
from stores.services.opening import touch

CHOICES = ("colour", "type_pair", "corner", "mark_line", "scheme")
LOGO_WIDTH = 640
Focal = tuple[float, float]


def remember(look: Look, before: dict[str, Any]) -> None:
    """Keep the choices that held until now, so that they can come back."""
    if before != choices_of(look):
        look.before = before


def choices_of(look: Look) -> dict[str, Any]:
    """Return the choices of a look as plain values."""
    return {name: getattr(look, name) for name in CHOICES}


@transaction.atomic
def go_back(look: Look) -> Look:
    """Let the choices before hold again; the ones of now become those before."""
    locked = Look.objects.select_for_update(no_key=True).get(pk=look.pk)
    now, then = choices_of(locked), locked.before
    for name in CHOICES:
        setattr(locked, name, then.get(name, now[name]))
    locked.before = now
    locked.save(update_fields=[*CHOICES, "before"])
    touch(locked.store)
    return locked


def set_picture(look: Look, kind: str, path: Path, **said: Any) -> None:
    """Make the picture at ``path`` the store's ``logo``, ``hero`` or ``maker``.

    PictureRefusedError where it is none. ``said`` is kept with it: its words for those who do not
    see it (``alt``), the hero's ``focal`` point.
    """
    with tempfile.TemporaryDirectory(prefix=f"{kind}-") as room:
        made = make_renditions(path, into=Path(room))
        folder = f"{look.store.public_id}/{kind}/{tokens.public_id()}"
        files = []
        for rendition in sorted(made.renditions, key=lambda each: each.width):
            with rendition.path.open("rb") as opened:
                name = f"{folder}/{rendition.width}.{rendition.kind}"
                name = storages["default"].save(name, File(opened))
            files.append({"name": name, "kind": rendition.kind, "width": rendition.width})
    _keep(look, kind, {"width": made.width, "height": made.height, "files": files, **said})


def drop_picture(look: Look, kind: str) -> None:
    """Take the ``logo``, the ``hero`` or the ``maker`` off."""
    _keep(look, kind, {})


def say_of_picture(look: Look, kind: str, **said: Any) -> None:
    """Change what is said of a picture that is kept already."""
    if look.pictures.get(kind):
        look.pictures = {**look.pictures, kind: {**look.pictures[kind], **said}}
        look.save(update_fields=["pictures"])
        touch(look.store)


@transaction.atomic
def _keep(look: Look, kind: str, kept: dict[str, Any]) -> None:
    locked = Look.objects.select_for_update(no_key=True).get(pk=look.pk)
    for old in locked.pictures.get(kind, {}).get("files", []):
        transaction.on_commit(partial(storages["default"].delete, old["name"]), robust=True)
    locked.pictures = {**locked.pictures, kind: kept}
    webp = [each["name"] for each in kept.get("files", []) if each["kind"] == "webp"]
    if kind == "logo":
        smaller = [
            each["name"]
            for each in kept.get("files", [])
            if each["kind"] == "webp" and each["width"] <= LOGO_WIDTH
        ]
        name = next(reversed(smaller or webp), "")
        locked.logo = f"{settings.MEDIA_URL}{name}" if name else ""
    elif kind == "hero":
        locked.hero = next(reversed(webp), "")
    locked.save(update_fields=["pictures", "logo", "hero"])
    touch(locked.store)
    look.pictures, look.logo, look.hero = locked.pictures, locked.logo, locked.hero
