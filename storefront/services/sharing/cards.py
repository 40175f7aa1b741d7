"""Pictures for sharing, 1200 × 630 and 1080 square: made once of what they say, then kept.

A picture's name in the public storage is a hash of all it is drawn from, so it is never old; what
it took the place of is deleted when it is made.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils.text import capfirst
from django.utils.translation import get_language

from core.addresses import path_to
from products.models import Product
from storefront.services.things import thing_of
from stores.models import Store
from stores.scope import current_store
from stores.services.theme import theme_of

MADE_AS = 1
"""Raised when the drawing changes, so that all pictures are made anew."""


@dataclass(frozen=True)
class Card:
    """All that a picture is drawn from."""

    key: str
    """Whose it is: a product's public id, or ``home``."""
    shape: str
    language: str
    store: str
    kick: str
    title: str
    kind: str
    colour: str
    hue: int
    pattern: int
    display: str
    text: str
    picture: str = ""
    """A name in the public storage: the cover, or the store's own picture."""
    focal: tuple[float, float] = (0.5, 0.5)
    fills: bool = False
    """Whether the picture is the whole card, as the store's own is."""

    @property
    def digest(self) -> str:
        """What the name of the picture says."""
        return hashlib.sha256(repr((MADE_AS, tuple(self.__dict__.values()))).encode()).hexdigest()[
            :24
        ]


def card_of(product: Product, store: Store, *, shape: str = "wide") -> Card:
    """Return the card of a product."""
    thing = thing_of(product)
    label = capfirst(str(product.contract.label))
    return Card(
        key=product.public_id,
        kick=label,
        title=product.title,
        kind=thing.kind,
        hue=thing.hue,
        pattern=thing.pattern,
        picture=_largest(product.cover),
        **_of_store(store, shape),
    )


def card_of_store(store: Store, *, shape: str = "wide") -> Card:
    """Return the card of the shop itself: its own picture, or its name set large."""
    return Card(
        key="home",
        kick="",
        title=store.tagline or store.name,
        kind="",
        hue=0,
        pattern=0,
        picture=store.look.hero,
        focal=tuple(store.look.pictures.get("hero", {}).get("focal", (0.5, 0.5))),
        fills=True,
        **_of_store(store, shape),
    )


def picture_of(card: Card, store: Store) -> bytes:
    """Return the card as JPEG, from the storage when it was made before."""
    from storefront.services.sharing.drawing import draw  # late: most are drawn already

    folder = f"{store.public_id}/share/{card.key}-{card.shape}-{card.language}"
    name, storage = f"{folder}/{card.digest}.jpg", storages["default"]
    try:
        with storage.open(name) as kept:
            return bytes(kept.read())
    except OSError:
        made = draw(card)
    _forget(folder)
    storage.save(name, ContentFile(made))
    return made


def share_path(product: Product) -> str:
    """Return where a product's picture is, with what makes it another when it changes."""
    card = card_of(product, current_store())
    address = path_to("storefront:share-image", product.slug or product.public_id)
    return f"{address}?v={card.digest[:8]}"


def home_path() -> str:
    """Return where the shop's own picture is, with what makes it another when it changes."""
    return f"{path_to('storefront:share-home')}?v={card_of_store(current_store()).digest[:8]}"


def _of_store(store: Store, shape: str) -> dict[str, Any]:
    fonts = theme_of(store.look).fonts
    return {
        "shape": shape,
        "language": get_language() or store.language,
        "store": store.name,
        "colour": store.look.colour.lower(),
        "display": fonts[0],
        "text": fonts[-1],
    }


def _largest(kept: dict[str, Any]) -> str:
    files = [each for each in kept.get("files", []) if each["kind"] == "webp"]
    return str(max(files, key=lambda each: min(each["width"], 1280))["name"]) if files else ""


def _forget(folder: str) -> None:
    """Delete what was made before; a file that another process deletes first is gone as well."""
    storage = storages["default"]
    try:
        _folders, files = storage.listdir(folder)
    except OSError:
        return
    for name in files:
        storage.delete(f"{folder}/{name}")
