"""A small film of still pictures as an MP4, made without any encoder: something to watch in the
demo stores.

Each picture is one H.264 frame whose blocks are not compressed at all (ITU-T H.264, 7.3.5: I_PCM),
which every decoder plays; the boxes around them are those of ISO/IEC 14496-12 and -15.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence

from PIL import Image

WIDTH, HEIGHT = 320, 176
BLOCK = 16
"""A macroblock is 16 × 16 pixels."""
TICKS = 1000
"""Of a second."""
PCM_BLOCK = b"\x0d\x00"
"""The type of a block that is kept as it is, ue(25), with zeros up to the next byte."""
BLACK, WHITE = 16, 235
"""The range of brightness that players expect."""


def make_film(pictures: Sequence[Image.Image], *, seconds: int) -> bytes:
    """Return the pictures as a film, each shown for so many seconds."""
    frames = [_sample(_frame(picture, number)) for number, picture in enumerate(pictures)]
    start = _box(b"ftyp", b"isom", struct.pack(">I", 512), b"isom", b"avc1", b"mp41")
    index = _index(frames, seconds, at=0)
    begin = len(start) + len(index) + 8
    return start + _index(frames, seconds, at=begin) + _box(b"mdat", *frames)


def _frame(picture: Image.Image, number: int) -> bytes:
    """Return one picture as the unit of a slice that needs no other."""
    bits = _Bits()
    for value in (0, 7, 0):  # first block, a slice of I blocks only, the parameter set
        bits.unsigned(value)
    bits.add(0, 4)  # frame_num
    bits.unsigned(number % 2)  # idr_pic_id
    bits.add(0, 2)  # not kept beyond the next
    bits.unsigned(0)  # slice_qp_delta
    bits.unsigned(1)  # no deblocking
    bits.unsigned(25)  # the first block: kept as it is
    head = bits.padded()
    planes = _planes(picture)
    blocks = [_block(planes, x, y) for y in range(HEIGHT // BLOCK) for x in range(WIDTH // BLOCK)]
    return b"\x65" + _guarded(head + PCM_BLOCK.join(blocks) + b"\x80")


Plane = tuple[bytes, int]
"""Its bytes, row by row, and how many stand in a row."""


def _planes(picture: Image.Image) -> list[Plane]:
    """Return brightness and the two colours, of which those have half the size."""
    fitted = picture.convert("RGB").resize((WIDTH, HEIGHT))
    bright, blue, red = fitted.convert("YCbCr").split()
    span = (WHITE - BLACK) / 255
    limited = bright.point(lambda value: round(BLACK + value * span))
    half = (WIDTH // 2, HEIGHT // 2)
    return [
        (limited.tobytes(), WIDTH),
        *((each.resize(half).tobytes(), WIDTH // 2) for each in (blue, red)),
    ]


def _block(planes: Iterable[Plane], x: int, y: int) -> bytes:
    """Return the samples of one block: 256 of brightness, 64 of each colour."""
    found = bytearray()
    for samples, width in planes:
        side = BLOCK * width // WIDTH
        for row in range(y * side, (y + 1) * side):
            begin = row * width + x * side
            found += samples[begin : begin + side]
    return bytes(found)


def _guarded(unit: bytes) -> bytes:
    """Return a unit in which nothing looks like the beginning of another (7.4.1)."""
    found, zeros = bytearray(), 0
    for byte in unit:
        if zeros >= 2 and byte <= 3:  # noqa: PLR2004 -- the standard's own two numbers
            found.append(3)
            zeros = 0
        found.append(byte)
        zeros = zeros + 1 if byte == 0 else 0
    return bytes(found)


def _sample(unit: bytes) -> bytes:
    return struct.pack(">I", len(unit)) + unit


def _sequence_set() -> bytes:
    """Return what all pictures share: Constrained Baseline, level 3, their size in blocks."""
    bits = _Bits()
    for value in (0, 0, 2, 0):  # its number, frame numbers, order of showing, reference frames
        bits.unsigned(value)
    bits.add(0, 1)
    bits.unsigned(WIDTH // BLOCK - 1)
    bits.unsigned(HEIGHT // BLOCK - 1)
    bits.add(0b1100, 4)  # whole frames, 8x8 inference, no cropping, nothing more
    bits.add(1, 1)
    return b"\x67\x42\xc0\x1e" + _guarded(bits.padded())


def _picture_set() -> bytes:
    bits = _Bits()
    bits.unsigned(0)
    bits.unsigned(0)
    bits.add(0, 2)  # CAVLC, one field order
    for value in (0, 0, 0):  # slice groups, reference pictures
        bits.unsigned(value)
    bits.add(0, 3)  # no weights
    for value in (0, 0, 0):  # quantisers and the colours' offset
        bits.unsigned(value)
    bits.add(0b100, 3)  # deblocking is said in each slice
    bits.add(1, 1)
    return b"\x68" + _guarded(bits.padded())


class _Bits:
    """Bits written one after another, and numbers as H.264 counts them (9.1)."""

    def __init__(self) -> None:
        self._bits: list[str] = []

    def add(self, value: int, width: int) -> None:
        self._bits.append(f"{value:0{width}b}")

    def unsigned(self, value: int) -> None:
        written = f"{value + 1:b}"
        self._bits.append("0" * (len(written) - 1) + written)

    def padded(self) -> bytes:
        """Return what was written, with zeros up to a whole byte."""
        written = "".join(self._bits)
        written += "0" * (-len(written) % 8)
        return int(written, 2).to_bytes(len(written) // 8, "big")


def _box(kind: bytes, *inside: bytes) -> bytes:
    content = b"".join(inside)
    return struct.pack(">I4s", len(content) + 8, kind) + content


def _full(kind: bytes, *inside: bytes) -> bytes:
    return _box(kind, bytes(4), *inside)


MATRIX = struct.pack(">9I", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)


def _index(frames: Sequence[bytes], seconds: int, *, at: int) -> bytes:
    """Return what says where each picture lies and how long it is shown."""
    length = len(frames) * seconds * TICKS
    header = struct.pack(">IIII", 0, 0, TICKS, length)
    movie = _full(
        b"mvhd", header, struct.pack(">IH", 1 << 16, 1 << 8), bytes(10), MATRIX, bytes(24),
        struct.pack(">I", 2),
    )  # fmt: skip
    track = _box(
        b"tkhd", struct.pack(">I", 3), struct.pack(">IIIII", 0, 0, 1, 0, length), bytes(16), MATRIX,
        struct.pack(">II", WIDTH << 16, HEIGHT << 16),
    )  # fmt: skip
    media = _box(
        b"mdia",
        _full(b"mdhd", header, struct.pack(">HH", 0x55C4, 0)),
        _full(b"hdlr", bytes(4), b"vide", bytes(12), b"pictures\0"),
        _box(
            b"minf",
            _box(b"vmhd", struct.pack(">I", 1), bytes(8)),
            _box(
                b"dinf", _full(b"dref", struct.pack(">I", 1), _box(b"url ", struct.pack(">I", 1)))
            ),
            _table(frames, seconds, at),
        ),
    )
    return _box(b"moov", movie, _box(b"trak", track, media))


def _table(frames: Sequence[bytes], seconds: int, at: int) -> bytes:
    count = len(frames)
    sets = (_sequence_set(), _picture_set())
    config = b"\x01\x42\xc0\x1e\xff" + b"".join(
        head + struct.pack(">H", len(each)) + each
        for head, each in zip((b"\xe1", b"\x01"), sets, strict=True)
    )
    entry = _box(
        b"avc1", bytes(6), struct.pack(">H", 1), bytes(16), struct.pack(">HH", WIDTH, HEIGHT),
        struct.pack(">IIIH", 72 << 16, 72 << 16, 0, 1), bytes(32), struct.pack(">Hh", 24, -1),
        _box(b"avcC", config),
    )  # fmt: skip
    places = [at + sum(map(len, frames[:number])) for number in range(count)]
    return _box(
        b"stbl",
        _full(b"stsd", struct.pack(">I", 1), entry),
        _full(b"stts", struct.pack(">III", 1, count, seconds * TICKS)),
        _full(b"stsc", struct.pack(">IIII", 1, 1, 1, 1)),
        _full(b"stsz", struct.pack(">II", 0, count), *(struct.pack(">I", len(f)) for f in frames)),
        _full(b"stco", struct.pack(">I", count), *(struct.pack(">I", place) for place in places)),
    )
