"""Celery's way to Redis, whose worker gets over a Redis that stays away for a moment.

When the connection is lost, Celery closes it twice. A channel that was just listening fails to
close the first time, because nobody answers. The second time it wants to give back what was not
acknowledged over a connection that has forgotten its own address, and that ends the worker with
"Unrecoverable error: 'NoneType' object has no attribute 'hostname'".
"""

from __future__ import annotations

from kombu.transport import TRANSPORT_ALIASES, redis


class Channel(redis.Channel):
    """Kombu's, but what is cut off has nothing to give back: Redis does it when time is up."""

    def close(self) -> None:
        """Close, be Redis there or not."""
        if self.connection is None or self.connection.client is None:
            self.do_restore = False
        super().close()


class Transport(redis.Transport):
    """Kombu's, with that channel."""

    Channel = Channel


def install() -> None:
    """Let addresses of Redis mean this transport from now on."""
    here = f"{__name__}:{Transport.__name__}"
    TRANSPORT_ALIASES.update(redis=here, rediss=here)
