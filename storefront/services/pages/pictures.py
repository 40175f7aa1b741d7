"""The pictures on pages: one comes in, widths of WebP and AVIF go into the public storage."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import storages
from django.core.files.uploadedfile import UploadedFile

from core import tokens
from core.images import make_renditions
from storefront.models import Picture
from stores.models import Look
from stores.scope import current_store

FALLBACK_WIDTH = 640
POSTER_WIDTH = 1200
MIDDLE = (0.5, 0.5)


@dataclass(frozen=True)
class Shown:
    """A picture as a page shows it: sizes in pixels, addresses without host."""

    src: str
    wide: str
    """One address of it, wide enough to stand before a film."""
    webp: str
    avif: str
    width: int
    height: int


def shown_pictures(public_ids: Collection[str]) -> dict[str, Shown]:
    """Return these pictures of the store in scope by public id, in one query; none for none."""
    if not public_ids:
        return {}
    return {
        row.public_id: shown_picture(row)
        for row in Picture.objects.filter(public_id__in=public_ids)
    }


def own_picture(look: Look, kind: str) -> dict[str, Any] | None:
    """Return a look's ``hero`` or ``maker`` as blocks show pictures; None where there is none."""
    kept = look.pictures.get(kind) or {}
    if not kept.get("files"):
        return None
    shown = _of_files(kept["files"], kept["width"], kept["height"])
    return {"shown": shown, "alt": kept.get("alt", ""), "focus": _focus(kept.get("focal"))}


def _focus(focal: Sequence[float] | None) -> str:
    """Return in one word what of a picture must not be cut off."""
    across, down = focal or MIDDLE
    if down != MIDDLE[1]:
        return "top" if down < MIDDLE[1] else "bottom"
    if across != MIDDLE[0]:
        return "left" if across < MIDDLE[0] else "right"
    return "centre"


def shown_picture(row: Picture) -> Shown:
    """Return a picture as a page shows it."""
    return _of_files(row.files, row.width, row.height)


def _of_files(files: Sequence[Mapping[str, Any]], width: int, height: int) -> Shown:
    webp = [each for each in files if each["kind"] == "webp"]
    return Shown(
        src=_address(_at_least(FALLBACK_WIDTH, webp)["name"]),
        wide=_address(_at_least(POSTER_WIDTH, webp)["name"]),
        webp=_set_of(webp),
        avif=_set_of([each for each in files if each["kind"] == "avif"]),
        width=width,
        height=height,
    )


def _at_least(width: int, files: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return the first file that is so wide, else the widest."""
    return next((each for each in files if each["width"] >= width), files[-1])


def take_in(value: Any) -> Any:
    """Return a block's values with every uploaded file kept as a picture, and its id in place.

    PictureRefusedError where a file is no picture; what was taken in before it stays unused.
    """
    if isinstance(value, list):
        return [take_in(each) for each in value]
    if not isinstance(value, dict):
        return value
    found = {key: take_in(inner) for key, inner in value.items() if key != "upload"}
    if "upload" in value:
        found["id"] = add_picture(value["upload"]).public_id
    return found


def add_picture(upload: UploadedFile[Any]) -> Picture:
    """Keep an uploaded picture; PictureRefusedError when it is none."""
    with tempfile.TemporaryDirectory(prefix="picture-") as room:
        source = Path(room) / "source"
        with source.open("wb") as target:
            for chunk in upload.chunks():
                target.write(chunk)
        return add_picture_at(source)


def add_picture_at(source: Path) -> Picture:
    """Keep the picture at a path; PictureRefusedError when it is none."""
    storage = storages["default"]
    with tempfile.TemporaryDirectory(prefix="picture-") as room:
        made = make_renditions(source, into=Path(room))
        folder = f"{current_store().public_id}/pages/{tokens.public_id()}"
        files = []
        for each in sorted(made.renditions, key=lambda rendition: rendition.width):
            with each.path.open("rb") as opened:
                name = storage.save(f"{folder}/{each.width}.{each.kind}", File(opened))
            files.append({"name": name, "kind": each.kind, "width": each.width})
    picture: Picture = Picture.objects.create(
        width=made.width, height=made.height, colour=made.colour, files=files
    )
    return picture


def _set_of(files: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(f"{_address(each['name'])} {each['width']}w" for each in files)


def _address(name: str) -> str:
    return f"{settings.MEDIA_URL}{name}"
