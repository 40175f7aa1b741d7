"""Judge an M4A or M4B: what its index says, checked, and a copy that begins to play at once.

ISO/IEC 14496-12. The index (moov) is read whole, the sound (mdat) never: it is copied piece by
piece behind the index, whose offsets are set anew. Labels, places and pictures stay behind.
"""

import struct
import sys
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from content.services.judge.audio import Heard, check_length
from content.services.judge.found import Unfit
from content.services.judge.mp4_boxes import Box, boxes, find, one
from content.services.judge.mp4_labels import build_labels, read_labels, titles_of

BUFFER = 1024 * 1024
LARGEST_INDEX = 64 * 1024 * 1024
LARGEST_TYPE = 4096
MOST_TOP = 10_000
MOST_TRACKS = 16
MOST_TIMES = 2_000_000
PLAYED = b"mp4a"
LOCKED = frozenset({b"drms", b"enca", b"aavd", b"drmi"})


def hear_mp4(path: Path, clean: Path) -> Heard:
    """Return what the file says and how long it plays; write its clean copy."""
    heard = Heard()
    with path.open("rb", BUFFER) as file:
        kind, index, sounds = _top(file, path.stat().st_size)
        tracks = [
            Track(index, each) for each in boxes(index, *_inside(index)) if each.name == b"trak"
        ]
        if len(tracks) > MOST_TRACKS:
            raise Unfit("audio_broken")
        sound = _sound(tracks)
        heard.seconds = sound.seconds
        check_length(heard.seconds)
        named = [track for track in tracks if track.number in sound.chapters and track.is_text]
        read_labels(index, heard)
        if named:
            heard.chapters.clear()
            titles_of(file, named[0], heard)
        heard.settle()
        for track in tracks:
            if track is not sound and track not in named:
                track.blank()
        _write(file, clean, kind, index, sounds, heard)
    return heard


def _top(file: IO[bytes], size: int) -> tuple[bytes, bytearray, list[tuple[int, int]]]:
    """Return the type box, the index, and where the sound lies."""
    kind, index, sounds = b"", bytearray(), []
    for name, at, length in _outer(file, size):
        if name == b"moof":
            raise Unfit("audio_codec")
        if name == b"mdat":
            sounds.append((at, length))
        elif name == b"ftyp" and not kind:
            kind = _read(file, at, length, LARGEST_TYPE)
        elif name == b"moov" and not index:
            index = bytearray(_read(file, at, length, LARGEST_INDEX))
    if not index or not sounds:
        raise Unfit("audio_cut_short")
    return kind, index, sounds


def _outer(file: IO[bytes], size: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield the boxes of the file itself, the sizes of all of which are made sure of."""
    at = 0
    for _ in range(MOST_TOP):
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:  # noqa: PLR2004 -- a length and a name
            return
        length, name = int.from_bytes(head[:4], "big"), head[4:8]
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        elif length == 0:
            length = size - at
        if length < 8 or at + length > size:  # noqa: PLR2004
            raise Unfit("audio_cut_short" if name in {b"mdat", b"moov"} else "audio_broken")
        yield name, at, length
        at += length


def _read(file: IO[bytes], at: int, length: int, most: int) -> bytes:
    if length > most:
        raise Unfit("audio_broken")
    file.seek(at)
    return file.read(length)


def _inside(index: bytearray) -> tuple[int, int]:
    head = 16 if int.from_bytes(index[:4], "big") == 1 else 8
    return head, len(index)


class Track:
    """One track of the index."""

    def __init__(self, index: bytearray, box: Box) -> None:
        self.index, self.box = index, box
        self.handler = bytes(self.part(b"mdia", b"hdlr")[8:12])
        self.number = self._number()

    def part(self, *names: bytes) -> memoryview:
        """Return the content of the box found along these names; empty where there is none."""
        found = find(self.index, self.box, *names)
        return memoryview(self.index)[found.start : found.end] if found else memoryview(b"")

    @property
    def is_text(self) -> bool:
        return self.handler in {b"text", b"sbtl"}

    @property
    def chapters(self) -> set[int]:
        """The numbers of the tracks that name this one's chapters."""
        return {
            number for (number,) in struct.iter_unpack(">I", _whole(self.part(b"tref", b"chap")))
        }

    @property
    def codec(self) -> bytes:
        return bytes(self.part(b"mdia", b"minf", b"stbl", b"stsd")[12:16])

    @property
    def scale(self) -> int:
        header = self.part(b"mdia", b"mdhd")
        at = 20 if bytes(header[:1]) == b"\x01" else 12
        scale = int.from_bytes(header[at : at + 4], "big")
        if not scale:
            raise Unfit("audio_broken")
        return scale

    @property
    def seconds(self) -> float:
        """How long it plays, added up from its samples and not believed from its label."""
        return sum(count * length for count, length in self.times()) / self.scale

    def times(self) -> Iterator[tuple[int, int]]:
        """Yield how many samples last how long."""
        table = self.table(b"stts")
        if len(table) // 8 > MOST_TIMES:
            raise Unfit("audio_broken")
        yield from struct.iter_unpack(">II", _whole(table, 8))

    def table(self, name: bytes) -> memoryview:
        """Return the rows of a table: as many as it says, and no more than it has."""
        content = self.part(b"mdia", b"minf", b"stbl", name)
        return content[8:]

    def blank(self) -> None:
        """Make it padding: its place is kept, and nothing of it."""
        self.index[self.box.at + 4 : self.box.at + 8] = b"free"
        self.index[self.box.start : self.box.end] = bytes(self.box.end - self.box.start)

    def _number(self) -> int:
        header = self.part(b"tkhd")
        at = 20 if bytes(header[:1]) == b"\x01" else 12
        return int.from_bytes(header[at : at + 4], "big")


def _whole(content: memoryview, unit: int = 4) -> memoryview:
    return content[: len(content) // unit * unit]


def _sound(tracks: list[Track]) -> Track:
    sounds = [track for track in tracks if track.handler == b"soun"]
    if not sounds:
        is_film = any(track.handler == b"vide" for track in tracks)
        raise Unfit("video" if is_film else "audio_silent")
    sound = sounds[0]
    films = (track for track in tracks if track.handler == b"vide")
    # Pictures of chapters are a track of films too, which the sound names as its own.
    if any(track.number not in sound.chapters for track in films):
        raise Unfit("video")
    if sound.codec != PLAYED:
        raise Unfit("audio_locked" if sound.codec in LOCKED else "audio_codec")
    return sound


def _write(
    file: IO[bytes],
    clean: Path,
    kind: bytes,
    index: bytearray,
    sounds: list[tuple[int, int]],
    heard: Heard,
) -> None:
    _forget(index)
    index += build_labels(heard)
    if int.from_bytes(index[:4], "big") == 1:
        index[8:16] = len(index).to_bytes(8, "big")
    else:
        index[:4] = len(index).to_bytes(4, "big")
    moved, at = [], len(kind) + len(index)
    for start, length in sounds:
        moved.append((start, start + length, at - start))
        at += length
    _move(index, moved)
    with clean.open("wb", BUFFER) as out:
        out.write(kind)
        out.write(index)
        for start, length in sounds:
            _copy(file, start, length, out)


def _forget(index: bytearray) -> None:
    """Blank labels and whatever is unknown: titles are written anew, places are nobody's."""
    start, end = _inside(index)
    for box in [*boxes(index, start, end)]:
        if box.name == b"trak":
            for inner in [*boxes(index, box.start, box.end)]:
                if inner.name in {b"udta", b"meta", b"uuid"}:
                    _blank(index, inner)
        elif box.name not in {b"mvhd", b"iods"}:
            _blank(index, box)


def _blank(index: bytearray, box: Box) -> None:
    index[box.at + 4 : box.at + 8] = b"free"
    index[box.start : box.end] = bytes(box.end - box.start)


def _move(index: bytearray, moved: list[tuple[int, int, int]]) -> None:
    """Set every offset to where its bytes lie in the copy; one that leads nowhere is refused."""
    starts = [start for start, _end, _by in moved]
    for box in [*boxes(index, *_inside(index))]:
        if box.name != b"trak":
            continue
        table = find(index, box, b"mdia", b"minf", b"stbl")
        for name, code in ((b"stco", "I"), (b"co64", "Q")):
            found = one(index, table, name) if table else None
            if found is None:
                continue
            unit = 4 if code == "I" else 8
            rows = bytes(index[found.start + 8 : found.end])
            offsets = array(code, rows[: len(rows) // unit * unit])
            if offsets.itemsize != unit:  # pragma: no cover - no platform we know
                raise Unfit("audio_broken")
            _swap(offsets)
            count = int.from_bytes(index[found.start + 4 : found.start + 8], "big")
            for at in range(min(count, len(offsets))):
                offsets[at] = _moved(offsets[at], starts, moved, code)
            _swap(offsets)
            changed = offsets.tobytes()
            index[found.start + 8 : found.start + 8 + len(changed)] = changed


def _moved(offset: int, starts: list[int], moved: list[tuple[int, int, int]], code: str) -> int:
    at = bisect_right(starts, offset) - 1
    if at < 0 or offset >= moved[at][1]:
        raise Unfit("audio_cut_short")
    found = offset + moved[at][2]
    if found < 0 or (code == "I" and found > 0xFFFFFFFF):  # noqa: PLR2004 -- four bytes
        raise Unfit("audio_broken")
    return found


def _swap(numbers: "array[int]") -> None:
    if sys.byteorder == "little":
        numbers.byteswap()


def _copy(file: IO[bytes], start: int, length: int, out: IO[bytes]) -> None:
    file.seek(start)
    left = length
    while left and (chunk := file.read(min(BUFFER, left))):
        out.write(chunk)
        left -= len(chunk)
