"""Draw a cover from nothing but a title, an author and the store's colour, in a few ways."""

from collections.abc import Callable

from content.services.bookmaking.fonts import TEXT
from content.services.bookmaking.pictures.canvas import INK, PAPER, Canvas, Palette, mix
from content.services.bookmaking.pictures.covers import COVER_SIZE, fit

MIDDLE = 600
WIDTH, HEIGHT = COVER_SIZE
DIVIDE = 0.3
Way = Callable[[str, str, str], Canvas]


def draw_plain(number: int, *, title: str, author: str, colour: str) -> bytes:
    """Return one of the covers as a JPEG, 2:3; `number` counts from 0, see `WAYS`."""
    return WAYS[number](title, author, colour).jpeg()


def window(title: str, author: str, colour: str) -> Canvas:
    """Paper with a frame, a band of the colour behind the title."""
    canvas = Canvas(Palette.of(colour), COVER_SIZE, ground=PAPER)
    canvas.box(0, 360, WIDTH, 1080, fill=colour)
    canvas.line((90, 300), (WIDTH - 90, 300), colour=colour, width=6)
    canvas.line((90, 1140), (WIDTH - 90, 1140), colour=colour, width=6)
    _title(canvas, title, 720, _on(colour))
    _author(canvas, author, 1600, INK)
    return canvas


def hills(title: str, author: str, colour: str) -> Canvas:
    """The colour, with rounds of lighter shades rising from the foot."""
    canvas = Canvas(Palette.of(colour), COVER_SIZE, ground=colour)
    for step, share in enumerate((0.14, 0.28, 0.44, 0.62)):
        radius = 900 - step * 170
        canvas.oval((MIDDLE, HEIGHT + 120), radius, fill=mix(PAPER, colour, share))
    _title(canvas, title, 520, _on(colour))
    _author(canvas, author, 1690, INK)
    return canvas


def stripes(title: str, author: str, colour: str) -> Canvas:
    """Near black, stripes along the spine; the spine is where reading begins."""
    dark = mix(colour, "#12100f", 0.22)
    is_rtl = any("\u0590" <= letter <= "\u05ff" for letter in title)
    canvas = Canvas(Palette.of(colour), COVER_SIZE, ground=dark)
    for step in range(6):
        at = WIDTH - 60 - step * 44 if is_rtl else 60 + step * 44
        shade = mix(colour, dark, 1 - step * 0.15)
        canvas.line((at, 0), (at, HEIGHT), colour=shade, width=14)
    middle = MIDDLE - 110 if is_rtl else MIDDLE + 110
    _title(canvas, title, 800, PAPER, middle=middle, widest=760)
    _author(canvas, author, 1640, mix(PAPER, dark, 0.8), middle=middle)
    return canvas


WAYS: tuple[Way, ...] = (window, hills, stripes)


def _on(colour: str) -> str:
    """Return the shade of letters that is read best on a colour (WCAG 2, relative luminance)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (((each + 0.055) / 1.055) ** 2.4 for each in parts)
    return INK if 0.2126 * red + 0.7152 * green + 0.0722 * blue > DIVIDE else PAPER


def _title(
    canvas: Canvas, title: str, centre: float, colour: str, *, middle: float = MIDDLE,
    widest: float = 960,
) -> None:  # fmt: skip
    height, lines = fit(title, largest=round(170 * widest / 960), widest=widest)
    top = centre - height * 1.12 * len(lines) / 2
    for line in lines:
        canvas.words(line, (middle, top + height / 2), height=height, colour=colour)
        top += height * 1.12


def _author(
    canvas: Canvas, author: str, centre: float, colour: str, *, middle: float = MIDDLE
) -> None:
    height, lines = fit(author, largest=56, family=TEXT, widest=760)
    for number, line in enumerate(lines):
        at = (middle, centre + number * height * 1.2)
        canvas.words(line, at, height=height, colour=colour, family=TEXT)
