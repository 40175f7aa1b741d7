"""Boxes of an MP4 that lie in memory: each with a length, which is made sure of."""

from collections.abc import Iterator
from dataclasses import dataclass

from content.services.judge.found import Unfit

MOST_BOXES = 5000


@dataclass(frozen=True, slots=True)
class Box:
    """One box: where it begins, where its content begins, and where it ends."""

    name: bytes
    at: int
    start: int
    end: int


def boxes(content: bytearray, start: int, end: int) -> Iterator[Box]:
    """Yield the boxes between two places; one that is longer than its place is refused."""
    at = start
    for _ in range(MOST_BOXES):
        if at + 8 > end:
            return
        length, name, head = (
            int.from_bytes(content[at : at + 4], "big"),
            content[at + 4 : at + 8],
            8,
        )
        if length == 1:
            length, head = int.from_bytes(content[at + 8 : at + 16], "big"), 16
        elif length == 0:
            if not any(content[at:end]):  # four zero bytes end a list of labels
                return
            length = end - at
        if length < head or at + length > end:
            raise Unfit("audio_broken")
        yield Box(bytes(name), at, at + head, at + length)
        at += length
    raise Unfit("audio_broken")


def one(content: bytearray, box: Box, name: bytes) -> Box | None:
    """Return the first box of a name directly inside another."""
    return next((each for each in boxes(content, box.start, box.end) if each.name == name), None)


def find(content: bytearray, box: Box, *names: bytes) -> Box | None:
    """Return the box along these names, each the first of its name inside the one before."""
    found: Box | None = box
    for name in names:
        found = one(content, found, name) if found is not None else None
    return found
