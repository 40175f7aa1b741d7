"""Blank, in a finished PDF, what the photos in it say of where they were taken.

The photos' bytes stand in the file as they came, so what they say is overwritten where it stands:
nothing moves, and a file of any size takes the memory of one window.
"""

import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import IO

WINDOW = 4 * 1024 * 1024
LONGEST = 0xFFFF + 2
"""A segment of a JPEG is never longer (ITU T.81, B.1.1.4)."""
_SPOKEN = re.compile(
    rb"\xff[\xe1\xed](?P<length>..)"
    rb"(?:Exif\x00|http://ns\.adobe\.com/x|Photoshop 3\.0\x00)",
    re.DOTALL,
)
COMMENT = b"\xff\xfe"


def blank_photos(path: Path) -> int:
    """Turn EXIF, XMP and IPTC of JPEGs into empty comments; return how many."""
    count = 0
    with path.open("r+b") as file:
        for at, length in _segments(file):
            file.seek(at)
            file.write(COMMENT + struct.pack(">H", length) + bytes(length - 2))
            count += 1
    return count


def _segments(file: IO[bytes]) -> Iterator[tuple[int, int]]:
    """Yield where each segment begins, and how long it is behind its marker."""
    begins = 0
    while True:
        file.seek(begins)
        window = file.read(WINDOW + LONGEST)
        taken_to = 0
        for found in _SPOKEN.finditer(window):
            length = struct.unpack(">H", found["length"])[0]
            if taken_to <= found.start() < WINDOW and found.start() + 2 + length <= len(window):
                taken_to = found.start() + 2 + length
                yield begins + found.start(), length
        if len(window) <= WINDOW:
            return
        begins += WINDOW
