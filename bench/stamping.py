"""How long stamping a PDF takes, as a ratio to a bare pikepdf rewrite of the same file."""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("SECRET_KEY", "only-for-benchmarks-" + "x" * 40)

import django

django.setup()

import pikepdf

from content.services.stamping.drawing import draw
from content.services.stamping.line import Line
from content.services.stamping.making import ROOM, WORKER
from core.limited import run_limited

ROUNDS = 5
MOST = 3.0
LINE = Line("העותק הזה שייך אל דנה לוי · הזמנה 1042", "של מי העותק הזה", "he", is_rtl=True)


def book(path: Path, *, pages: int, picture: int) -> Path:
    """Write a book: on each page some kilobytes of text, and a picture of so many bytes."""
    chance = random.Random(7)
    with pikepdf.new() as made:
        font = made.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
            )
        )
        for _number in range(pages):
            made.add_blank_page(page_size=(420, 595))
            page = made.pages[-1]
            numbers = [
                " ".join(f"({chance.randbytes(4).hex()}) {chance.randint(-9, 9)}" for _ in range(9))
                for _row in range(42)
            ]
            words = "".join(
                f"BT /F1 9 Tf 40 {560 - 12 * row} Td [{said}] TJ ET\n"
                for row, said in enumerate(numbers)
            )
            page.Contents = made.make_stream(words.encode())
            page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
            if picture:
                image = made.make_stream(zlib.compress(chance.randbytes(picture), 0))
                image.Filter, image.Type = pikepdf.Name.FlateDecode, pikepdf.Name.XObject
                image.Subtype, image.ColorSpace = pikepdf.Name.Image, pikepdf.Name.DeviceGray
                image.Width, image.Height, image.BitsPerComponent = picture // 100, 100, 8
                page.Resources.XObject = pikepdf.Dictionary(I1=image)
        made.save(path, linearize=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return path


def rewrite(source: Path, room: Path) -> None:
    """Open and save, as plainly as pikepdf does it, in a process like the one that stamps."""
    request = {"source": str(source), "target": str(room / "bare.pdf")}
    run_limited("bench.bare", request, limits=ROOM)


def stamp(source: Path, room: Path) -> None:
    """Make a copy as a worker does."""
    drawn = room / "line.pdf"
    drawn.write_bytes(draw(LINE))
    request = {"kind": "pdf", "source": str(source), "target": str(room / "copy.pdf")}
    words = {"mark": "2" * 14, "line": LINE.plain}
    assert run_limited(WORKER, request | {"drawn": str(drawn), "words": words}, limits=ROOM) == {}


def seconds(act: Callable[[Path, Path], None], source: Path, room: Path) -> float:
    """Return the median of some rounds."""
    taken = []
    for _round in range(ROUNDS):
        begun = time.perf_counter()
        act(source, room)
        taken.append(time.perf_counter() - begun)
    return median(taken)


def files(room: Path) -> Iterator[tuple[str, Path]]:
    """Yield what is stamped, with its name."""
    yield "200 pages of text", book(room / "text.pdf", pages=200, picture=0)
    yield "600 pages with pictures", book(room / "pictures.pdf", pages=600, picture=60_000)
    for name in sys.argv[1:]:
        yield Path(name).name, Path(name)


def main() -> None:
    """Measure and print, and say by the exit whether the promise holds."""
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        for name, source in files(room):
            bare = seconds(rewrite, source, room)
            ours = seconds(stamp, source, room)
            worst = max(worst, ours / bare)
            size = source.stat().st_size / 1e6
            print(f"{name:28}{size:8.1f} MB   bare {bare:.2f} s   stamped {ours / bare:.2f} x")
    sys.exit(worst > MOST)


if __name__ == "__main__":
    main()
