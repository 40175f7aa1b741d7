"""The drawing in the window of a cover, each inside a circle."""

import math
from collections.abc import Callable

from content.services.bookmaking.pictures.canvas import Canvas, Point, bezier

Place = Callable[[float, float], Point]


def _placing(centre: Point, radius: float) -> Place:
    """Coordinates from -1 to 1 inside the circle."""
    return lambda x, y: (centre[0] + x * radius, centre[1] + y * radius)


def stitch(canvas: Canvas, centre: Point, radius: float) -> None:
    """A needle, and the seam it has sewn."""
    at, colours, unit = _placing(centre, radius), canvas.palette, radius / 100
    seam = bezier(at(-0.8, 0.42), at(-0.1, 0.02), at(0.1, 0.4))
    canvas.dashes(*seam, colour=colours.main, width=7 * unit, dash=20 * unit, gap=11 * unit)
    canvas.curve(at(0.1, 0.4), at(0.42, 0.8), at(0.5, 0.1), colour=colours.main, width=4 * unit)
    canvas.curve(at(0.5, 0.1), at(0.52, -0.3), at(0.36, -0.36), colour=colours.main, width=4 * unit)
    tip, eye = at(-0.42, 0.0), at(0.46, -0.46)
    canvas.polygon(tip, at(0.4, -0.52), at(0.52, -0.5), at(0.5, -0.38), fill=colours.ink)
    canvas.line(at(0.38, -0.39), eye, colour=colours.paper, width=3.5 * unit)


def tape(canvas: Canvas, centre: Point, radius: float) -> None:
    """A rolled tape measure."""
    at, colours, unit = _placing(centre, radius), canvas.palette, radius / 100
    for turn, share in ((0.56, colours.main), (0.44, colours.pale), (0.32, colours.main)):
        canvas.oval(at(-0.16, -0.16), turn * radius, fill=share, edge=colours.ink, width=2.5 * unit)
    canvas.oval(at(-0.16, -0.16), 0.18 * radius, fill=colours.paper, edge=colours.ink)
    corner = (at(-0.16, 0.4), at(0.82, 0.4), at(0.82, 0.14), at(0.28, 0.14))
    canvas.polygon(*corner, fill=colours.main, edge=colours.ink, width=2.5 * unit)
    for number in range(9):
        x, high = -0.04 + number * 0.1, 0.1 if number % 2 else 0.16
        canvas.line(at(x, 0.4), at(x, 0.4 - high), colour=colours.paper, width=2.5 * unit)


def machine(canvas: Canvas, centre: Point, radius: float) -> None:
    """A sewing machine from the side."""
    at, colours, unit = _placing(centre, radius), canvas.palette, radius / 100
    canvas.box(*at(-0.72, 0.3), *at(0.72, 0.52), fill=colours.ink, corner=6 * unit)
    canvas.box(*at(0.3, -0.34), *at(0.62, 0.32), fill=colours.main, corner=5 * unit)
    canvas.box(*at(-0.6, -0.42), *at(0.62, -0.1), fill=colours.main, corner=10 * unit)
    canvas.box(*at(-0.6, -0.3), *at(-0.34, 0.06), fill=colours.main, corner=6 * unit)
    canvas.oval(at(0.68, -0.2), 0.13 * radius, fill=colours.tint, edge=colours.ink)
    canvas.line(at(-0.47, 0.06), at(-0.47, 0.3), colour=colours.ink, width=3 * unit)
    canvas.box(*at(0.28, -0.62), *at(0.46, -0.42), fill=colours.tint, corner=3 * unit)
    canvas.curve(at(0.37, -0.52), at(-0.2, -0.7), at(-0.47, -0.3), width=2 * unit)


def loaf(canvas: Canvas, centre: Point, radius: float) -> None:
    """A round loaf from above, scored."""
    at, colours, unit = _placing(centre, radius), canvas.palette, radius / 100
    canvas.oval(centre, 0.68 * radius, fill=colours.main, edge=colours.ink, width=3 * unit)
    canvas.oval(centre, 0.56 * radius, edge=colours.tint, width=2 * unit)
    canvas.curve(at(0.0, -0.5), at(0.3, 0.0), at(0.0, 0.5), colour=colours.paper, width=8 * unit)
    for number in range(4):
        y = -0.3 + number * 0.2
        canvas.curve(
            at(-0.08, y + 0.08), at(-0.26, y - 0.02), at(-0.38, y - 0.1), colour=colours.paper,
            width=4 * unit,
        )  # fmt: skip
        canvas.line(at(-0.22, y - 0.02), at(-0.2, y - 0.14), colour=colours.paper, width=3 * unit)


def week(canvas: Canvas, centre: Point, radius: float) -> None:
    """Seven days, one of them for baking."""
    at, colours = _placing(centre, radius), canvas.palette
    for number in range(7):
        angle = -math.pi / 2 + number * math.tau / 7
        spot = at(0.56 * math.cos(angle), 0.56 * math.sin(angle))
        is_baking = number == 0
        fill = colours.main if is_baking else colours.pale
        canvas.oval(spot, (0.22 if is_baking else 0.15) * radius, fill=fill, edge=colours.ink)
    canvas.oval(centre, 0.2 * radius, fill=colours.tint, edge=colours.ink)
    canvas.line(at(-0.1, 0.06), at(0.1, -0.06), colour=colours.paper, width=radius / 25)


def jar(canvas: Canvas, centre: Point, radius: float) -> None:
    """A jar of risen starter, with its band."""
    at, colours, unit = _placing(centre, radius), canvas.palette, radius / 100
    canvas.box(*at(-0.42, -0.5), *at(0.42, 0.62), fill=colours.paper, edge=colours.ink)
    canvas.box(*at(-0.4, -0.2), *at(0.4, 0.6), fill=colours.tint, corner=8 * unit)
    canvas.box(*at(-0.48, -0.66), *at(0.48, -0.48), fill=colours.ink, corner=5 * unit)
    canvas.box(*at(-0.44, 0.12), *at(0.44, 0.2), fill=colours.main, corner=2 * unit)
    spots = ((-0.2, 0.0, 6), (0.1, -0.06, 9), (0.22, 0.3, 7), (-0.1, 0.4, 10), (-0.26, 0.3, 4))
    for x, y, size in spots:
        canvas.oval(at(x, y), size * unit, fill=colours.pale)
