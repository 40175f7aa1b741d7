"""The knock on a worker's door: rows are the work, a message only makes it sooner."""

from __future__ import annotations

import logging
import os
import time
from threading import Lock, Timer
from typing import Final

from celery import current_app
from django.db import transaction

MOMENT: Final = 0.2
"""Seconds within which several calls for one task are two messages, not many."""
logger = logging.getLogger(__name__)


def wake(task: str, store_id: int | None = None) -> None:
    """Ask a worker to run ``task`` once the transaction commits.

    Nothing depends on the message: an unreachable broker is logged and forgotten, because the
    sweep of the same name finds the due row anyway.
    """
    args = [] if store_id is None else [store_id]
    transaction.on_commit(lambda: _send(task, args), robust=True)


def wake_once(task: str) -> None:
    """As ``wake``, for what comes in swarms and is worked on together.

    The first sends its message at once, and those of the ``MOMENT`` after it share one at its end,
    so after each row a message follows. A process that is killed before leaves it to the sweep.
    """
    transaction.on_commit(lambda: _knocks.knock(task), robust=True)


class _Knocks:
    """Which tasks this process called lately, and whose shared message is still to be sent."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self.lock = Lock()
        self.sent_at: dict[str, float] = {}
        self.waiting: set[str] = set()

    def knock(self, task: str) -> None:
        with self.lock:
            if task in self.waiting:
                return
            left = self.sent_at.get(task, float("-inf")) + MOMENT - time.monotonic()
            is_late = left > 0 and not current_app.conf.task_always_eager
            if is_late:
                self.waiting.add(task)
        if not is_late:
            self.send(task)
            return
        try:
            Timer(left, self.send, [task]).start()
        except RuntimeError:  # no thread can be started: now, then
            self.send(task)

    def send(self, task: str) -> None:
        with self.lock:  # before the message: a row that comes from here on asks for another
            self.waiting.discard(task)
            self.sent_at[task] = time.monotonic()
        _send(task, [])


_knocks = _Knocks()
# No timer of the parent's runs in a child, and its lock may have been held.
os.register_at_fork(after_in_child=_knocks.forget)


def _send(task: str, args: list[int]) -> None:
    try:
        registered = current_app.tasks.get(task)
        if registered is not None:
            registered.apply_async(tuple(args), retry=False)
        else:
            current_app.send_task(task, args=args, retry=False)
    except Exception as error:
        logger.warning("could not wake %s: %s", task, error)
