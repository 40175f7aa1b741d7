"""A canvas for calm line drawings: smooth edges, few colours, small files."""

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from PIL import Image, ImageDraw, ImageFont

from content.services.bookmaking.fonts import DISPLAY, typeface

Point = tuple[float, float]
SIZE = (1200, 750)
FINE = 2  # drawn at twice the size and scaled down, which smooths every edge
PAPER = "#f8f3ea"
INK = "#2f2c33"


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one drawing, mixed from one."""

    main: str
    tint: str
    pale: str
    paper: str = PAPER
    ink: str = INK

    @classmethod
    def of(cls, main: str) -> "Palette":
        return cls(main=main, tint=mix(main, PAPER, 0.45), pale=mix(main, PAPER, 0.16))


def mix(colour: str, other: str, share: float) -> str:
    """Return `share` of the first colour in the second, as #rrggbb."""
    pairs = ((int(colour[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


class Canvas:
    """Coordinates from the upper left, as on the finished picture."""

    def __init__(self, palette: Palette, size: tuple[int, int] = SIZE, ground: str = "") -> None:
        self.palette = palette
        self.size = size
        self._image = Image.new("RGB", (size[0] * FINE, size[1] * FINE), ground or palette.paper)
        self._draw = ImageDraw.Draw(self._image)

    def line(self, *points: Point, colour: str = "", width: float = 6) -> None:
        """A line through the points, with round ends and joints."""
        colour = colour or self.palette.ink
        scaled = [(x * FINE, y * FINE) for x, y in points]
        self._draw.line(scaled, fill=colour, width=round(width * FINE), joint="curve")
        for x, y in (scaled[0], scaled[-1]):
            self._dot(x, y, width * FINE / 2, colour)

    def dashes(
        self, *points: Point, colour: str = "", width: float = 8, dash: float = 44, gap: float = 26
    ) -> None:
        """A line of stitches along the points."""
        path = _walk(points)
        step, at = dash + gap, 0
        while at + dash <= len(path):
            self.line(*path[at : at + int(dash)], colour=colour, width=width)
            at += int(step)

    def curve(self, start: Point, bend: Point, end: Point, **how: object) -> None:
        """A bent line from start to end, drawn towards `bend`."""
        self.line(*bezier(start, bend, end), **how)  # type: ignore[arg-type] # passed on as given

    def arrow(self, start: Point, end: Point, colour: str = "", width: float = 6) -> None:
        """A straight arrow with a plain head."""
        self.line(start, end, colour=colour, width=width)
        angle = math.atan2(end[1] - start[1], end[0] - start[0])
        for turn in (2.6, -2.6):
            tip = (end[0] + 26 * math.cos(angle + turn), end[1] + 26 * math.sin(angle + turn))
            self.line(end, tip, colour=colour, width=width)

    def polygon(self, *points: Point, fill: str, edge: str = "", width: float = 5) -> None:
        """A filled shape, with an edge where a colour is given."""
        self._draw.polygon([(x * FINE, y * FINE) for x, y in points], fill=fill)
        if edge:
            self.line(*points, points[0], colour=edge, width=width)

    def box(
        self, left: float, top: float, right: float, bottom: float, *, fill: str, edge: str = "",
        corner: float = 12, width: float = 5,
    ) -> None:  # fmt: skip
        """A rectangle with round corners."""
        self._draw.rounded_rectangle(
            (left * FINE, top * FINE, right * FINE, bottom * FINE),
            radius=corner * FINE,
            fill=fill,
            outline=edge or None,
            width=round(width * FINE) if edge else 0,
        )

    def oval(
        self, centre: Point, across: float, high: float = 0, *, fill: str = "", edge: str = "",
        width: float = 5,
    ) -> None:  # fmt: skip
        """An ellipse by its centre and half-axes; a circle when only one is given."""
        high = high or across
        x, y = centre
        self._draw.ellipse(
            ((x - across) * FINE, (y - high) * FINE, (x + across) * FINE, (y + high) * FINE),
            fill=fill or None,
            outline=edge or None,
            width=round(width * FINE) if edge else 0,
        )

    def words(
        self, text: str, at: Point, *, height: float, colour: str = "", anchor: str = "mm",
        family: str = DISPLAY, weight: int = 700,
    ) -> None:  # fmt: skip
        """One line of text, Hebrew or Latin; `anchor` as in Pillow."""
        self._draw.text(
            (at[0] * FINE, at[1] * FINE),
            visual(text),
            fill=colour or self.palette.ink,
            font=face(family, weight, height * FINE),
            anchor=anchor,
        )

    def png(self) -> bytes:
        """The finished picture in few colours."""
        out = io.BytesIO()
        self._finished().quantize(64, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        return out.getvalue()

    def jpeg(self) -> bytes:
        """The finished picture as a JPEG."""
        out = io.BytesIO()
        self._finished().save(out, "JPEG", quality=88, optimize=True)
        return out.getvalue()

    def _finished(self) -> Image.Image:
        return self._image.resize(self.size, Image.Resampling.BOX)

    def _dot(self, x: float, y: float, radius: float, colour: str) -> None:
        self._draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)


def bezier(start: Point, bend: Point, end: Point, steps: int = 60) -> list[Point]:
    """Return the points of a quadratic curve."""
    points = []
    for number in range(steps + 1):
        t = number / steps
        a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t * t
        points.append(
            (a * start[0] + b * bend[0] + c * end[0], a * start[1] + b * bend[1] + c * end[1])
        )
    return points


def face(family: str, weight: int, height: float) -> ImageFont.FreeTypeFont:
    """Return the typeface at a height in pixels, without Raqm, which not every machine has."""
    return ImageFont.truetype(
        io.BytesIO(typeface(family, weight)), height, layout_engine=ImageFont.Layout.BASIC
    )


def visual(text: str) -> str:
    """Return Hebrew in the order it is seen; its letters do not join, so turning it is enough."""
    if not any("\u05d0" <= letter <= "\u05ea" for letter in text):
        return text
    turned = text[::-1].translate(str.maketrans("()[]", ")(]["))
    runs: list[str] = []
    for letter in turned:
        is_latin = letter.isascii() and letter.isalnum()
        if is_latin and runs and runs[-1][-1].isascii() and runs[-1][-1].isalnum():
            runs[-1] = letter + runs[-1]
        else:
            runs.append(letter)
    return "".join(runs)


def _walk(points: Sequence[Point]) -> list[Point]:
    """The path one pixel at a time."""
    path: list[Point] = []
    for (x, y), (to_x, to_y) in pairwise(points):
        length = max(1, round(math.hypot(to_x - x, to_y - y)))
        path.extend(
            (x + (to_x - x) * i / length, y + (to_y - y) * i / length) for i in range(length)
        )
    return path
