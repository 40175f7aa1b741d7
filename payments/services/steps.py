"""The named steps of buying and refunding: at each of them the process may die.

Tests set a watcher that kills; in production nobody watches.
"""

from collections.abc import Callable

STEPS = (
    "order.placed",
    "order.committed",
    "call.sending",
    "call.answered",
    "call.recorded",
    "event.stored",
    "sync.fetched",
    "sync.locked",
    "sync.written",
    "sync.committed",
    "event.worked",
    "refund.written",
    "refund.committed",
    "document.written",
)

_watchers: list[Callable[[str], None]] = []


def watch(watcher: Callable[[str], None] | None) -> None:
    """Let ``watcher`` see every step from now on; None ends the watch."""
    _watchers.clear()
    if watcher is not None:
        _watchers.append(watcher)


def reach(step: str) -> None:
    """Pass a named step."""
    for watcher in _watchers:
        if step not in STEPS:
            raise KeyError(step)
        watcher(step)
