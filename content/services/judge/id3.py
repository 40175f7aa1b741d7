"""ID3v2, the label of an MP3: read what says title, author, picture and chapters; write it anew.

https://id3.org/id3v2.4.0-structure, https://id3.org/id3v2-chapters-1.0
"""

import struct
from collections.abc import Iterator

from content.services.judge.audio import Heard
from content.services.judge.found import plain

HEADER = 10
LARGEST_TAG = 48 * 1024 * 1024
_TEXTS = {b"TIT2": "title", b"TT2": "title", b"TPE1": "author", b"TP1": "author"}
_ENCODINGS = ("latin-1", "utf-16", "utf-16-be", "utf-8")


def tag_length(head: bytes) -> int:
    """Return how many bytes the label takes whose first ten these are; 0 where there is none."""
    if len(head) < HEADER or head[:3] != b"ID3" or any(byte & 0x80 for byte in head[6:10]):
        return 0
    footer = HEADER if head[5] & 0x10 else 0
    return HEADER + _syncsafe(head[6:10]) + footer


def read_tag(tag: bytes, heard: Heard) -> None:
    """Take from a whole label what we know; whatever else it holds is left out."""
    version, flags = tag[3], tag[5]
    body = tag[HEADER : HEADER + _syncsafe(tag[6:10])]
    if flags & 0x80 and version < 4:  # noqa: PLR2004 -- from 2.4 on, each frame says so itself
        body = body.replace(b"\xff\x00", b"\xff")
    if flags & 0x40 and version > 2:  # noqa: PLR2004 -- in 2.2 the bit means something else
        length = _syncsafe(body[:4]) if version == 4 else int.from_bytes(body[:4], "big") + 4  # noqa: PLR2004
        body = body[length:]
    for name, content in _frames(body, version):
        if not _take(name, content, version, heard):
            return


def build_tag(heard: Heard) -> bytes:
    """Return a label of version 2.3, which everything reads, with title, author and chapters."""
    frames = [_text(name, said) for name, said in ((b"TIT2", heard.title), (b"TPE1", heard.author))]
    names = [f"c{number}".encode() for number in range(len(heard.chapters))]
    if names and len(names) < 256:  # noqa: PLR2004 -- the count is one byte
        listed = b"toc\0\x03" + bytes([len(names)]) + b"".join(name + b"\0" for name in names)
        frames.append(_frame(b"CTOC", listed))
    ends = [second for second, _title in heard.chapters[1:]] + [heard.seconds]
    for name, (start, title), end in zip(names, heard.chapters, ends, strict=False):
        times = struct.pack(">IIII", int(start * 1000), int(end * 1000), 0xFFFFFFFF, 0xFFFFFFFF)
        frames.append(_frame(b"CHAP", name + b"\0" + times + _text(b"TIT2", title)))
    body = b"".join(frames)
    size = bytes(len(body) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\x03\0\0" + size + body if body else b""


def _frames(body: bytes, version: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield names and contents; what is cut short or lies about its size ends it."""
    name_length, head = (3, 6) if version == 2 else (4, 10)  # noqa: PLR2004
    at = 0
    while at + head <= len(body) and body[at]:
        name, size = body[at : at + name_length], body[at + name_length : at + 2 * name_length]
        length = _syncsafe(size) if version == 4 else int.from_bytes(size, "big")  # noqa: PLR2004
        at += head
        if not length or at + length > len(body):
            return
        yield name, body[at : at + length]
        at += length


def _take(name: bytes, content: bytes, version: int, heard: Heard) -> bool:
    if name in _TEXTS:
        if not getattr(heard, _TEXTS[name]):
            setattr(heard, _TEXTS[name], plain(_decoded(content)))
    elif name in {b"APIC", b"PIC"} and not heard.cover:
        heard.cover = _picture(content)
    elif name == b"CHAP":
        return _take_chapter(content, version, heard)
    return True


def _take_chapter(content: bytes, version: int, heard: Heard) -> bool:
    _name, _zero, rest = content.partition(b"\0")
    if len(rest) < 16:  # noqa: PLR2004 -- four numbers of four bytes
        return True
    inner = _frames(rest[16:], version)
    title = next((_decoded(words) for name, words in inner if name == b"TIT2"), "")
    return heard.chapter(int.from_bytes(rest[:4], "big") / 1000, title)


def _picture(content: bytes) -> bytes:
    """Return what follows the type and description, from the first byte of a picture on."""
    found = [content.find(mark) for mark in (b"\xff\xd8\xff", b"\x89PNG")]
    starts = [at for at in found if 0 <= at < 1024]  # noqa: PLR2004 -- longer is no description
    return content[min(starts) :] if starts else b""


def _decoded(content: bytes) -> str:
    if not content:
        return ""
    encoding = _ENCODINGS[content[0]] if content[0] < len(_ENCODINGS) else "latin-1"
    return content[1:2000].decode(encoding, "replace").partition("\0")[0]


def _text(name: bytes, words: str) -> bytes:
    return _frame(name, b"\x01" + words.encode("utf-16")) if words else b""


def _frame(name: bytes, content: bytes) -> bytes:
    return name + struct.pack(">I", len(content)) + b"\0\0" + content


def _syncsafe(size: bytes) -> int:
    value = 0
    for byte in size:
        value = value << 7 | byte & 0x7F
    return value
