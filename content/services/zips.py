"""Many files as one zip, written while it is sent, in memory that does not grow with it.

Files are stored, not packed (books and recordings are packed already), so the length of the whole
is known before its first byte. Checksums follow each file (APPNOTE 4.3.9), names are UTF-8
(4.4.4, bit 11), and what is larger than the old format holds is written as ZIP64 (4.5.3).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from content.errors import NotWhole

FOUR = 0xFFFFFFFF
"""The largest number the old fields hold; it says to look into the ZIP64 ones."""
TWO = 0xFFFF
FLAGS = 0x0808
"""A checksum follows (bit 3); the name is UTF-8 (bit 11)."""
OLD, ZIP64 = 20, 45
FILE = 0o100644 << 16
LOOK_EVERY = 64 * 1024 * 1024
"""After so many bytes of one file it is asked again whether it is open."""


@dataclass(frozen=True)
class Entry:
    """One file in the zip: its name there, how many bytes it has, and how they are read."""

    name: str
    size: int
    changed_at: datetime
    open: Callable[[], Iterable[bytes]]

    @property
    def is_large(self) -> bool:
        """Whether its size needs ZIP64."""
        return self.size >= FOUR


@dataclass(frozen=True)
class _Written:
    entry: Entry
    offset: int
    checksum: int


def length_of(entries: Sequence[Entry]) -> int:
    """Return how many bytes `stream` will yield."""
    written, at = [], 0
    for entry in entries:
        written.append(_Written(entry, at, 0))
        at += len(_before(entry)) + entry.size + len(_after(entry, 0))
    return at + len(_end(written, at))


def stream(
    entries: Sequence[Entry], *, is_open: Callable[[Entry], bool] = lambda _entry: True
) -> Iterator[bytes]:
    """Yield the zip piece by piece.

    ``is_open`` is asked before each file and while a large one is read. NotWhole when it says no,
    or a file is not as long as was said: the receiver sees that the end is missing.
    """
    written, at = [], 0
    for entry in entries:
        head = _before(entry)
        yield head
        checksum = 0
        for piece in _pieces(entry, is_open):
            checksum = zlib.crc32(piece, checksum)
            yield piece
        tail = _after(entry, checksum)
        yield tail
        written.append(_Written(entry, at, checksum))
        at += len(head) + entry.size + len(tail)
    yield _end(written, at)


def _pieces(entry: Entry, is_open: Callable[[Entry], bool]) -> Iterator[bytes]:
    sent, looked = 0, -LOOK_EVERY
    for piece in entry.open():
        if sent - looked >= LOOK_EVERY:
            looked = sent
            if not is_open(entry):
                raise NotWhole(f"{entry.name} was closed meanwhile")
        sent += len(piece)
        if sent > entry.size:
            break
        yield piece
    if sent != entry.size:
        raise NotWhole(f"{entry.name} is not as long as it was")


def _before(entry: Entry) -> bytes:
    """Return what stands before a file (4.3.7)."""
    name = entry.name.encode()
    extra = struct.pack("<HHQQ", 1, 16, 0, 0) if entry.is_large else b""
    size = FOUR if entry.is_large else 0
    needs = ZIP64 if entry.is_large else OLD
    return (
        struct.pack(
            "<4s5H3I2H",
            *(b"PK\x03\x04", needs, FLAGS, 0, *_moment(entry.changed_at)),
            *(0, size, size, len(name), len(extra)),
        )
        + name
        + extra
    )


def _after(entry: Entry, checksum: int) -> bytes:
    """Return what follows a file (4.3.9)."""
    shape = "<4sIQQ" if entry.is_large else "<4sIII"
    return struct.pack(shape, b"PK\x07\x08", checksum, entry.size, entry.size)


def _end(written: Sequence[_Written], at: int) -> bytes:
    """Return the list of all files and the end of the zip (4.3.12 to 4.3.16)."""
    listed = b"".join(_listed(each) for each in written)
    count, size = len(written), len(listed)
    end = b""
    if count >= TWO or size >= FOUR or at >= FOUR:
        end += struct.pack(
            "<4sQ2H2I4Q", b"PK\x06\x06", 44, ZIP64, ZIP64, 0, 0, count, count, size, at
        )
        end += struct.pack("<4sIQI", b"PK\x06\x07", 0, at + size, 1)
    few, short, near = min(count, TWO), min(size, FOUR), min(at, FOUR)
    return listed + end + struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, few, few, short, near, 0)


def _listed(each: _Written) -> bytes:
    entry, name = each.entry, each.entry.name.encode()
    wide = [entry.size, entry.size] if entry.is_large else []
    if each.offset >= FOUR:
        wide.append(each.offset)
    extra = struct.pack(f"<HH{len(wide)}Q", 1, 8 * len(wide), *wide) if wide else b""
    size = FOUR if entry.is_large else entry.size
    needs = ZIP64 if wide else OLD
    return (
        struct.pack(
            "<4s6H3I5H2I",
            *(b"PK\x01\x02", 3 << 8 | ZIP64, needs, FLAGS, 0, *_moment(entry.changed_at)),
            *(each.checksum, size, size, len(name), len(extra), 0, 0, 0),
            *(FILE, min(each.offset, FOUR)),
        )
        + name
        + extra
    )


def _moment(at: datetime) -> tuple[int, int]:
    """Return hour and day as MS-DOS counts them, from 1980."""
    year = min(max(at.year, 1980), 2107)
    return (
        at.hour << 11 | at.minute << 5 | at.second // 2,
        year - 1980 << 9 | at.month << 5 | at.day,
    )


def apart(names: Iterable[str]) -> list[str]:
    """Return names of which no two are taken for the same by any disk, in the order given."""
    taken: set[str] = set()
    found = []
    for name in names:
        path, number, free = PurePosixPath(name), 1, name
        while free.casefold() in taken:
            number += 1
            free = str(path.with_name(f"{path.stem} ({number}){path.suffix}"))
        taken.add(free.casefold())
        found.append(free)
    return found
