"""Pictures without what came along with them: where they were taken, by whom, with what.

The pixels stay as they are, byte for byte, and so do colour profiles. Of EXIF only the way up is
kept, when it is not upright. What follows the end of a picture (films of "live" photos) is cut off.
"""

import io
import re
import struct
import zlib
from collections.abc import Iterator

from PIL import Image, ImageOps

JPEG, PNG, GIF = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", (b"GIF87a", b"GIF89a")
_UPRIGHT = 1
_ORIENTATION = 0x0112
_SCAN_ENDS = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_MARK, _SOS, _EOI = 0xFF, 0xDA, 0xD9
_JFIF, _COLOURS, _ADOBE = 0xE0, 0xE2, 0xEE
_SPOKEN = frozenset({*range(0xE1, 0xF0), 0xFE})
"""Application segments and comments."""
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})
_PNG_KEPT = frozenset(
    b"tRNS cHRM gAMA iCCP sBIT sRGB bKGD hIST pHYs sPLT acTL fcTL fdAT cICP mDCv cLLi".split()
)
_WEBP_DROPPED = frozenset({b"EXIF", b"XMP "})
_WEBP_SAYS_EXIF, _WEBP_SAYS_XMP = 0x08, 0x04
_GIF_END, _GIF_PICTURE, _GIF_EXTENSION = b";,!"
_GIF_TEXT, _GIF_TIMING, _GIF_FOREIGN = 0x01, 0xF9, 0xFF
_GIF_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


def is_picture(head: bytes) -> bool:
    """Whether a file begins like a picture that can be laid bare."""
    return head.startswith((JPEG, PNG, *GIF)) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")


def laid_bare(content: bytes) -> bytes:
    """Return the picture alone; ValueError when it is too broken to be seen.

    One that is seen, though not built as its kind should be, is drawn again.
    """
    try:
        return _cut(content)
    except ValueError:
        return _drawn_again(content)


def _cut(content: bytes) -> bytes:
    try:
        if content.startswith(JPEG):
            return b"".join(_jpeg(content))
        if content.startswith(PNG):
            return PNG + b"".join(_png(content))
        if content.startswith(GIF):
            return _gif(content)
        return _webp(content)
    except (struct.error, IndexError) as short:
        raise ValueError("cut short") from short


def _drawn_again(content: bytes) -> bytes:
    out = io.BytesIO()
    try:
        with Image.open(io.BytesIO(content)) as picture:
            profile, kind = picture.info.get("icc_profile"), picture.format
            upright = ImageOps.exif_transpose(picture)
        upright.info = {}
        upright.save(out, kind, icc_profile=profile, quality=90)
    except (OSError, SyntaxError, EOFError, Image.DecompressionBombError) as bad:
        raise ValueError("cannot be seen") from bad
    return out.getvalue()


def _exif_of(content: bytes) -> bytes:
    """Return EXIF that says the way up and nothing else; empty for a picture that is upright."""
    try:
        with Image.open(io.BytesIO(content)) as picture:
            turned = picture.getexif().get(_ORIENTATION, _UPRIGHT)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return b""
    if turned not in range(2, 9):
        return b""
    entry = struct.pack("<HHIHH", _ORIENTATION, 3, 1, turned, 0)
    return b"II*\x00" + struct.pack("<IH", 8, 1) + entry + struct.pack("<I", 0)


def _jpeg(content: bytes) -> Iterator[bytes]:
    """Yield the segments to keep (ITU T.81, B.1): tables, frames, scans, JFIF, Adobe, colours."""
    yield content[:2]
    exif = _exif_of(content)
    if exif:
        yield b"\xff\xe1" + struct.pack(">H", len(exif) + 8) + b"Exif\x00\x00" + exif
    at = 2
    while at < len(content):
        if content[at] != _MARK:
            raise ValueError("no marker where one must be")
        marker = content[at + 1]
        if marker == _MARK:  # a fill byte
            at += 1
            continue
        if marker == _EOI:
            yield content[at : at + 2]
            return
        if marker in _ALONE:
            yield content[at : at + 2]
            at += 2
            continue
        end = at + 2 + struct.unpack_from(">H", content, at + 2)[0]
        if marker == _SOS:
            found = _SCAN_ENDS.search(content, end)
            end = found.start() if found else len(content)
        if _is_needed(marker, content[at + 4 : at + 18]):
            yield content[at:end]
        at = end


def _is_needed(marker: int, said: bytes) -> bool:
    if marker == _COLOURS:  # several things are said here; colours are one
        return said.startswith(b"ICC_PROFILE\x00")
    if marker in {_JFIF, _ADOBE}:
        return said.startswith((b"JFIF\x00", b"Adobe"))
    return marker not in _SPOKEN


def _png(content: bytes) -> Iterator[bytes]:
    """Yield the chunks to keep (PNG, 5.3): all critical ones, and those that change the look."""
    at, exif = len(PNG), _exif_of(content)
    while at < len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        if kind == b"IDAT" and exif:
            crc = zlib.crc32(b"eXIf" + exif)
            yield struct.pack(">I4s", len(exif), b"eXIf") + exif + struct.pack(">I", crc)
            exif = b""
        if kind in _PNG_KEPT or kind[:1].isupper():
            yield content[at:end]
        if kind == b"IEND":
            return
        at = end


def _webp(content: bytes) -> bytes:
    """Return a WebP with its flags set right (WebP container specification)."""
    at, kept, exif = 12, [], _exif_of(content)
    ends = min(len(content), 8 + struct.unpack_from("<I", content, 4)[0])
    while at + 8 <= ends:
        kind, length = struct.unpack_from("<4sI", content, at)
        chunk = content[at : at + 8 + length + length % 2]
        if kind == b"VP8X":
            flags = chunk[8] & ~(_WEBP_SAYS_EXIF | _WEBP_SAYS_XMP)
            flags |= _WEBP_SAYS_EXIF if exif else 0
            chunk = chunk[:8] + bytes([flags]) + chunk[9:]
        if kind not in _WEBP_DROPPED:
            kept.append(chunk)
        at += len(chunk)
    if exif:
        kept.append(struct.pack("<4sI", b"EXIF", len(exif)) + exif)
    body = b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def _gif(content: bytes) -> bytes:
    """Return a GIF without comments and foreign extensions (GIF89a, 23 to 26)."""
    at = 13 + _table(content[10])
    kept = [content[:at]]
    while content[at] != _GIF_END:
        begins, is_kept = at, True
        if content[at] == _GIF_PICTURE:
            at += 10 + _table(content[at + 9]) + 1
        elif content[at] == _GIF_EXTENSION:
            label = content[at + 1]
            is_application = label == _GIF_FOREIGN and content[at + 3 : at + 14] in _GIF_LOOPS
            is_kept = label in {_GIF_TEXT, _GIF_TIMING} or is_application
            at += 2
        else:
            raise ValueError("no block where one must be")
        while content[at]:
            at += 1 + content[at]
        at += 1
        kept += [content[begins:at]] if is_kept else []
    return b"".join([*kept, b"\x3b"])


def _table(packed: int) -> int:
    """How many bytes of colours follow, as a packed byte says."""
    return 3 * 2 ** ((packed & 7) + 1) if packed & 0x80 else 0
