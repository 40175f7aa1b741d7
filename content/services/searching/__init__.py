"""Searching in parts: the one way in, for pages and for every format.

``index_text`` registers what a format's own part says; files are read by themselves after they
came. ``search`` returns only what the gate opens. The names are fetched when first asked for: the
worker lives in this package too, and must start without Django.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from content.services.searching.entries import Section, index_text
    from content.services.searching.looking import Found, Hit, search

__all__ = ["Found", "Hit", "Section", "index_text", "search"]

_HOMES = {
    "Found": "looking",
    "Hit": "looking",
    "Section": "entries",
    "index_text": "entries",
    "search": "looking",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
