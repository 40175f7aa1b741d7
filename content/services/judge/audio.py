"""Judge a recording and write its clean copy: its sound, title and chapters, and nothing else."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from content.services.judge.found import Kind, Unfit, direction_of, plain

MEDIA_TYPES = {"mp3": "audio/mpeg", "m4a": "audio/mp4", "wav": "audio/wav"}
MOST_CHAPTERS = 500
MOST_HOURS = 100
SHORTEST = 0.1
LARGEST_COVER = 16 * 1024 * 1024
_PICTURES = {b"\xff\xd8\xff": ".jpg", b"\x89PNG": ".png"}


@dataclass
class Heard:
    """What a recording says of itself; chapters are (second, title)."""

    seconds: float = 0.0
    title: str = ""
    author: str = ""
    language: str = ""
    cover: bytes = b""
    chapters: list[tuple[float, str]] = field(default_factory=list)
    warnings: list[tuple[str, dict[str, str | int]]] = field(default_factory=list)

    def chapter(self, second: float, title: str) -> bool:
        """Note a chapter; False once there are as many as are taken."""
        if len(self.chapters) > MOST_CHAPTERS:
            return False
        self.chapters.append((second, plain(title)))
        return True

    def settle(self) -> None:
        """Put the chapters in order, and leave out what lies beyond the end or comes twice."""
        if len(self.chapters) > MOST_CHAPTERS:
            self.chapters = self.chapters[:MOST_CHAPTERS]
            self.warnings.append(("chapters_cut", {"most": MOST_CHAPTERS}))
        good = {round(at, 3): title for at, title in self.chapters if 0 <= at < self.seconds}
        if len(good) < len(self.chapters):
            self.warnings.append(("chapters_odd", {}))
        self.chapters = sorted(good.items())


def judge_audio(kind: Kind, path: Path, into: Path) -> dict[str, Any]:
    """Return the facts of the recording at `path` and write `clean.<kind>` (and a cover)."""
    clean = into / f"clean.{kind}"
    heard = _listener(kind)(path, clean)
    return {
        "kind": kind,
        "media_type": MEDIA_TYPES[kind],
        "clean": str(clean),
        "title": plain(heard.title),
        "author": plain(heard.author),
        "language": plain(heard.language)[:35],
        "direction": direction_of(heard.language),
        "seconds": round(heard.seconds, 3),
        "cover": _cover(heard.cover, into),
        "contents": [
            (title or str(number), f"{second:.3f}", 0)
            for number, (second, title) in enumerate(heard.chapters, start=1)
        ],
        "warnings": heard.warnings,
    }


def check_length(seconds: float) -> None:
    """Raise Unfit for what cannot be heard, or never ends."""
    if seconds < SHORTEST:
        raise Unfit("audio_silent")
    if seconds > MOST_HOURS * 3600:
        raise Unfit("audio_long", most=MOST_HOURS)


def _listener(kind: Kind) -> Callable[[Path, Path], Heard]:
    if kind == "mp3":
        from content.services.judge.mp3 import hear_mp3

        return hear_mp3
    if kind == "m4a":
        from content.services.judge.mp4 import hear_mp4

        return hear_mp4
    from content.services.judge.wav import hear_wav

    return hear_wav


def _cover(content: bytes, into: Path) -> str | None:
    suffix = next((end for mark, end in _PICTURES.items() if content.startswith(mark)), None)
    if suffix is None or len(content) > LARGEST_COVER:
        return None
    path = into / f"cover{suffix}"
    path.write_bytes(content)
    return str(path)
