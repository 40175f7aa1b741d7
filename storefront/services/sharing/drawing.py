"""A card drawn: the object, its words, the shop's name and colour."""

from __future__ import annotations

import io
from functools import partial
from typing import Any

from django.core.files.storage import storages
from PIL import Image, ImageDraw, ImageOps

from storefront.services.sharing.cards import Card
from storefront.services.sharing.letters import Words, fitted, is_hebrew, write
from storefront.services.sharing.objects import Drawn, draw_object
from stores.rules import link_on, object_colours, surfaces

INK, SOFT = "#231f1c", "#635a53"
SIZES = {"wide": (1200, 630), "square": (1080, 1080)}
QUALITY = 88


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
