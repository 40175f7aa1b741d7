"""So many of a thing per window, or only the first: counted in the shared cache for all."""

import logging
import time
from dataclasses import dataclass

from django.core.cache import caches

from core.unreachable import lost_redis

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Limit:
    """At most ``times`` per ``seconds`` for each key, counted in windows of the clock."""

    name: str
    times: int
    seconds: int
    guards_a_secret: bool = False
    """Whether something could be guessed without it: then nothing is within it while nobody can
    count. The others let pass, so that a shop sells while its cache is restarted."""

    def hit(self, key: str) -> bool:
        """Count one try for ``key`` and return whether it is still within the limit."""
        try:
            return self._count(key)
        except lost_redis() as error:
            logger.warning("nobody counts %s: %s", self.name, error)
            return not self.guards_a_secret

    def _count(self, key: str) -> bool:
        cache = caches["shared"]
        slot = f"limit:{self.name}:{int(time.time()) // self.seconds}:{key}"
        cache.add(slot, 0, timeout=self.seconds)
        try:
            count = int(cache.incr(slot))
        except ValueError:  # the cache dropped it between the two calls
            cache.set(slot, 1, timeout=self.seconds)
            return True
        # Django's database cache forgets a key's own time when it counts, and keeps it 300 seconds.
        cache.touch(slot, timeout=self.seconds)
        return count <= self.times


@dataclass(frozen=True)
class Once:
    """The first of each key counts, and what follows within ``seconds`` does not."""

    name: str
    seconds: int
    guards_a_secret: bool = False
    """As with a limit: while nobody remembers, either none is the first or each of them is."""

    def take(self, key: str) -> bool:
        """Return whether it is the first."""
        try:
            return bool(caches["shared"].add(f"once:{self.name}:{key}", 1, timeout=self.seconds))
        except lost_redis() as error:
            logger.warning("nobody remembers %s: %s", self.name, error)
            return not self.guards_a_secret
