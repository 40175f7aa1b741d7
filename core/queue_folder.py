"""The queue of one machine without Redis: a folder of messages, each of which appears whole.

Kombu's own writes into the file that readers already see: one that looks in that instant takes half
a message, and the worker ends. The same instant is there when the first of several workers writes
down which queues an exchange has.
"""

from __future__ import annotations

import time
import uuid
from pathlib import Path
from typing import Any, Final

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps

MILLISECONDS: Final = 1000
TRIES: Final = 20
PAUSE: Final = 0.05


class Channel(filesystem.Channel):
    """Kombu's channel, that writes a message beside the queue and moves it in."""

    def _put(self, queue: str, payload: Any, **_: Any) -> None:  # type: ignore[override]  # named as in kombu
        name = f"{round(time.monotonic() * MILLISECONDS)}_{uuid.uuid4()}.{queue}.msg"
        there = Path(self.data_folder_out) / name
        beside = there.with_suffix(".coming")
        try:
            beside.write_text(dumps(payload))
            beside.replace(there)
        except OSError as error:
            raise ChannelError(f"Cannot add file {name!r} to directory") from error

    def get_table(self, exchange: str) -> Any:
        """Return the queues of an exchange; none while the first is being written down."""
        try:
            return super().get_table(exchange)
        except ValueError:
            return []

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str | None, queue: str) -> None:
        for _try in range(TRIES):
            try:
                super()._queue_bind(exchange, routing_key, pattern, queue)
            except ValueError:
                time.sleep(PAUSE)
            else:
                return
        raise ChannelError(f"Cannot read which queues {exchange!r} has")


class Transport(filesystem.Transport):
    """The transport of ``filesystem://``."""

    Channel = Channel
