"""Judge a film (MP4, MOV) by its boxes, and write a copy that does not say where it was made.

ISO/IEC 14496-12 and Apple's QuickTime File Format. The copy is as long as what came, box by box:
what speaks of places and people is overwritten where it stands and named "free", so no offset
changes and a film of any length takes little memory.
"""

import shutil
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from content.services.judge.found import Unfit

MOST_BOXES = 20_000
DEEPEST = 8
LARGEST_INDEX = 64 * 1024 * 1024
"""The moov of ten hours of film has about 20 MB."""
PIECE = 1024 * 1024
MEDIA_TYPES = {"mp4": "video/mp4", "mov": "video/quicktime"}
HOLDERS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"dinf", b"mvex"})
SPEAKING = frozenset({b"udta", b"meta", b"uuid", b"XMP_"})
"""User data (©xyz), metadata (com.apple.quicktime.location.ISO6709), XMP."""
SEEN_OR_HEARD = frozenset({b"vide", b"soun", b"sbtl", b"subt", b"text", b"tmcd", b"clcp"})
PLAYED = (b"avc1", b"avc3", b"av01", b"vp09")
"""Pictures that every browser of today can show: H.264, AV1, VP9."""
LOCKED = (b"encv", b"enca", b"drmi", b"drms")


@dataclass(frozen=True, slots=True)
class Box:
    """One box: its kind, and where it begins, its content begins, and it ends."""

    kind: bytes
    start: int
    inside: int
    end: int
    above: tuple[bytes, ...] = ()


def judge_film(path: Path, into: Path, kind: str) -> dict[str, Any]:
    """Return the facts of the film at `path` and write its silent copy in `into`."""
    clean = into / f"clean.{kind}"
    shutil.copyfile(path, clean)
    with clean.open("r+b") as file:
        film = _Film(file, clean.stat().st_size)
        seconds, width, height = film.look()
        plays = film.plays_everywhere()
        film.silence()
    return {
        "kind": kind,
        "media_type": MEDIA_TYPES[kind],
        "clean": str(clean),
        "title": "",
        "author": "",
        "language": "",
        "direction": "ltr",
        "seconds": seconds,
        "page_size": (width, height),
        "contents": [],
        "warnings": [] if plays else [("film_codec", {})],
    }


class _Film:
    """The copy while it is looked at and silenced."""

    def __init__(self, file: IO[bytes], size: int) -> None:
        self._file = file
        self._count = 0
        self._tops = list(self._boxes(0, size, ()))
        movie = [box for box in self._tops if box.kind == b"moov"]
        if len(movie) != 1 or not any(box.kind == b"mdat" for box in self._tops):
            raise Unfit("film_broken")
        if movie[0].end - movie[0].start > LARGEST_INDEX:
            raise Unfit("too_heavy")
        self._all = list(self._below(movie[0]))

    def look(self) -> tuple[int, int, int]:
        """Return how long it is in seconds, and the size of its pictures."""
        if any(self._has(box, LOCKED) for box in self._of(b"stsd")):
            raise Unfit("film_locked")
        sizes = [self._size_of(track) for track in self._tracks() if self._plays(track, b"vide")]
        if not sizes:
            raise Unfit("film_sound_only")
        return (self._seconds(), *max(sizes))

    def plays_everywhere(self) -> bool:
        """Whether no browser of today lacks what its pictures are written in."""
        return all(
            self._has(box, PLAYED)
            for track in self._tracks()
            if self._plays(track, b"vide")
            for box in self._of(b"stsd", track)
        )

    def silence(self) -> None:
        """Blank what speaks, and the tracks that are neither seen nor heard, with their data."""
        for track in self._tracks():
            if not any(self._plays(track, kind) for kind in SEEN_OR_HEARD):
                for at, length in self._data_of(track):
                    if any(
                        b.kind == b"mdat" and b.inside <= at <= b.end - length for b in self._tops
                    ):
                        self._blank(at, length)
                self._free(track)
        for box in [*self._tops, *self._all]:
            if box.kind in SPEAKING:
                self._free(box)

    def _boxes(self, at: int, end: int, above: tuple[bytes, ...]) -> Iterator[Box]:
        while at + 8 <= end:
            size, kind = struct.unpack(">I4s", self._read(at, 8))
            inside = at + 8
            if size == 1:
                size, inside = struct.unpack(">Q", self._read(at + 8, 8))[0], at + 16
            elif size == 0:
                if above:
                    return  # QuickTime ends lists in user data with a zero
                size = end - at
            self._count += 1
            if size < inside - at or at + size > end or self._count > MOST_BOXES:
                raise Unfit("film_broken")
            yield Box(kind, at, inside, at + size, above)
            at += size

    def _below(self, box: Box) -> Iterator[Box]:
        for inner in self._boxes(box.inside, box.end, (*box.above, box.kind)):
            yield inner
            if inner.kind in HOLDERS:
                if len(inner.above) > DEEPEST:
                    raise Unfit("film_broken")
                yield from self._below(inner)

    def _of(self, kind: bytes, within: Box | None = None) -> list[Box]:
        low, high = (within.start, within.end) if within else (0, self._tops[-1].end)
        return [box for box in self._all if box.kind == kind and low <= box.start < high]

    def _tracks(self) -> list[Box]:
        return self._of(b"trak")

    def _plays(self, track: Box, kind: bytes) -> bool:
        return any(self._read(box.inside + 8, 4) == kind for box in self._of(b"hdlr", track))

    def _has(self, box: Box, words: tuple[bytes, ...]) -> bool:
        return self._read(box.inside + 12, 4) in words

    def _seconds(self) -> int:
        for box in self._of(b"mvhd"):
            is_long = self._read(box.inside, 1) == b"\x01"
            shape, at = (">IQ", 20) if is_long else (">II", 12)
            scale, length = struct.unpack(
                shape, self._read(box.inside + at, struct.calcsize(shape))
            )
            return round(length / scale) if scale else 0
        raise Unfit("film_broken")

    def _size_of(self, track: Box) -> tuple[int, int]:
        for box in self._of(b"tkhd", track):
            a, b, _u, c, d = struct.unpack(">5i", self._read(box.end - 44, 20))
            width, height = struct.unpack(">II", self._read(box.end - 8, 8))
            is_turned = b and c and not a and not d  # a phone held upright writes it lying
            return (height >> 16, width >> 16) if is_turned else (width >> 16, height >> 16)
        raise Unfit("film_broken")

    def _data_of(self, track: Box) -> Iterator[tuple[int, int]]:
        """Yield where the samples of a track lie: chunk by chunk, each with its length."""
        sizes, runs = self._sizes(track), self._table(track, b"stsc", ">III")
        offsets = self._table(track, b"stco", ">I") or self._table(track, b"co64", ">Q")
        taken = 0
        for number, (at,) in enumerate(offsets, 1):
            while len(runs) > 1 and runs[1][0] <= number:
                runs.pop(0)
            count = runs[0][1] if runs else 0
            yield at, sum(sizes[taken : taken + count])
            taken += count

    def _sizes(self, track: Box) -> list[int]:
        for box in self._of(b"stsz", track):
            same, count = struct.unpack(">II", self._read(box.inside + 4, 8))
            if same:
                return [same] * min(count, LARGEST_INDEX)
            return [size for (size,) in self._rows(box, ">I", count, 12)]
        return []

    def _table(self, track: Box, kind: bytes, shape: str) -> list[tuple[int, ...]]:
        for box in self._of(kind, track):
            count = struct.unpack(">I", self._read(box.inside + 4, 4))[0]
            return self._rows(box, shape, count, 8)
        return []

    def _rows(self, box: Box, shape: str, count: int, after: int) -> list[tuple[int, ...]]:
        width = struct.calcsize(shape)
        if box.inside + after + count * width > box.end:
            raise Unfit("film_broken")
        return list(struct.iter_unpack(shape, self._read(box.inside + after, count * width)))

    def _read(self, at: int, length: int) -> bytes:
        self._file.seek(at)
        found = self._file.read(length)
        if len(found) < length:
            raise Unfit("film_broken")
        return found

    def _free(self, box: Box) -> None:
        self._file.seek(box.start + 4)
        self._file.write(b"free")
        self._blank(box.inside, box.end - box.inside)

    def _blank(self, at: int, length: int) -> None:
        self._file.seek(at)
        while length > 0:
            self._file.write(bytes(min(PIECE, length)))
            length -= PIECE
