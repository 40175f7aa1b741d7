"""What can go wrong with access, named by what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from access.models import Access


class AccessError(Exception):
    """Base of the errors of this app."""


class KeyIsUsedUp(AccessError):
    """Sign in instead: this link was opened in too many browsers, or is too old."""


class BelongsElsewhere(AccessError):
    """A programming error: customer and product are of two stores."""


class AlreadyTheirs(AccessError):
    """Take it back from one of the two first: the receiver has it from the same source."""

    def __init__(self, accesses: list[Access]) -> None:
        super().__init__(accesses)
        self.accesses = accesses
