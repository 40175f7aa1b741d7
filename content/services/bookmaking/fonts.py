"""The open fonts that set-up installs, as one TrueType file for Hebrew and Latin together."""

import io
from functools import lru_cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[3] / "static" / "built" / "fonts"
TEXT = "assistant"
DISPLAY = "frank-ruhl-libre"
WRITTEN = 3_786_912_000  # 2024, in the seconds since 1904 that fonts count


class FontsMissingError(RuntimeError):
    """The fonts are not built; set-up (bin/build) makes them."""


@lru_cache(maxsize=8)
def typeface(family: str, weight: int) -> bytes:
    """Return the family at one weight as TrueType, Hebrew and Latin in one file."""
    from fontTools.merge import Merger  # late: few processes ever make a book or a picture

    scripts = [_one(family, script, weight) for script in ("hebrew", "latin")]
    merged = Merger().merge(scripts)
    return _bytes(merged)


def _one(family: str, script: str, weight: int) -> io.BytesIO:
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    path = FOLDER / f"{family}-{script}.woff2"
    if not path.exists():
        raise FontsMissingError(f"{path.name} is not built; run bin/build")
    # Dates kept as they are, so the same font gives the same book.
    font = TTFont(path, recalcTimestamp=False)
    if "fvar" in font:
        font = instantiateVariableFont(font, {"wght": weight})
    font.flavor = None
    return io.BytesIO(_bytes(font))


def _bytes(font: Any) -> bytes:
    font["head"].modified = font["head"].created = WRITTEN
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()
