"""The invisible mark of a copy: how it is written into a file, and how it is found again."""

import re
from collections.abc import Iterable

PREFIX = "sevenfold-copy-"
_MARK = re.compile(rb"sevenfold-copy-([2-9a-hjkmnp-z]{14})(?![2-9a-z])")
OVERLAP = 64
"""How many bytes two pieces of a file must share, so that no mark falls between them."""


def written(mark: str) -> str:
    """Return a mark as it stands in a file: an XML name, a PDF string, plain ASCII."""
    return PREFIX + mark


def marks_in(content: bytes) -> set[str]:
    """Return the marks that stand in these bytes."""
    return {found.decode() for found in _MARK.findall(content)}


def marks_of(pieces: Iterable[bytes]) -> set[str]:
    """Return the marks that stand in a file read in pieces."""
    found: set[str] = set()
    tail = b""
    for piece in pieces:
        together = tail + piece
        found |= marks_in(together)
        tail = together[-OVERLAP:]
    return found
