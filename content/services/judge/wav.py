"""Judge a WAV: the chunks that say how it sounds and the sound itself, nothing else.

RIFF as in the Microsoft Multimedia Programming Interface, 1991.
"""

import struct
from pathlib import Path
from typing import IO

from content.services.judge.audio import Heard, check_length
from content.services.judge.found import Unfit, plain

BUFFER = 1024 * 1024
MOST_CHUNKS = 1000
PCM, FLOAT, EXTENDED = 1, 3, 0xFFFE
MOST_CHANNELS = 8
RATES = range(4000, 192_001)
LARGEST_LIST = 64 * 1024
_TEXTS = {b"INAM": "title", b"IART": "author"}


def hear_wav(path: Path, clean: Path) -> Heard:
    """Return what the file says and how long it plays; write its sound to `clean`."""
    heard, size = Heard(), path.stat().st_size
    shape, sound = b"", (0, 0)
    with path.open("rb", BUFFER) as file:
        at = 12
        for _ in range(MOST_CHUNKS):
            file.seek(at)
            head = file.read(8)
            if len(head) < 8:  # noqa: PLR2004 -- a name and a length
                break
            name, said = head[:4], int.from_bytes(head[4:], "little")
            length = min(said, size - at - 8)  # a recorder that was cut off says 0 or all
            if name == b"fmt " and 16 <= length <= 1024:  # noqa: PLR2004
                shape = file.read(length)[:40]
            elif name == b"LIST" and length <= LARGEST_LIST:
                _read_list(file.read(length), heard)
            elif name == b"data":
                sound = (at + 8, length or size - at - 8)
            at += 8 + (length or (size if name == b"data" else 0)) + length % 2
        if not shape or not sound[1]:
            raise Unfit("audio_silent" if shape else "audio_broken")
        block, rate = _check(shape)
        length = sound[1] - sound[1] % block
        heard.seconds = length / block / rate
        check_length(heard.seconds)
        file.seek(sound[0])
        _write(file, clean, shape, length)
    return heard


def _check(shape: bytes) -> tuple[int, int]:
    """Return bytes for a moment of sound and moments a second; Unfit for what is no plain sound."""
    kind, channels, rate, _bytes, block, bits = struct.unpack("<HHIIHH", shape[:16])
    if kind == EXTENDED and len(shape) >= 26:  # noqa: PLR2004 -- where the true kind stands
        kind = int.from_bytes(shape[24:26], "little")
    if kind not in {PCM, FLOAT}:
        raise Unfit("audio_codec")
    good = 1 <= channels <= MOST_CHANNELS and rate in RATES and bits in {8, 16, 24, 32, 64}
    if not good or block != channels * bits // 8:
        raise Unfit("audio_broken")
    return block, rate


def _read_list(content: bytes, heard: Heard) -> None:
    at = 4
    while content[:4] == b"INFO" and at + 8 <= len(content):
        name, length = content[at : at + 4], int.from_bytes(content[at + 4 : at + 8], "little")
        if name in _TEXTS:
            said = content[at + 8 : at + 8 + length].partition(b"\0")[0]
            setattr(heard, _TEXTS[name], plain(said.decode("utf-8", "replace")))
        at += 8 + length + length % 2


def _write(file: IO[bytes], clean: Path, shape: bytes, length: int) -> None:
    pad = length % 2
    total = 4 + 8 + len(shape) + 8 + length + pad
    with clean.open("wb", BUFFER) as out:
        out.write(b"RIFF" + struct.pack("<I", total) + b"WAVE")
        out.write(b"fmt " + struct.pack("<I", len(shape)) + shape)
        out.write(b"data" + struct.pack("<I", length))
        left = length
        while left and (chunk := file.read(min(BUFFER, left))):
            out.write(chunk)
            left -= len(chunk)
        out.write(b"\0" * pad)
