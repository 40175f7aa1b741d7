"""Rate limits in the shared cache: so many of a thing per window, for all processes."""

import time
from dataclasses import dataclass

from django.core.cache import caches


@dataclass(frozen=True)
class Limit:
    """At most ``times`` per ``seconds`` for each key, counted in windows of the clock."""

    name: str
    times: int
    seconds: int

    def hit(self, key: str) -> bool:
        """Count one try for ``key`` and return whether it is still within the limit."""
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
