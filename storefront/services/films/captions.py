"""Captions as WebVTT (w3.org/TR/webvtt1), read from that or from SubRip."""

from __future__ import annotations

import re

from storefront.errors import NoCaptions

LARGEST = 512 * 1024
"""In bytes: the words of several hours."""
MOMENT = r"(?:\d{1,3}:)?[0-5]?\d:[0-5]\d[.,]\d{1,3}"
CUE = re.compile(rf"^[ \t]*({MOMENT})[ \t]+-->[ \t]+({MOMENT})([ \t].*)?$")
ASIDE = re.compile(r"(NOTE|STYLE|REGION)(\s|$)")
HEAD = "WEBVTT"


def captions_of(came: bytes) -> tuple[str, int]:
    """Return the captions as WebVTT and how many there are; NoCaptions when they are none.

    Only cues are kept: notes, styles and whatever a program wrote around them go.
    """
    if len(came) > LARGEST:
        raise NoCaptions
    text = came.decode("utf-8-sig", errors="replace").replace("\0", "")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    cues = [cue for block in _blocks(lines) if (cue := _cue(block))]
    if not cues or "\ufffd" in "".join(cues):
        raise NoCaptions
    return "\n\n".join([HEAD, *cues]) + "\n", len(cues)


def _blocks(lines: list[str]) -> list[list[str]]:
    """Return what empty lines part."""
    blocks: list[list[str]] = [[]]
    for line in lines:
        if line.strip():
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    return blocks


def _cue(block: list[str]) -> str:
    """Return a cue with its time as WebVTT writes it; empty for anything else."""
    if not block or ASIDE.match(block[0]):
        return ""
    for at, line in enumerate(block[:2]):  # a name may stand above the time
        if found := CUE.match(line):
            begins, ends = _moment(found[1]), _moment(found[2])
            words = [each.replace("-->", "→") for each in block[at + 1 :]]
            settings = (found[3] or "").rstrip()
            return "\n".join([f"{begins} --> {ends}{settings}", *words]) if words else ""
    return ""


def _moment(written: str) -> str:
    """Return a moment as ``hh:mm:ss.ttt``."""
    whole, _dot, thousandths = written.replace(",", ".").partition(".")
    parts = [int(each) for each in whole.split(":")]
    hours, minutes, seconds = [*([0] * (3 - len(parts))), *parts]
    return f"{hours:02}:{minutes:02}:{seconds:02}.{thousandths.ljust(3, '0')}"
