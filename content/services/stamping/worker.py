"""The limited process that writes a copy, or looks for marks in a file; it never imports Django."""

import zipfile
from pathlib import Path
from typing import Any

from content.services.judge.found import Unfit
from content.services.stamping.marks import marks_of
from core.limited import answer

PIECE = 1 << 20


def work(request: dict[str, Any]) -> dict[str, Any]:
    """Write the copy that was asked for, or answer which marks a file holds."""
    if "look_in" in request:
        return {"marks": sorted(_marks(Path(request["look_in"])))}
    try:
        _stamp(request)
    except Unfit as unfit:
        return {"refused": unfit.code}
    return {}


def _stamp(request: dict[str, Any]) -> None:
    source, target = Path(request["source"]), Path(request["target"])
    words = request["words"]
    # Each parser costs a tenth of a second to load: only the one that is needed.
    if request["kind"] == "pdf":
        from content.services.stamping.pdf import stamp_pdf

        drawn = Path(request["drawn"])
        stamp_pdf(source, target, drawn=drawn, mark=words["mark"], words=words["line"])
        return
    from content.services.stamping.epub import Words, stamp_epub

    stamp_epub(source, target, Words(**words))


def _marks(path: Path) -> set[str]:
    """Return the marks in a file of whatever kind: as it lies there, and unpacked."""
    with path.open("rb") as raw:
        beginning = raw.read(1024)
        raw.seek(0)
        found = marks_of(iter(lambda: raw.read(PIECE), b""))
    if b"%PDF-" in beginning:
        from content.services.stamping.pdf import ODD, marks_in_pdf

        try:
            found |= marks_in_pdf(path)
        except ODD:
            return found
    elif zipfile.is_zipfile(path):
        from content.services.stamping.epub import marks_in_epub

        try:
            found |= marks_in_epub(path)
        except Unfit:
            return found
    return found


if __name__ == "__main__":
    answer(work)
