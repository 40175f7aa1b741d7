"""What templates look into."""

from __future__ import annotations

from typing import Any


class Seen:
    """Base of what a template reads by attributes: it asks for ``page["title"]`` first.

    Without this each look at an attribute raises and catches an error before it finds it.
    """

    __slots__ = ()
    __getitem__ = object.__getattribute__


class Shown(dict[str, Any]):
    """Facts for a template that may be missing: a missing one is empty.

    A template asks a plain dictionary for what is not there in three ways, each of which raises.
    """

    def __missing__(self, key: str) -> str:
        """Return nothing to show, and keep nothing."""
        return ""
