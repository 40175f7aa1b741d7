"""A product's cover: one picture comes in, widths of WebP and AVIF go into the public storage."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from django.conf import settings
from django.core.files import File
from django.core.files.storage import storages
from django.db import transaction

from core import tokens
from core.images import Picture, make_renditions
from products.models import Product
from stores.scope import current_store
from stores.services.opening import touch

FALLBACK_WIDTH = 640


@dataclass(frozen=True)
class Cover:
    """A cover as a page shows it: sizes in pixels, addresses without host."""

    src: str
    webp: str
    """What ``srcset`` wants: address and width, several times."""
    avif: str
    width: int
    height: int


def set_cover(product: Product, path: Path) -> Product:
    """Make the picture at ``path`` the product's cover; PictureRefusedError when it is none.

    The old cover's files go once the change is committed.
    """
    with tempfile.TemporaryDirectory(prefix="cover-") as room:
        picture = make_renditions(path, into=Path(room))
        files = _put_away(picture)
    return _keep(
        product,
        {
            "width": picture.width,
            "height": picture.height,
            "colour": picture.colour,
            "files": files,
        },
    )


def remove_cover(product: Product) -> Product:
    """Take the cover off; the object is drawn from its title again."""
    return _keep(product, {})


def cover_of(product: Product) -> Cover | None:
    """Return the product's cover, or None when it is drawn from its title."""
    files = product.cover.get("files", [])
    webp = [each for each in files if each["kind"] == "webp"]
    if not webp:
        return None
    fitting = [each for each in webp if each["width"] >= FALLBACK_WIDTH] or webp[-1:]
    return Cover(
        src=_address(fitting[0]["name"]),
        webp=_set_of(webp),
        avif=_set_of([each for each in files if each["kind"] == "avif"]),
        width=product.cover["width"],
        height=product.cover["height"],
    )


def _put_away(picture: Picture) -> list[dict[str, str | int]]:
    storage = storages["default"]
    folder = f"{current_store().public_id}/covers/{tokens.public_id()}"
    kept: list[dict[str, str | int]] = []
    for rendition in sorted(picture.renditions, key=lambda each: each.width):
        name = f"{folder}/{rendition.width}.{rendition.kind}"
        with rendition.path.open("rb") as opened:
            kept.append(
                {
                    "name": storage.save(name, File(opened)),
                    "kind": rendition.kind,
                    "width": rendition.width,
                }
            )
    return kept


def _keep(product: Product, cover: dict[str, object]) -> Product:
    with transaction.atomic():
        locked: Product = Product.objects.select_for_update(no_key=True).get(pk=product.pk)
        for old in locked.cover.get("files", []):
            transaction.on_commit(partial(storages["default"].delete, old["name"]), robust=True)
        locked.cover = cover
        locked.save(update_fields=["cover"])
        touch(current_store())
    product.cover = cover
    return product


def _set_of(files: list[dict[str, str]]) -> str:
    return ", ".join(f"{_address(each['name'])} {each['width']}w" for each in files)


def _address(name: str) -> str:
    return f"{settings.MEDIA_URL}{name}"
