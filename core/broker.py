"""Celery's way to Redis, whose worker gets over a Redis that stays away for a moment.

Celery closes a lost connection twice. When one channel was just listening, the first closing
breaks off; the second wants to give back what is in hand over a connection that has forgotten its
own address. Tasks that end meanwhile want to be acknowledged over it too. Either ends the worker
with "Unrecoverable error: AttributeError".
"""

from __future__ import annotations

from kombu.transport import redis


class Channel(redis.Channel):
    """Kombu's, but once cut off it says nothing more: Redis gives out again what was in hand."""

    @property
    def is_cut_off(self) -> bool:
        """Whether its connection was closed or lost."""
        return self.connection is None or self.connection.client is None

    def close(self) -> None:
        """Close, be Redis there or not."""
        if self.is_cut_off:
            self.do_restore = False
        super().close()

    def basic_ack(self, delivery_tag: str, multiple: bool = False) -> None:  # noqa: FBT001 -- kombu's own
        """Acknowledge, to whom it came from."""
        if not self.is_cut_off:
            super().basic_ack(delivery_tag, multiple=multiple)

    def basic_reject(self, delivery_tag: str, requeue: bool = False) -> None:  # noqa: FBT001 -- kombu's own
        """Reject, to whom it came from."""
        if not self.is_cut_off:
            super().basic_reject(delivery_tag, requeue=requeue)


class Transport(redis.Transport):
    """Kombu's, with that channel."""

    Channel = Channel
