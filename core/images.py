"""Public pictures: what anybody uploads becomes four widths of WebP and AVIF, and nothing else."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.limited import MEGABYTE, CrashedError, Limits, TooHeavyError, run_limited

WORKER = "core.renditions"
LIMITS = Limits(memory=1536 * MEGABYTE, cpu_seconds=40, wall_seconds=80)
CENTRE = (0.5, 0.5)
REFUSALS = {
    "unknown": _("This is not a picture. Choose a JPEG, PNG, WebP, AVIF or HEIC file."),
    "broken": _("This picture is broken and cannot be opened. Save it again or choose another."),
    "pixels": _("This picture has too many pixels. Save it at up to 8,000 by 7,500 and try again."),
    "large_file": _("This file is too large for a picture: up to 60 MB can be taken."),
    "moving": _("This picture moves. Choose a still one; films go in as video."),
    "svg": _("SVG drawings can carry programs. Save the picture as PNG and choose that."),
    "pdf": _("This is a PDF. Save the page as a PNG or JPEG picture and choose that."),
    "heavy": _("This picture needs too much memory or time. Save it smaller and try again."),
}
log = logging.getLogger(__name__)


class PictureRefusedError(Exception):
    """A picture that is not taken; `sentence` says why and what to do, when it is shown."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = REFUSALS[code]


@dataclass(frozen=True, slots=True)
class Rendition:
    """One file of a picture, sizes in pixels; `kind` is "webp" or "avif"."""

    path: Path
    kind: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it will be shown, with its main colour as #rrggbb."""

    width: int
    height: int
    colour: str
    renditions: tuple[Rendition, ...]


def make_renditions(
    path: Path,
    *,
    into: Path,
    ratio: tuple[int, int] | None = None,
    focal: tuple[float, float] = CENTRE,
    limits: Limits = LIMITS,
) -> Picture:
    """Write the picture at `path` into the folder `into`, upright and without its metadata.

    `ratio` crops it around `focal` (fractions of width and height). Never larger than it came.
    Raises PictureRefusedError.
    """
    request = {"path": str(path), "into": str(into), "ratio": ratio, "focal": focal}
    made = _ask(request, limits)
    return Picture(
        width=made["width"],
        height=made["height"],
        colour=made["colour"],
        renditions=tuple(
            Rendition(Path(r["path"]), r["kind"], r["width"], r["height"])
            for r in made["renditions"]
        ),
    )


def look_at_picture(path: Path, *, limits: Limits = LIMITS) -> None:
    """Decode the picture at ``path`` and write nothing; raises PictureRefusedError."""
    _ask({"path": str(path), "into": None}, limits)


def redraw_picture(path: Path, *, into: Path, limits: Limits = LIMITS) -> Rendition:
    """Write the picture at ``path`` once more, whole, upright and without its metadata.

    ``kind`` of what comes is "jpg" or "png". Raises PictureRefusedError.
    """
    made = _ask({"path": str(path), "into": str(into), "is_whole": True}, limits)
    return Rendition(Path(made["path"]), made["kind"], made["width"], made["height"])


def _ask(request: Mapping[str, object], limits: Limits) -> dict[str, Any]:
    try:
        made = run_limited(WORKER, request, limits=limits)
    except TooHeavyError as heavy:
        raise PictureRefusedError("heavy") from heavy
    except CrashedError as crash:
        log.warning("A picture could not be read: %s", crash)
        raise PictureRefusedError("broken") from crash
    if "refused" in made:
        raise PictureRefusedError(made["refused"])
    return made
