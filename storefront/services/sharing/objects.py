"""The objects as pictures: what static/css/things.css draws, from the same facts."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFilter, ImageOps

from storefront.services.sharing.letters import fitted, is_hebrew, write
from stores.rules import mix

WHITE = "#ffffff"
SHAPES = {
    "book": (2, 3),
    "masthead": (3, 4),
    "screen": (16, 10),
    "stack": (4, 5),
    "bundle": (1, 1),
    "cards": (4, 5),
    "steps": (8, 7),
    "seats": (1, 1),
}
Point = tuple[int, int]


@dataclass(frozen=True)
class Drawn:
    """What an object is drawn from."""

    kind: str
    title: str
    kicker: str
    foot: str
    colour: str
    paper: str
    pattern: int
    display: str
    text: str
    cover: Image.Image | None = None


def draw_object(thing: Drawn, *, box: Point) -> Image.Image:
    """Return the object as large as the box lets it be, on nothing, with its shadow."""
    wide, tall = _fitting(SHAPES.get(thing.kind, (4, 5)), box)
    made = {"cards": _cards, "steps": _steps, "seats": _seats}.get(thing.kind)
    if made is not None and thing.cover is None:
        return made(thing, wide, tall)
    face = _face(thing, wide, tall)
    if thing.kind == "stack":
        return _with_two_behind(thing, face)
    return _with_shadow(face)


def _fitting(ratio: Point, box: Point) -> Point:
    wide = min(box[0], box[1] * ratio[0] // ratio[1])
    return wide, wide * ratio[1] // ratio[0]


def _face(thing: Drawn, wide: int, tall: int) -> Image.Image:
    if thing.cover is not None:
        face = ImageOps.fit(thing.cover.convert("RGB"), (wide, tall), Image.Resampling.LANCZOS)
    else:
        face = _patterned(thing, wide, tall)
        _write_on(face, thing)
    if thing.kind == "book":
        _spine(face, from_right=is_hebrew(thing.title))
    if thing.kind == "bundle" and thing.cover is None:
        _ribbon(face)
    return face


def _patterned(thing: Drawn, wide: int, tall: int) -> Image.Image:  # noqa: C901 -- six patterns, a branch each
    face = Image.new("RGB", (wide, tall), thing.colour)
    if not thing.pattern:
        return face
    draw, lighter = ImageDraw.Draw(face), mix(WHITE, 0.09, thing.colour)
    step = max(12, wide // 9)
    if thing.pattern == 1:
        for start in range(-tall, wide, step):
            draw.line((start, tall, start + tall, 0), fill=lighter, width=step // 3)
    elif thing.pattern == 2:  # noqa: PLR2004 -- as docs/look.md numbers them
        _dots(draw, (wide, tall), step, lighter)
    elif thing.pattern == 3:  # noqa: PLR2004
        for at in range(0, max(wide, tall), step):
            draw.line((at, 0, at, tall), fill=lighter, width=2)
            draw.line((0, at, wide, at), fill=lighter, width=2)
    elif thing.pattern == 4:  # noqa: PLR2004
        _scales(draw, (wide, tall), step, lighter)
    elif thing.pattern == 5:  # noqa: PLR2004
        for top in range(0, tall, step * 3 // 2):
            draw.rectangle((0, top, wide, top + step // 3), fill=lighter)
    else:
        for number, left in enumerate(range(0, wide, step)):
            for top in range(step * (number % 2), tall, step * 2):
                draw.rectangle((left, top, left + step - 1, top + step - 1), fill=lighter)
    return face


def _dots(draw: ImageDraw.ImageDraw, size: Point, step: int, fill: str) -> None:
    round_ = step // 5
    for left in range(step // 2, size[0] + step, step):
        for top in range(step // 2, size[1] + step, step):
            draw.ellipse((left - round_, top - round_, left + round_, top + round_), fill=fill)


def _scales(draw: ImageDraw.ImageDraw, size: Point, step: int, fill: str) -> None:
    for left in range(0, size[0] + step, step * 2):
        for top in range(0, size[1] + step, step):
            draw.arc((left, top, left + step * 2, top + step * 2), 200, 340, fill, step // 5)


def _write_on(face: Image.Image, thing: Drawn) -> None:
    wide, tall = face.size
    edge, draw = wide // 11, ImageDraw.Draw(face)
    is_rtl = is_hebrew(thing.title)
    across = wide - edge * 2 - (wide // 20 if thing.kind == "book" else 0)
    left = edge if is_rtl or thing.kind != "book" else edge + wide // 20
    sizes = [min(wide, tall) * each // 100 for each in (17, 15, 13, 11, 10, 9)]
    small = max(13, min(wide, tall) // 15)
    left_over = tall - edge * 2 - small * 3
    title = fitted(
        thing.title, thing.display, width=across, sizes=sizes, most_lines=5, most_tall=left_over
    )
    middle = (tall - title.tall) // 2
    places = [(title, edge if thing.kind == "masthead" else middle)]
    if thing.kicker and thing.kind != "masthead":
        kicker = fitted(thing.kicker, thing.text, width=across, sizes=[small], most_lines=1)
        places.append((kicker, edge))
    if thing.foot:
        foot = fitted(thing.foot, thing.text, width=across, sizes=[small], most_lines=1)
        places.append((foot, tall - edge - foot.tall))
    for words, top in places:
        write(draw, words, at=(left, top), width=across, fill=WHITE, is_rtl=is_rtl)


def _spine(face: Image.Image, *, from_right: bool) -> None:
    wide, tall = face.size
    strip = max(6, wide // 15)
    shade = Image.new("RGBA", (strip, 1))
    for at in range(strip):
        share = at / strip
        dark = share < 0.5  # noqa: PLR2004 -- first the fold's shadow, then its light
        value = (0, 0, 0, round(70 * (1 - share * 2))) if dark else None
        light = (255, 255, 255, round(50 * (1 - abs(share - 0.6) * 2.5)))
        shade.putpixel((at, 0), value or light)
    shade = shade.resize((strip, tall))
    if from_right:
        shade = ImageOps.mirror(shade)
    face.paste(shade, (wide - strip if from_right else 0, 0), mask=shade)


def _ribbon(face: Image.Image) -> None:
    wide, tall = face.size
    band = Image.new("RGBA", face.size)
    draw = ImageDraw.Draw(band)
    draw.rectangle((wide * 68 // 100, 0, wide * 76 // 100, tall), fill=(255, 255, 255, 64))
    draw.rectangle((0, tall * 62 // 100, wide, tall * 70 // 100), fill=(255, 255, 255, 64))
    face.paste(band, (0, 0), mask=band)


def _with_shadow(face: Image.Image) -> Image.Image:
    wide, tall = face.size
    edge = wide // 8
    whole = Image.new("RGBA", (wide + edge * 2, tall + edge * 2))
    under = Image.new("RGBA", whole.size)
    box = (edge + wide // 20, edge + tall // 12, edge + wide - wide // 20, edge + tall + edge // 3)
    ImageDraw.Draw(under).rectangle(box, fill=(0, 0, 0, 110))
    whole.alpha_composite(under.filter(ImageFilter.BoxBlur(edge // 4)))
    whole.paste(face, (edge, edge))
    return whole


def _with_two_behind(thing: Drawn, face: Image.Image) -> Image.Image:
    whole, edge = _with_shadow(face), face.size[0] // 8
    step = edge // 2
    stacked = Image.new("RGBA", whole.size)
    draw, (wide, tall) = ImageDraw.Draw(stacked), face.size
    for back, share in ((2, 0.4), (1, 0.65)):
        at = edge - step * back
        box = (at, at, at + wide - step, at + tall - step)
        draw.rectangle(box, fill=mix(thing.colour, share, WHITE))
    stacked.alpha_composite(whole)
    return stacked


def _cards(thing: Drawn, wide: int, tall: int) -> Image.Image:
    made = Image.new("RGBA", (wide, tall))
    draw, gap = ImageDraw.Draw(made), wide // 40
    across, down = (wide - gap * 3) // 4, (tall - gap * 2) // 3
    shares = (0.26, 0.72, 0.45, 0.88, 0.45, 0.72, 0.26, 0.45, 0.45, 0.26, 0.88, 0.45)
    for number, share in enumerate(shares):
        left, top = number % 4 * (across + gap), number // 4 * (down + gap)
        fill = mix(thing.colour, share, thing.paper)
        draw.rectangle((left, top, left + across, top + down), fill=fill)
    return made


def _steps(thing: Drawn, wide: int, tall: int) -> Image.Image:
    made = Image.new("RGBA", (wide, tall))
    draw, gap, of = ImageDraw.Draw(made), wide // 36, 4
    across = (wide - gap * (of - 1)) // of
    for number in range(of):
        rank = of - 1 - number if is_hebrew(thing.title) else number
        high = tall * (22 + 74 * rank // (of - 1)) // 100
        left = number * (across + gap)
        fill = mix(thing.colour, 0.4 + 0.6 * rank / (of - 1), thing.paper)
        draw.rectangle((left, tall - high, left + across, tall), fill=fill)
    return made


def _seats(thing: Drawn, wide: int, tall: int) -> Image.Image:
    made = Image.new("RGBA", (wide, tall))
    draw, round_ = ImageDraw.Draw(made), wide // 9
    for across, down in ((50, 12), (83, 31), (83, 69), (50, 88), (17, 69), (17, 31)):
        x, y = wide * across // 100, tall * down // 100
        draw.ellipse((x - round_, y - round_, x + round_, y + round_), fill=thing.colour)
    return made
