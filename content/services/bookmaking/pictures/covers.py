"""Draw a cover from a title, a colour and one of our drawings."""

from PIL import ImageFont

from content.services.bookmaking.fonts import DISPLAY, TEXT
from content.services.bookmaking.manuscript import Book
from content.services.bookmaking.pictures.canvas import PAPER, Canvas, Palette, face, mix, visual
from content.services.bookmaking.pictures.drawings import EMBLEMS

COVER_SIZE = (1200, 1800)
MIDDLE = 600
WIDEST = 960
LARGEST, SMALLEST = 170, 84


def draw_cover(book: Book) -> bytes:
    """Return the cover as a JPEG, 2:3: title above, emblem in a window, author below."""
    canvas = Canvas(Palette.of(book.colour), COVER_SIZE, ground=book.colour)
    soft = mix(PAPER, book.colour, 0.72)
    height, lines = fit(book.title)
    top = 210.0
    for line in lines:
        canvas.words(line, (MIDDLE, top + height / 2), height=height, colour=PAPER)
        top += height * 1.1
    sub_height, sub_lines = fit(book.subtitle, largest=54, family=TEXT, weight=400)
    top += 30
    for line in sub_lines:
        canvas.words(
            line, (MIDDLE, top + sub_height / 2), height=sub_height, colour=soft, family=TEXT,
            weight=400,
        )  # fmt: skip
        top += sub_height * 1.3
    centre = (MIDDLE, (top + 1600) / 2 + 20)
    radius = min(400.0, (1600 - top) / 2 - 40)
    canvas.oval(centre, radius, fill=PAPER)
    EMBLEMS[book.drawing](canvas, centre, radius)
    canvas.words(book.author, (MIDDLE, 1690), height=52, colour=soft, family=TEXT, weight=700)
    return canvas.jpeg()


def fit(
    text: str,
    *,
    largest: int = LARGEST,
    family: str = DISPLAY,
    weight: int = 700,
    widest: float = WIDEST,
) -> tuple[int, list[str]]:
    """Return the largest height at which the text fits the cover in few lines, and the lines."""
    height = largest
    while True:
        lines = _break(text, face(family, weight, height), widest)
        if len(lines) <= (2 if height > SMALLEST else 3) or height <= largest // 2:
            return height, lines
        height -= 8


def _break(text: str, font: ImageFont.FreeTypeFont, widest: float) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and font.getlength(visual(longer)) <= widest:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
