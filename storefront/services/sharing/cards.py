"""Pictures for sharing, 1200 × 630 and 1080 square: made once of what they say, then kept.

A picture's name in the public storage is a hash of all it is drawn from, so it is never old; what
it took the place of is deleted when it is made.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import get_language
from PIL import Image, ImageDraw, ImageOps

from products.models import Product
from storefront.services.sharing.letters import Words, fitted, is_hebrew, write
from storefront.services.sharing.objects import Drawn, draw_object
from storefront.services.things import thing_of
from stores.models import Store
from stores.rules import link_on, object_colours, surfaces
from stores.scope import current_store
from stores.services.theme import theme_of

MADE_AS = 1
"""Raised when the drawing changes, so that all pictures are made anew."""
INK, SOFT = "#231f1c", "#635a53"
SIZES = {"wide": (1200, 630), "square": (1080, 1080)}
QUALITY = 88


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
    card = Card(
        key=product.public_id,
        kick=label,
        title=product.title,
        kind=thing.kind,
        hue=thing.hue,
        pattern=thing.pattern,
        **_of_store(store, shape),
    )
    return replace(card, picture=_largest(product.cover))


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
    address = reverse("storefront:share-image", args=[product.slug or product.public_id])
    return f"{address}?v={card.digest[:8]}"


def home_path() -> str:
    """Return where the shop's own picture is, with what makes it another when it changes."""
    return f"{reverse('storefront:share-home')}?v={card_of_store(current_store()).digest[:8]}"


def draw(card: Card) -> bytes:
    """Return the card drawn, as JPEG."""
    size = SIZES[card.shape]
    picture = _opened(card.picture)
    if card.fills and picture is not None:
        made = ImageOps.fit(picture.convert("RGB"), size, centering=card.focal)
    else:
        made = _drawn(card, picture, size)
    out = io.BytesIO()
    made.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return out.getvalue()


def _drawn(card: Card, picture: Image.Image | None, size: tuple[int, int]) -> Image.Image:
    paper = surfaces(card.colour, dark=False)[0]
    made = Image.new("RGB", size, paper)
    edge, is_rtl = 72, is_hebrew(card.title)
    wide, tall = size
    is_square = wide == tall
    if card.kind:
        box = (wide - edge * 2, tall // 2 - 20) if is_square else (500, tall - 170)
        thing = draw_object(_thing(card, paper, picture), box=box)
        along = edge if is_rtl else wide - edge - thing.width
        at = ((wide - thing.width) // 2, 40) if is_square else (along, (tall - thing.height) // 2)
        made.paste(thing, at, mask=thing)
        left = edge if is_square or not is_rtl else edge + thing.width + 30
        across = wide - edge * 2 - (0 if is_square else thing.width + 30)
        top = tall // 2 + 90 if is_square else edge
    else:
        left, across, top = edge, wide - edge * 2, edge
    _say(made, card, box=(left, top, across, tall - edge - top), is_rtl=is_rtl)
    _brand_line(made, card.colour)
    return made


def _say(made: Image.Image, card: Card, *, box: tuple[int, int, int, int], is_rtl: bool) -> None:
    """Write the kick, the title and the store's name into a column."""
    left, top, across, tall = box
    draw = ImageDraw.Draw(made)
    one: Any = partial(fitted, width=across, most_lines=1)
    link = link_on(card.colour, dark=False)
    stands: list[tuple[Words, str]] = []
    if card.kick:
        stands.append((one(card.kick, card.text, sizes=[30]), link))
    sizes = [96, 84, 72, 64, 56, 48, 42] if tall > 400 else [72, 64, 56, 48, 42]  # noqa: PLR2004 -- pixels
    left_over = tall - 120
    title = fitted(
        card.title, card.display, width=across, sizes=sizes, most_lines=4, most_tall=left_over
    )
    stands.append((title, INK))
    name = one(card.store, card.text, sizes=[32, 26]) if card.title != card.store else None
    whole = sum(words.tall for words, _fill in stands) + 16
    at = top + max(0, (tall - whole - (name.height if name else 0)) // 2)
    for words, fill in stands:
        write(draw, words, at=(left, at), width=across, fill=fill, is_rtl=is_rtl)
        at += words.tall + 16
    if name:
        foot = top + tall - name.height
        write(draw, name, at=(left, foot), width=across, fill=SOFT, is_rtl=is_rtl)


def _brand_line(made: Image.Image, colour: str) -> None:
    wide, tall = made.size
    ImageDraw.Draw(made).rectangle((0, tall - 14, wide, tall), fill=colour)


def _thing(card: Card, paper: str, picture: Image.Image | None) -> Drawn:
    return Drawn(
        kind=card.kind,
        title=card.title,
        kicker=card.kick,
        foot=card.store,
        colour=object_colours(card.colour)[card.hue],
        paper=paper,
        pattern=card.pattern,
        display=card.display,
        text=card.text,
        cover=picture,
    )


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


def _opened(name: str) -> Image.Image | None:
    if not name:
        return None
    try:
        with storages["default"].open(name) as kept:
            picture: Image.Image = Image.open(io.BytesIO(kept.read()))
            picture.load()
    except OSError:
        return None
    return picture


def _forget(folder: str) -> None:
    """Delete what was made before; a file that another process deletes first is gone as well."""
    storage = storages["default"]
    try:
        _folders, files = storage.listdir(folder)
    except OSError:
        return
    for name in files:
        storage.delete(f"{folder}/{name}")
