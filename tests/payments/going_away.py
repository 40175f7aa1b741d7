"""The database and Redis as they go away in the middle of something."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from django.db import DatabaseError, InterfaceError, connection
from kombu.exceptions import OperationalError

from payments.services import steps


@contextmanager
def database_gone_at(step: str, time: int = 1) -> Iterator[None]:
    """Let the server end our connection when a step is reached for the so-manieth time, once.

    What fails by that ends the block; afterwards the database is there again.
    """
    left = [step] * time

    def watch(reached: str) -> None:
        if reached == step:
            left.pop()
            if not left:
                steps.watch(None)
                _end_connection()

    steps.watch(watch)
    try:
        with suppress(DatabaseError, InterfaceError):
            yield
    finally:
        steps.watch(None)
    assert left == [], f"{step} was not reached"
    connection.close()


def _end_connection() -> None:
    if connection.vendor != "postgresql":
        connection.connection.close()
        return
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
    other.close()


def take_broker_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no message reach a worker."""
    monkeypatch.setattr("core.queue.current_app.tasks", {})
    monkeypatch.setattr("core.queue.current_app.send_task", _no_broker)


def _no_broker(*_args: object, **_over: object) -> None:
    raise OperationalError("Connection refused")
