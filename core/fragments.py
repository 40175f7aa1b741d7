"""Pieces of pages this process rendered before, found again by everything they were made of."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Final

MOST: Final = 2_000
LONGEST_SECONDS: Final = 600


class Fragments:
    """A bounded number of texts, each for a bounded time; what was used last stays longest."""

    def __init__(
        self,
        most: int = MOST,
        seconds: float = LONGEST_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most, self._seconds, self._clock = most, seconds, clock
        self._kept: OrderedDict[Hashable, tuple[float, str]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> str | None:
        """Return what is kept under ``key``, if it is not too old."""
        with self._lock:
            found = self._kept.get(key)
            if found is None or found[0] < self._clock():
                return None
            self._kept.move_to_end(key)
            return found[1]

    def keep(self, key: Hashable, text: str) -> None:
        """Keep a text, letting go of what nobody used for longest."""
        with self._lock:
            self._kept[key] = self._clock() + self._seconds, text
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()


fragments = Fragments()
