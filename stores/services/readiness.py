"""Whether this process can serve, and whether the work that was promised gets done in time."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import caches
from django.db import connection

from stores.scope import all_stores
from stores.slots import due_work

logger = logging.getLogger(__name__)
Facts = dict[str, object]

OLDEST_DUE = timedelta(minutes=15)
"""Due rows older than this mean that workers stand still or cannot keep up."""
QUEUES = {
    "default": timedelta(minutes=3),
    "mail": timedelta(minutes=3),
    "media": timedelta(minutes=20),
}
"""How long each queue's worker may say nothing: one film may take its ten minutes."""
BEAT = "heartbeat:{queue}"
BEATS_FOR = 7 * 24 * 3600


@dataclass(frozen=True)
class Readiness:
    """What was found."""

    can_serve: bool
    keeps_up: bool
    details: Facts


def say_alive(queue: str, now: datetime) -> None:
    """Remember that a worker of this queue is at work."""
    caches["shared"].set(BEAT.format(queue=queue), now.timestamp(), timeout=BEATS_FOR)


def look(now: datetime) -> Readiness:
    """Ask the database and the shared cache, then how late the work is."""
    database, cache = _answers(_database), _answers(_cache)
    can_serve = database and cache
    details: Facts = {"database": database, "cache": cache}
    if not can_serve:
        return Readiness(can_serve=False, keeps_up=False, details=details)
    late = _late_rows(now)
    silent = _silent_workers(now)
    keeps_up = all(seconds <= OLDEST_DUE.total_seconds() for seconds in late.values())
    keeps_up = keeps_up and all(
        (seconds := silent[queue]) is not None and seconds <= most.total_seconds()
        for queue, most in QUEUES.items()
    )
    details |= {"oldest_due_seconds": late, "worker_silent_seconds": silent}
    return Readiness(can_serve=True, keeps_up=keeps_up, details=details)


def _answers(ask: Callable[[], None]) -> bool:
    try:
        ask()
    except Exception as error:
        logger.warning("not ready: %s", error)
        return False
    return True


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _cache() -> None:
    caches["shared"].set("readyz", 1, timeout=60)
    if caches["shared"].get("readyz") is None:
        raise LookupError("the shared cache forgets at once")


def _late_rows(now: datetime) -> dict[str, int]:
    """Return for each kind of work by how many seconds its oldest row is late."""
    with all_stores():
        oldest = {name: due_work.get(name)(now) for name in due_work.keys()}  # noqa: SIM118 -- a Slot
    return {
        name: 0 if since is None else max(0, int((now - since).total_seconds()))
        for name, since in oldest.items()
    }


def _silent_workers(now: datetime) -> dict[str, int | None]:
    """Return for each queue how long its worker said nothing; None when it never did."""
    beats = {queue: caches["shared"].get(BEAT.format(queue=queue)) for queue in QUEUES}
    return {
        queue: None if at is None else max(0, int(now.timestamp() - at))
        for queue, at in beats.items()
    }
