"""Decide what an uploaded file really is, by parsing it in a limited process.

`judge(path, accept=…, into=…)` gives a Verdict with a clean copy, or raises Refused with a
sentence. The names are fetched when first asked for: the worker lives in this package too, and
must start without Django.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from content.services.judge.ask import judge
    from content.services.judge.found import Entry, Verdict, Warned
    from content.services.judge.reasons import Refused

__all__ = ["Entry", "Refused", "Verdict", "Warned", "judge"]

_HOMES = {
    "Entry": "found",
    "Refused": "reasons",
    "Verdict": "found",
    "Warned": "found",
    "judge": "ask",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
