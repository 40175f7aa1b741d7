"""Judge an MP3 by walking all its frames: how long it is, and a copy of its sound alone."""

from pathlib import Path
from typing import IO

from content.services.judge.audio import Heard, check_length
from content.services.judge.found import Unfit
from content.services.judge.id3 import HEADER, LARGEST_TAG, build_tag, read_tag, tag_length
from content.services.judge.sniff import is_frame

RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
"""Samples a second by the header's version bits: MPEG 1, 2 and 2.5."""
KILOBITS_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
KILOBITS_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
MPEG_1 = 3
MONO = 3
BUFFER = 1024 * 1024
MOST_JUNK = 1024 * 1024
"""Bytes between frames that are overlooked, all together: lost letters, labels at the end."""
FEWEST_FRAMES = 4
WRONG_BY = 0.02


def hear_mp3(path: Path, clean: Path) -> Heard:
    """Return what the file says and how long it plays; write label and frames to `clean`."""
    heard = Heard()
    size = path.stat().st_size
    with path.open("rb", BUFFER) as file:
        _skip_tags(file, heard, size)
        start = file.tell()
        walk = _Walk(file, size)
        walk.count()
        heard.seconds = walk.samples / walk.rate if walk.rate else 0.0
        if walk.frames < FEWEST_FRAMES:
            raise Unfit("audio_codec" if heard.title or size > BUFFER else "audio_broken")
        check_length(heard.seconds)
        heard.settle()
        with clean.open("wb", BUFFER) as out:
            out.write(build_tag(heard))
            file.seek(start)
            again = _Walk(file, size, out, drops_index=walk.index_lies)
            again.count()
    return heard


def _skip_tags(file: IO[bytes], heard: Heard, size: int) -> None:
    """Read the labels before the sound; each is skipped by its own length, never searched."""
    for _ in range(8):
        at = file.tell()
        length = tag_length(file.read(HEADER))
        if not length:
            file.seek(at)
            return
        if at + length > size:
            raise Unfit("audio_cut_short")
        file.seek(at)
        if length <= LARGEST_TAG:
            read_tag(file.read(length), heard)
        file.seek(at + length)


class _Walk:
    """From frame to frame; with `out`, each is written there."""

    def __init__(
        self, file: IO[bytes], size: int, out: IO[bytes] | None = None, *, drops_index: bool = False
    ) -> None:
        self._file, self._size, self._out = file, size, out
        self._drops_index = drops_index
        self._junk = 0
        self._indexed: int | None = None
        self.frames = self.samples = self.rate = 0

    @property
    def index_lies(self) -> bool:
        """Whether the index in the first frame counts other frames than there are."""
        if self._indexed is None:
            return False
        return abs(self._indexed - self.frames) > max(2, self.frames * WRONG_BY)

    def count(self) -> None:
        """Walk to the end."""
        at = self._file.tell()
        while at + 4 <= self._size:
            head = self._file.read(4)
            length = self._fits(head)
            if not length:
                at = self._next(at)
                continue
            if at + length > self._size:
                return
            frame = head + self._file.read(length - 4)
            at += length
            self._take(frame)

    def _fits(self, head: bytes) -> int:
        """Return the length of a frame that goes on as the others do; 0 where none begins."""
        if not is_frame(head):
            return 0
        version = head[1] >> 3 & 3
        rate = RATES[version][head[2] >> 2 & 3]
        if self.rate and rate != self.rate:
            return 0
        kilobits = (KILOBITS_1 if version == MPEG_1 else KILOBITS_2)[head[2] >> 4]
        return (144 if version == MPEG_1 else 72) * kilobits * 1000 // rate + (head[2] >> 1 & 1)

    def _take(self, frame: bytes) -> None:
        version = frame[1] >> 3 & 3
        if not self.frames and self._indexed is None:
            self._indexed = _index_of(frame)
            if self._indexed is not None:
                if self._out is not None and not self._drops_index:
                    self._out.write(frame)
                return
        self.rate = RATES[version][frame[2] >> 2 & 3]
        self.samples += 1152 if version == MPEG_1 else 576
        self.frames += 1
        if self._out is not None:
            self._out.write(frame)

    def _next(self, at: int) -> int:
        """Go to where frames go on; too much of what is no sound is no recording."""
        self._file.seek(at)
        window = self._file.read(64 * 1024)
        for step in range(1, len(window)):
            length = self._fits(window[step : step + 4]) if window[step] == 0xFF else 0  # noqa: PLR2004
            if length and self._is_followed(window, step + length):
                break
        else:
            step = len(window)
        self._junk += step
        if self._junk > MOST_JUNK:
            raise Unfit("audio_broken")
        self._file.seek(at + step)
        return at + step

    def _is_followed(self, window: bytes, at: int) -> bool:
        return at + 4 > len(window) or bool(self._fits(window[at : at + 4]))


def _index_of(frame: bytes) -> int | None:
    """Return how many frames the index says there are (Xing, Info, VBRI); None for sound."""
    is_mono = frame[3] >> 6 == MONO
    side = (17 if is_mono else 32) if frame[1] >> 3 & 3 == MPEG_1 else (9 if is_mono else 17)
    at = 4 + side
    if frame[at : at + 4] in {b"Xing", b"Info"}:
        has_count = frame[at + 7 : at + 8] and frame[at + 7] & 1
        return int.from_bytes(frame[at + 8 : at + 12], "big") if has_count else 0
    if frame[36:40] == b"VBRI":
        return int.from_bytes(frame[50:54], "big")
    return None
