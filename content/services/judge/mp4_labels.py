"""The labels of an M4A: title, maker, cover and chapters, in Nero's way and in QuickTime's.

QuickTime File Format: user data, metadata, chapter lists. Nero's `chpl` as FFmpeg reads it.
"""

import struct
from typing import IO, TYPE_CHECKING

from content.services.judge.audio import Heard
from content.services.judge.found import Unfit, plain
from content.services.judge.mp4_boxes import Box, find, one

if TYPE_CHECKING:
    from content.services.judge.mp4 import Track

_TEXTS = {b"\xa9nam": "title", b"\xa9ART": "author", b"aART": "author"}
LONGEST_TITLE = 1000
NERO = 10_000_000
"""Nero counts a second in so many parts."""


def read_labels(index: bytearray, heard: Heard) -> None:
    """Take title, maker, cover and Nero's chapters, where they are in order."""
    root = Box(b"moov", 0, 16 if int.from_bytes(index[:4], "big") == 1 else 8, len(index))
    user = one(index, root, b"udta")
    if user is None:
        return
    try:
        chapters = one(index, user, b"chpl")
        if chapters is not None:
            _read_nero(bytes(index[chapters.start : chapters.end]), heard)
        meta = one(index, user, b"meta")
        listed = _list_of(index, meta) if meta is not None else None
        if listed is not None:
            _read_list(index, listed, heard)
    except Unfit:
        return  # labels in disorder are no reason to refuse a recording


def _list_of(index: bytearray, meta: Box) -> Box | None:
    # ISO's box begins with four bytes of flags, QuickTime's does not.
    head = 4 if not any(index[meta.start : meta.start + 4]) else 0
    return find(index, Box(b"meta", meta.at, meta.start + head, meta.end), b"ilst")


def _read_list(index: bytearray, listed: Box, heard: Heard) -> None:
    for name, field in _TEXTS.items():
        said = find(index, listed, name, b"data")
        if said is not None and not getattr(heard, field):
            words = bytes(index[said.start + 8 : min(said.end, said.start + 8 + LONGEST_TITLE)])
            setattr(heard, field, plain(words.decode("utf-8", "replace")))
    cover = find(index, listed, b"covr", b"data")
    if cover is not None:
        heard.cover = bytes(index[cover.start + 8 : cover.end])


def _read_nero(content: bytes, heard: Heard) -> None:
    at = 8 if content[:1] == b"\x01" else 4
    count, at = content[at : at + 1], at + 1
    for _ in range(count[0] if count else 0):
        if at + 9 > len(content):
            return
        start, length = int.from_bytes(content[at : at + 8], "big"), content[at + 8]
        title = content[at + 9 : at + 9 + length].decode("utf-8", "replace")
        at += 9 + length
        if not heard.chapter(start / NERO, title):
            return


def titles_of(file: IO[bytes], track: "Track", heard: Heard) -> None:
    """Take the chapters of a text track: when each sample begins, and what it says."""
    times = (length for count, length in track.times() for _ in range(count))
    scale, now = track.scale, 0
    for (offset, size), length in zip(_samples(track), times, strict=False):
        file.seek(offset)
        sample = file.read(min(size, LONGEST_TITLE))
        words = sample[2 : 2 + int.from_bytes(sample[:2], "big")]
        is_wide = words[:2] in {b"\xfe\xff", b"\xff\xfe"}
        if not heard.chapter(
            now / scale, words.decode("utf-16" if is_wide else "utf-8", "replace")
        ):
            return
        now += length


def _samples(track: "Track") -> "list[tuple[int, int]]":
    """Return where the first samples lie and how long they are."""
    most = 600  # more than the chapters that are taken
    chunks = [each[0] for each in _rows(track, b"stco", ">I", most)]
    chunks = chunks or [each[0] for each in _rows(track, b"co64", ">Q", most)]
    runs = [(first, count) for first, count, _kind in _rows(track, b"stsc", ">III", most)]
    sizes = _sizes(track, most)
    found: list[tuple[int, int]] = []
    for number, start in enumerate(chunks, start=1):
        offset = start
        held = next((count for first, count in reversed(runs) if first <= number), 0)
        for _ in range(min(held, most)):
            if len(found) >= min(len(sizes), most):
                return found
            size = sizes[len(found)]
            found.append((offset, size))
            offset += size
    return found


def _rows(track: "Track", name: bytes, shape: str, most: int) -> list[tuple[int, ...]]:
    table, unit = track.table(name), struct.calcsize(shape)
    rows = table[: min(len(table) // unit, most) * unit]
    return list(struct.iter_unpack(shape, rows))


def _sizes(track: "Track", most: int) -> list[int]:
    content = track.part(b"mdia", b"minf", b"stbl", b"stsz")
    same, count = int.from_bytes(content[4:8], "big"), int.from_bytes(content[8:12], "big")
    if same:
        return [same] * min(count, most)
    rows = content[12:]
    rows = rows[: min(len(rows) // 4, most) * 4]
    return [size for (size,) in struct.iter_unpack(">I", rows)]


def build_labels(heard: Heard) -> bytes:
    """Return user data with title, maker and up to 255 chapters."""
    listed = b"".join(
        _box(name, _box(b"data", b"\0\0\0\x01\0\0\0\0" + said.encode()))
        for name, said in ((b"\xa9nam", heard.title), (b"\xa9ART", heard.author))
        if said
    )
    content = b""
    if heard.chapters:
        rows = heard.chapters[:255]
        content += _box(
            b"chpl",
            b"\x01\0\0\0\0\0\0\0"
            + bytes([len(rows)])
            + b"".join(_row(second, title) for second, title in rows),
        )
    if listed:
        handler = b"\0" * 8 + b"mdirappl" + b"\0" * 9
        content += _box(b"meta", b"\0" * 4 + _box(b"hdlr", handler) + _box(b"ilst", listed))
    return _box(b"udta", content) if content else b""


def _row(second: float, title: str) -> bytes:
    words = title.encode()[:250].decode("utf-8", "ignore").encode()
    return struct.pack(">Q", int(second * NERO)) + bytes([len(words)]) + words


def _box(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content) + 8) + name + content
