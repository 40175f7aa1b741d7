"""Drawings of sewing: stitches, hems, seams, tools."""

from itertools import pairwise

from content.services.bookmaking.pictures.canvas import Canvas, Point, bezier


def needle(canvas: Canvas, tip: Point, eye: Point) -> None:
    """A needle from tip to eye."""
    (x, y), (to_x, to_y) = tip, eye
    length = max(1.0, ((to_x - x) ** 2 + (to_y - y) ** 2) ** 0.5)
    across, down = -(to_y - y) / length * 9, (to_x - x) / length * 9
    ink = canvas.palette.ink
    canvas.polygon(tip, (to_x + across, to_y + down), (to_x - across, to_y - down), fill=ink)
    canvas.oval(eye, 10, fill=ink)
    canvas.oval(eye, 4, fill=canvas.palette.paper)


def cloth(canvas: Canvas, left: float, top: float, right: float, bottom: float) -> None:
    """A piece of cloth with a quiet weave."""
    colours = canvas.palette
    canvas.box(left, top, right, bottom, fill=colours.pale, edge=colours.tint, corner=6)
    for y in range(round(top) + 28, round(bottom) - 8, 28):
        canvas.line((left + 14, y), (right - 14, y), colour=colours.paper, width=2)


def tools(canvas: Canvas) -> None:
    """Scissors, spool, tape and pins, side by side."""
    colours = canvas.palette
    canvas.box(110, 170, 290, 215, fill=colours.ink, corner=8)
    canvas.box(110, 535, 290, 580, fill=colours.ink, corner=8)
    canvas.box(130, 215, 270, 535, fill=colours.main, corner=2)
    for y in range(235, 530, 24):
        canvas.line((134, y + 8), (266, y), colour=colours.tint, width=4)
    canvas.curve((270, 500), (370, 560), (330, 640), colour=colours.main, width=6)
    canvas.polygon((640, 130), (660, 130), (596, 470), (560, 470), fill=colours.ink)
    canvas.polygon((470, 130), (450, 130), (514, 470), (550, 470), fill=colours.ink)
    canvas.oval((490, 560), 62, 84, edge=colours.main, width=26)
    canvas.oval((620, 560), 62, 84, edge=colours.main, width=26)
    canvas.oval((555, 440), 9, fill=colours.paper)
    canvas.box(770, 180, 850, 590, fill=colours.tint, corner=4)
    for number, y in enumerate(range(200, 590, 26)):
        canvas.line((770, y), (800 if number % 2 else 815, y), width=4)
    for number, x in enumerate((930, 1000, 1070)):
        canvas.line((x, 240), (x, 560), width=5)
        canvas.oval((x, 228), 24, fill=(colours.main, colours.tint, colours.main)[number])


def running_stitch(canvas: Canvas) -> None:
    """Even stitches on cloth, the needle at their end."""
    colours = canvas.palette
    cloth(canvas, 90, 190, 1110, 560)
    canvas.dashes((150, 375), (830, 375), colour=colours.main, width=11, dash=58, gap=40)
    canvas.curve((812, 375), (880, 250), (1000, 330), colour=colours.main, width=6)
    needle(canvas, (845, 385), (1046, 318))
    canvas.oval((142, 375), 16, fill=colours.main)


def back_stitch(canvas: Canvas) -> None:
    """The way of the thread, seen from the side: one step back, two ahead."""
    colours = canvas.palette
    canvas.box(80, 350, 1120, 420, fill=colours.pale, edge=colours.tint, corner=6)
    holes = [200 + number * 180 for number in range(5)]
    for left, right in pairwise(holes):
        canvas.curve((left, 348), ((left + right) / 2, 290), (right, 348), colour=colours.main)
    for left, right in zip(holes, holes[2:], strict=False):
        middle = (left + right) / 2
        canvas.curve((left, 422), (middle, 540), (right, 422), colour=colours.tint, width=6)
    for x in holes:
        canvas.dashes((x, 350), (x, 424), width=4, dash=10, gap=8)
    for number, x in enumerate((holes[1], holes[0], holes[2]), start=1):
        canvas.oval((x, 230), 34, fill=colours.ink)
        canvas.words(str(number), (x, 230), height=40, colour=colours.paper)
    canvas.arrow((holes[1], 620), (holes[0], 620), colour=colours.ink)
    canvas.arrow((holes[1], 670), (holes[3], 670), colour=colours.ink)


def hem(canvas: Canvas) -> None:
    """Three steps of a double hem, seen from the side of the cloth."""
    colours = canvas.palette
    for number, left in enumerate((90, 470, 850), start=1):
        canvas.oval((left + 130, 130), 34, fill=colours.ink)
        canvas.words(str(number), (left + 130, 130), height=40, colour=colours.paper)
        x = left + 90
        canvas.line((x, 230), (x, 600), colour=colours.main, width=16)
    canvas.dashes((180, 520), (300, 520), width=4, dash=14, gap=12)
    canvas.line((560, 600), *bezier((560, 600), (600, 650), (640, 600)), colour=colours.main,
                width=16)  # fmt: skip
    canvas.line((640, 600), (640, 540), colour=colours.main, width=16)
    x = 940
    canvas.line(*bezier((x, 600), (x + 55, 660), (x + 110, 600)), colour=colours.main, width=16)
    canvas.line((x + 110, 600), (x + 110, 450), colour=colours.main, width=16)
    canvas.line(*bezier((x + 110, 450), (x + 75, 415), (x + 40, 450)), colour=colours.main,
                width=16)  # fmt: skip
    canvas.line((x + 40, 450), (x + 40, 560), colour=colours.main, width=16)
    canvas.dashes((x - 40, 480), (x + 150, 480), width=6, dash=22, gap=14)
    canvas.arrow((390, 420), (480, 420), colour=colours.tint)
    canvas.arrow((740, 420), (830, 420), colour=colours.tint)


def seam(canvas: Canvas) -> None:
    """Two pieces face to face, the line of stitches and the allowance beside it."""
    colours = canvas.palette
    canvas.box(180, 130, 1000, 640, fill=colours.tint, edge=colours.ink, corner=4)
    canvas.box(150, 160, 970, 670, fill=colours.pale, edge=colours.ink, corner=4)
    canvas.dashes((830, 180), (830, 655), colour=colours.main, width=9)
    canvas.arrow((900, 400), (965, 400))
    canvas.arrow((900, 400), (835, 400))
    canvas.words("1.5", (900, 350), height=54)
    for y in (240, 430, 600):
        canvas.line((700, y), (945, y + 14), width=4)
        canvas.oval((694, y), 16, fill=colours.main)


def corner(canvas: Canvas) -> None:
    """A corner clipped, and a curve notched, before turning out."""
    colours = canvas.palette
    canvas.polygon((110, 150), (470, 150), (560, 240), (560, 640), (110, 640), fill=colours.pale,
                   edge=colours.ink)  # fmt: skip
    canvas.dashes((110, 235), (475, 235), (475, 640), colour=colours.main)
    canvas.dashes((440, 120), (590, 270), width=5, dash=16, gap=12)
    outer = bezier((680, 640), (690, 150), (1110, 150))
    canvas.polygon(*outer, (1110, 640), fill=colours.pale, edge=colours.ink)
    canvas.dashes(*bezier((765, 640), (780, 235), (1110, 235)), colour=colours.main)
    for spot in (10, 18, 26, 34, 42, 50):
        x, y = outer[spot]
        canvas.polygon((x - 22, y + 6), (x + 10, y - 22), (x + 40, y + 44), fill=colours.paper)


def button(canvas: Canvas) -> None:
    """A button from above, and its shank of thread from the side."""
    colours = canvas.palette
    canvas.oval((330, 380), 215, fill=colours.tint, edge=colours.ink, width=6)
    canvas.oval((330, 380), 160, edge=colours.pale, width=8)
    holes = [(270, 320), (390, 320), (270, 440), (390, 440)]
    for spot in holes:
        canvas.oval(spot, 24, fill=colours.ink)
    canvas.line(holes[0], holes[3], colour=colours.main, width=12)
    canvas.line(holes[1], holes[2], colour=colours.main, width=12)
    canvas.box(690, 300, 1090, 345, fill=colours.tint, edge=colours.ink, corner=14)
    canvas.box(650, 520, 1130, 575, fill=colours.pale, edge=colours.ink, corner=6)
    for x in (840, 870, 900, 930):
        canvas.line((x, 345), (x + (885 - x) / 3, 520), colour=colours.main, width=10)
    for y in (400, 425, 450, 475):
        canvas.line((850, y), (920, y + 8), colour=colours.main, width=9)
    canvas.arrow((1020, 430), (940, 430))


def thread_path(canvas: Canvas) -> None:
    """From spool to needle: guide, tension, lever, guide, needle."""
    colours = canvas.palette
    canvas.box(110, 210, 1090, 350, fill=colours.pale, edge=colours.ink, corner=40)
    canvas.box(110, 250, 330, 520, fill=colours.pale, edge=colours.ink, corner=30)
    canvas.box(860, 300, 1090, 640, fill=colours.pale, edge=colours.ink, corner=10)
    canvas.box(60, 610, 1140, 690, fill=colours.tint, edge=colours.ink, corner=16)
    canvas.box(900, 100, 980, 210, fill=colours.main, corner=6)
    path = [(940, 150), (620, 190), (290, 200), (290, 430), (230, 460), (200, 260), (190, 520),
            (190, 585)]  # fmt: skip
    canvas.line(*path, colour=colours.main, width=7)
    canvas.line((190, 500), (190, 618), width=10)
    for number, (x, y) in enumerate(((620, 190), (290, 300), (200, 262), (190, 520)), start=1):
        canvas.oval((x, y), 30, fill=colours.ink)
        canvas.words(str(number), (x, y), height=36, colour=colours.paper)


def tension(canvas: Canvas) -> None:
    """Three seams from the side: right, upper thread too loose, upper thread too tight."""
    colours = canvas.palette
    for top, upper, lower in ((120, 34, 34), (330, 34, 8), (540, 8, 34)):
        middle = top + 55
        canvas.box(230, top, 1110, top + 110, fill=colours.pale, edge=colours.tint, corner=4)
        meeting = middle + (lower - upper) * -2.1
        for x in range(280, 1040, 150):
            canvas.line((x, top - 4), (x + 120, top - 4), colour=colours.main, width=9)
            canvas.line((x, top - 4), (x, meeting), colour=colours.main, width=7)
            canvas.line((x, meeting), (x, top + 114), colour=colours.ink, width=7)
            canvas.line((x, top + 114), (x + 120, top + 114), colour=colours.ink, width=9)
    for number, y in enumerate((175, 385, 595), start=1):
        canvas.oval((140, y), 36, fill=colours.ink)
        canvas.words(str(number), (140, y), height=42, colour=colours.paper)


def measures(canvas: Canvas) -> None:
    """A body with the three lines that matter, and the length of the back."""
    colours = canvas.palette
    canvas.oval((600, 120), 58, 70, fill=colours.pale, edge=colours.ink)
    left = [(560, 180), (470, 225), (490, 340), (525, 420), (470, 560), (480, 720)]
    right = [(1200 - x, y) for x, y in reversed(left)]
    canvas.polygon(*left, *right, fill=colours.pale, edge=colours.ink, width=6)
    for number, (y, wide) in enumerate(((300, 135), (420, 95), (555, 150)), start=1):
        canvas.line((600 - wide, y), (600 + wide, y), colour=colours.main, width=9)
        canvas.line((600 + wide, y), (850, y), colour=colours.tint, width=4)
        canvas.oval((880, y), 32, fill=colours.ink)
        canvas.words(str(number), (880, y), height=38, colour=colours.paper)
    canvas.arrow((330, 205), (330, 415), colour=colours.main)
    canvas.arrow((330, 415), (330, 205), colour=colours.main)
    canvas.oval((270, 310), 32, fill=colours.ink)
    canvas.words("4", (270, 310), height=38, colour=colours.paper)
