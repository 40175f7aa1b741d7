"""Recordings made by hand, byte by byte, so that each can be odd in its own way."""

from __future__ import annotations

import io
import struct
import wave
from collections.abc import Sequence

FRAME = b"\xff\xfb\x90\x00" + bytes(413)
"""A silent frame of MPEG 1, layer III, 128 kbit/s, 44.1 kHz: 1152 samples."""
FRAME_SECONDS = 1152 / 44100


def mp3(seconds: float = 10, *, tag: bytes = b"", index: int | None = None) -> bytes:
    """An MP3 of about that length; `index` is what its first frame says of how many follow."""
    count = round(seconds / FRAME_SECONDS)
    first = b""
    if index is not None:
        head = FRAME[:4] + bytes(32) + b"Xing" + struct.pack(">II", 1, index)
        first = head + bytes(len(FRAME) - len(head))
    return tag + first + FRAME * count


def id3(*frames: bytes, lies: int | None = None) -> bytes:
    body = b"".join(frames)
    length = len(body) if lies is None else lies
    return b"ID3\x03\0\0" + bytes(length >> shift & 0x7F for shift in (21, 14, 7, 0)) + body


def frame(name: bytes, content: bytes) -> bytes:
    return name + struct.pack(">I", len(content)) + b"\0\0" + content


def text(name: bytes, words: str) -> bytes:
    return frame(name, b"\x01" + words.encode("utf-16"))


def chapter(number: int, start: float, title: str) -> bytes:
    times = struct.pack(">IIII", int(start * 1000), 0, 0, 0)
    return frame(b"CHAP", f"c{number}\0".encode() + times + text(b"TIT2", title))


def wav(seconds: float = 10, *, rate: int = 8000, sound: bytes | None = None) -> bytes:
    kept = io.BytesIO()
    with wave.open(kept, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(1)
        out.setframerate(rate)
        out.writeframes(sound if sound is not None else b"\x80" * int(seconds * rate))
    return kept.getvalue()


def box(name: bytes, *content: bytes, length: int | None = None) -> bytes:
    body = b"".join(content)
    return struct.pack(">I", len(body) + 8 if length is None else length) + name + body


def full(name: bytes, *content: bytes) -> bytes:
    return box(name, b"\0\0\0\0", *content)


def track(
    number: int,
    handler: bytes,
    codec: bytes,
    offsets: Sequence[int],
    sizes: Sequence[int],
    lengths: Sequence[int],
    *more: bytes,
) -> bytes:
    """A track in milliseconds, one sample a chunk."""
    table = box(
        b"stbl",
        full(b"stsd", struct.pack(">I", 1), box(codec, bytes(28))),
        full(
            b"stts", struct.pack(">I", len(lengths)), *(struct.pack(">II", 1, n) for n in lengths)
        ),
        full(b"stsc", struct.pack(">IIII", 1, 1, 1, 1)),
        full(b"stsz", struct.pack(">II", 0, len(sizes)), *(struct.pack(">I", n) for n in sizes)),
        full(b"stco", struct.pack(">I", len(offsets)), *(struct.pack(">I", n) for n in offsets)),
    )
    media = box(
        b"mdia",
        full(b"mdhd", bytes(8), struct.pack(">II", 1000, sum(lengths)), bytes(4)),
        full(b"hdlr", bytes(4), handler, bytes(13)),
        box(b"minf", table),
    )
    header = full(b"tkhd", bytes(8), struct.pack(">I", number), bytes(68))
    return box(b"trak", header, media, *more)


def m4a(
    seconds: int = 10,
    *,
    chapters: Sequence[tuple[int, str]] = (),
    codec: bytes = b"mp4a",
    handler: bytes = b"soun",
    labels: bytes = b"",
    offset: int | None = None,
    more: bytes = b"",
) -> bytes:
    """An M4A whose index stands behind its sound, as recorders leave it."""
    kind = box(b"ftyp", b"M4A \0\0\0\0M4A isom")
    words = [title.encode() for _start, title in chapters]
    samples = [struct.pack(">H", len(word)) + word for word in words]
    sound = b"sound" * 200
    start = len(kind) + 8
    data = box(b"mdat", sound, *samples)
    tracks = []
    named = box(b"tref", box(b"chap", struct.pack(">I", 2))) if chapters else b""
    at = start if offset is None else offset
    tracks.append(track(1, handler, codec, [at], [len(sound)], [seconds * 1000], named))
    if chapters:
        begins = [begin * 1000 for begin, _title in chapters]
        lengths = [b - a for a, b in zip(begins, [*begins[1:], seconds * 1000], strict=True)]
        offsets = [start + len(sound) + sum(map(len, samples[:n])) for n in range(len(samples))]
        tracks.append(track(2, b"text", b"text", offsets, [*map(len, samples)], lengths))
    return kind + data + box(b"moov", full(b"mvhd", bytes(96)), *tracks, labels, more)
