"""Drawings of bread: starter, dough, loaves, crumb."""

import math
from random import Random

from content.services.bookmaking.pictures.canvas import Canvas, Point, bezier


def _number(canvas: Canvas, number: int, at: Point) -> None:
    canvas.oval(at, 34, fill=canvas.palette.ink)
    canvas.words(str(number), at, height=40, colour=canvas.palette.paper)


def starter_jars(canvas: Canvas) -> None:
    """One jar at three hours: just fed, halfway, at its height."""
    colours, chance = canvas.palette, Random(7)  # noqa: S311 - bubbles, not secrets
    for number, (left, level) in enumerate(((110, 500), (470, 390), (830, 280)), start=1):
        _number(canvas, number, (left + 130, 700))
        canvas.box(left, 150, left + 260, 640, fill=colours.paper, edge=colours.ink, corner=24)
        canvas.box(left + 10, level, left + 250, 630, fill=colours.tint, corner=16)
        for _ in range(number * number * 4 - 2):
            spot = (left + chance.uniform(40, 220), chance.uniform(level + 30, 600))
            canvas.oval(spot, chance.uniform(5, 7 + 4 * number), fill=colours.pale)
        canvas.box(left - 8, 492, left + 268, 512, fill=colours.main, corner=6)
        canvas.box(left + 10, 110, left + 250, 160, fill=colours.ink, corner=8)


def fold(canvas: Canvas) -> None:
    """Dough in a bowl from above, folded from four sides."""
    colours = canvas.palette
    canvas.oval((600, 375), 330, fill=colours.pale, edge=colours.ink, width=7)
    canvas.oval((600, 375), 235, fill=colours.tint)
    canvas.polygon((480, 270), (720, 270), (715, 480), (485, 480), fill=colours.paper)
    for number in range(4):
        angle = -math.pi / 2 + number * math.pi / 2
        far = (600 + 290 * math.cos(angle), 375 + 290 * math.sin(angle))
        near = (600 + 90 * math.cos(angle), 375 + 90 * math.sin(angle))
        canvas.arrow(far, near, colour=colours.main, width=12)
        side = 430 if number % 2 else 335
        mark = (600 + side * math.cos(angle), 375 + min(side, 335) * math.sin(angle))
        _number(canvas, number + 1, mark)


def day_line(canvas: Canvas) -> None:
    """A day of baking from nine in the morning: what waits is long, what works is short."""
    colours = canvas.palette
    spans = ((9, 10, True), (10, 14, False), (14, 15, True), (15, 20, False), (20, 21, True))
    left, hour = 130, 78
    for start, end, works in spans:
        x, to = left + (start - 9) * hour, left + (end - 9) * hour
        top = 250 if works else 330
        canvas.box(x + 3, top, to - 3, 470, fill=colours.main if works else colours.pale, corner=6)
    for at in range(9, 22, 2):
        x = left + (at - 9) * hour
        canvas.line((x, 470), (x, 500), width=4)
        canvas.words(str(at), (x, 540), height=44)
    canvas.line((left, 470), (left + 12 * hour, 470), width=6)


def scoring(canvas: Canvas) -> None:
    """Three loaves with three ways to score them."""
    colours = canvas.palette
    for number, x in enumerate((230, 600, 970), start=1):
        _number(canvas, number, (x, 650))
        canvas.oval((x, 350), 160, 205, fill=colours.main, edge=colours.ink, width=6)
    cut = {"colour": colours.paper, "width": 15}
    canvas.curve((215, 190), (300, 350), (225, 510), **cut)
    for x, y, to_x, to_y in ((600, 210, 600, 490), (480, 350, 720, 350)):
        canvas.line((x, y), (to_x, to_y), **cut)  # type: ignore[arg-type] # a colour and a width
    for y in range(215, 500, 54):
        canvas.line((965, y + 30), (905, y), colour=colours.paper, width=10)
        canvas.line((975, y + 30), (1035, y), colour=colours.paper, width=10)


def crumb(canvas: Canvas) -> None:
    """Three slices: too short a rise, the right one, too long."""
    colours, chance = canvas.palette, Random(11)  # noqa: S311 - holes in bread, not secrets
    for number, (x, high) in enumerate(((230, 250), (600, 330), (970, 190)), start=1):
        top = 560 - high
        crust = [*bezier((x - 160, 560), (x - 190, top), (x, top)),
                 *bezier((x, top), (x + 190, top), (x + 160, 560))]  # fmt: skip
        canvas.polygon(*crust, fill=colours.pale, edge=colours.main, width=18)
        for _ in range((14, 30, 46)[number - 1]):
            size = (chance.choice((5, 6, 26)), chance.uniform(8, 19), chance.uniform(5, 9))
            spot = (x + chance.uniform(-95, 95), 535 - chance.uniform(0.03, 0.66) * high)
            canvas.oval(spot, size[number - 1], size[number - 1] * 0.8, fill=colours.tint)
        _number(canvas, number, (x, 650))


def pot(canvas: Canvas) -> None:
    """A loaf under its lid, in steam."""
    colours = canvas.palette
    canvas.box(270, 380, 930, 620, fill=colours.tint, edge=colours.ink, corner=40, width=8)
    canvas.box(300, 400, 900, 590, fill=colours.paper, corner=24)
    loaf = [
        *bezier((380, 585), (400, 330), (600, 330)),
        *bezier((600, 330), (800, 330), (820, 585)),
    ]
    canvas.polygon(*loaf, fill=colours.main, edge=colours.ink)
    lid = [*bezier((260, 375), (300, 220), (600, 210)), *bezier((600, 210), (900, 220), (940, 375))]
    canvas.line(*lid, width=14)
    canvas.box(555, 160, 645, 210, fill=colours.ink, corner=16)
    for x in (360, 470, 730, 840):
        canvas.curve((x, 350), (x + 26, 325), (x, 300), colour=colours.tint, width=7)
    for x in (330, 460, 600, 740, 870):
        flame = ((x - 24, 715), (x, 650), (x + 24, 715))
        canvas.polygon(*flame, fill=colours.main)


def poke(canvas: Canvas) -> None:
    """A floured finger in the dough, and the dent it leaves: gone, half, whole."""
    colours = canvas.palette
    for number, (x, deep) in enumerate(((230, 8), (600, 55), (970, 120)), start=1):
        top = 330
        left = bezier((x - 160, 540), (x - 165, top), (x - 50, top))
        dent = bezier((x - 50, top), (x, top + deep * 2), (x + 50, top))
        right = bezier((x + 50, top), (x + 165, top), (x + 160, 540))
        canvas.polygon(*left, *dent, *right, fill=colours.tint, edge=colours.ink, width=6)
        canvas.box(x - 180, 540, x + 180, 560, fill=colours.ink, corner=8)
        _number(canvas, number, (x, 640))
    canvas.box(575, 110, 625, 290, fill=colours.pale, edge=colours.ink, corner=25)
