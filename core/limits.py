"""Rate limits in the shared cache: so many of a thing per window, for all processes."""

from dataclasses import dataclass

from django.core.cache import caches


@dataclass(frozen=True)
class Limit:
    """At most ``times`` per ``seconds`` for each key."""

    name: str
    times: int
    seconds: int

    def hit(self, key: str) -> bool:
        """Count one try for ``key`` and return whether it is still within the limit."""
        cache = caches["shared"]
        slot = f"limit:{self.name}:{key}"
        cache.add(slot, 0, timeout=self.seconds)
        try:
            return int(cache.incr(slot)) <= self.times
        except ValueError:  # the window ended between the two calls
            cache.set(slot, 1, timeout=self.seconds)
            return True
