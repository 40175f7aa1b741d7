"""The words of a film, to be read while it plays: WebVTT, read strictly and written anew.

https://www.w3.org/TR/webvtt1/. SubRip files, which differ in their commas, are taken too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from content.errors import BadCaptions
from content.models import Asset
from core.text import clean_line

MOST = 5_000
LONGEST = 400_000
LONGEST_LINE = 300
KEY = "captions"
"""Where a film's facts hold them."""
TIMES = re.compile(
    r"(?:(\d{1,2}):)?(\d{2}):(\d{2})[.,](\d{3})\s+-->\s+"
    r"(?:(\d{1,2}):)?(\d{2}):(\d{2})[.,](\d{3})(?:\s.*)?",
    re.ASCII,
)
TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Cue:
    """One line or two, shown between two moments, in milliseconds."""

    start: int
    end: int
    lines: tuple[str, ...]


def parse_captions(text: str) -> list[Cue]:
    """Return the cues of a WebVTT or SubRip text in order; what styles or names them is left out.

    BadCaptions for a text without any, too long, or with a cue that ends before it begins.
    """
    if len(text) > LONGEST:
        raise BadCaptions("long")
    cues: list[Cue] = []
    times: tuple[int, int] | None = None
    said: list[str] = []
    lines = [*text.replace("\ufeff", "").splitlines(), ""]
    for number, line in enumerate(lines, start=1):
        match = TIMES.fullmatch(line.strip())
        if match is not None:
            times, said = _times(match, number), []
        elif line.strip():
            said.append(clean_line(TAG.sub("", line))[:LONGEST_LINE])
        elif times is not None:
            shown = tuple(filter(None, said))
            if shown:
                cues.append(Cue(*times, shown))
            times = None
    if not cues:
        raise BadCaptions("none")
    if len(cues) > MOST:
        raise BadCaptions("long")
    return sorted(cues, key=lambda cue: (cue.start, cue.end))


def as_vtt(cues: list[Cue]) -> str:
    """Return cues as WebVTT; what looks like markup in their words is words."""
    shown = [f"{_clock(cue.start)} --> {_clock(cue.end)}\n{_escaped(cue.lines)}" for cue in cues]
    return "\n\n".join(("WEBVTT", *shown)) + "\n"


def keep_captions(asset: Asset, text: str) -> None:
    """Set the captions of a film; an empty text takes them away. BadCaptions as in reading them."""
    facts = {key: value for key, value in asset.facts.items() if key != KEY}
    if text.strip():
        facts[KEY] = as_vtt(parse_captions(text))
    asset.facts = facts
    asset.save(update_fields=["facts"])


def captions_of(asset: Asset) -> str:
    """Return the captions of a film as WebVTT; empty where it has none."""
    return str(asset.facts.get(KEY) or "")


def _times(match: re.Match[str], number: int) -> tuple[int, int]:
    parts = [int(each or 0) for each in match.groups()]
    start, end = (
        ((hours * 60 + minutes) * 60 + seconds) * 1000 + rest
        for hours, minutes, seconds, rest in (parts[:4], parts[4:])
    )
    if start >= end:
        raise BadCaptions("order", number=number)
    return start, end


def _clock(moment: int) -> str:
    seconds, rest = divmod(moment, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}.{rest:03d}"


def _escaped(lines: tuple[str, ...]) -> str:
    joined = "\n".join(lines)
    return joined.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
