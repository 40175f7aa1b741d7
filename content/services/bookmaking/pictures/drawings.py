"""Every drawing by its name, and the emblems of covers."""

from collections.abc import Callable

from content.services.bookmaking.pictures import bread, emblems, sewing
from content.services.bookmaking.pictures.canvas import Canvas, Palette, Point

DRAWINGS: dict[str, Callable[[Canvas], None]] = {
    "tools": sewing.tools,
    "running_stitch": sewing.running_stitch,
    "back_stitch": sewing.back_stitch,
    "hem": sewing.hem,
    "seam": sewing.seam,
    "corner": sewing.corner,
    "button": sewing.button,
    "thread_path": sewing.thread_path,
    "tension": sewing.tension,
    "measures": sewing.measures,
    "starter_jars": bread.starter_jars,
    "fold": bread.fold,
    "day_line": bread.day_line,
    "scoring": bread.scoring,
    "crumb": bread.crumb,
    "pot": bread.pot,
    "poke": bread.poke,
}
EMBLEMS: dict[str, Callable[[Canvas, Point, float], None]] = {
    "stitch": emblems.stitch,
    "tape": emblems.tape,
    "machine": emblems.machine,
    "loaf": emblems.loaf,
    "week": emblems.week,
    "jar": emblems.jar,
}


def draw(name: str, colour: str) -> bytes:
    """Return the drawing as PNG in the palette of one colour; KeyError for an unknown name."""
    canvas = Canvas(Palette.of(colour))
    DRAWINGS[name](canvas)
    return canvas.png()
