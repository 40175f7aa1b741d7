"""Brings events to their endpoints, and again until they are taken."""

from __future__ import annotations

import http.client
import json
import logging
import time
from threading import Lock, Thread
from typing import NamedTuple
from urllib.parse import urlsplit

from sandbox.webhooks.signature import sign
from sandbox.wire import Json
from sandbox.world import World

PATIENCE = 10  # seconds for the receiver to answer
RETRIES = (1, 5, 30, 120, 600, 3600)  # seconds of real time until the next attempt
TICK = 0.5
log = logging.getLogger("sandbox.webhooks")


class Delivery(NamedTuple):
    """One event on its way to one endpoint."""

    seq: int
    account: str
    event: str
    type: str
    endpoint: str
    state: str  # pending, delivered, failed (given up), dropped
    attempts: int
    due_at: float
    status: int | None
    error: str


class Courier:
    """Delivers in the order things happened, one at a time; a thread does it unasked."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._lock = Lock()
        self._thread: Thread | None = None
        self._is_stopped = False

    def start(self) -> None:
        """Begin to deliver, and to do what the clock says, as it becomes due."""
        self._is_stopped = False
        self._thread = Thread(target=self._run, name="sandbox-courier", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish what is on its way and rest."""
        self._is_stopped = True
        self.world.wake.set()
        if self._thread:
            self._thread.join()

    def deliver_pending(self) -> list[Delivery]:
        """Send everything that waits, held or not yet due, now; return what became of it."""
        return self._send_batch("state = 'pending'")

    def resend(self, event: str) -> list[Delivery]:
        """Send one event once more to each endpoint it was meant for, whatever became of it."""
        return self._send_batch("event = ?", event)

    def all(self) -> list[Delivery]:
        """Return all deliveries, oldest first."""
        rows = self.world.storage.rows("SELECT * FROM deliveries ORDER BY seq")
        return [Delivery(*row) for row in rows]

    def latest(self, before: int, limit: int) -> list[Delivery]:
        """Return the newest deliveries with a number below `before`."""
        query = "SELECT * FROM deliveries WHERE seq < ? ORDER BY seq DESC LIMIT ?"
        return [Delivery(*row) for row in self.world.storage.rows(query, before, limit)]

    def of_event(self, event: str) -> list[Delivery]:
        """Return how one event was brought, to each endpoint."""
        query = "SELECT * FROM deliveries WHERE event = ? ORDER BY seq"
        return [Delivery(*row) for row in self.world.storage.rows(query, event)]

    def count(self, state: str) -> int:
        """Return how many deliveries are in this state."""
        query = "SELECT count(*) FROM deliveries WHERE state = ?"
        return int(self.world.storage.rows(query, state)[0][0])

    def _run(self) -> None:
        while not self._is_stopped:
            self.world.wake.wait(TICK)
            self.world.wake.clear()
            try:
                self.world.run_due_jobs()
                if not self.world.chaos.hold:
                    self._send_batch("state = 'pending' AND due_at <= ?", time.time())
            except Exception:
                log.exception("The courier stumbled")

    def _send_batch(self, where: str, *values: object) -> list[Delivery]:
        with self._lock:
            query = f"SELECT * FROM deliveries WHERE {where} ORDER BY seq"  # noqa: S608  our own
            batch = [Delivery(*row) for row in self.world.storage.rows(query, *values)]
            if self.world.chaos.reorder:
                batch.reverse()
            return [self._send(delivery) for delivery in batch]

    def _send(self, delivery: Delivery) -> Delivery:
        event = self.world.storage.find(delivery.account, delivery.event)
        endpoint = self.world.storage.anywhere(delivery.endpoint)
        if event is None or endpoint is None:
            return self._record(delivery, "failed", None, "The endpoint is gone.")
        body = json.dumps(event.body, indent=2).encode()
        status, error = None, ""
        for _ in range(1 + self.world.chaos.duplicate):
            status, error = _post(endpoint.body["url"], body, endpoint.private["secret"])
        if self.world.chaos.take("fail"):
            status, error = None, "The answer was lost, as you asked."
        is_taken = status is not None and 200 <= status < 300  # noqa: PLR2004  HTTP's own words
        return self._record(delivery, "delivered" if is_taken else "pending", status, error)

    def _record(self, delivery: Delivery, state: str, status: int | None, error: str) -> Delivery:
        attempts = delivery.attempts + 1
        if state == "pending" and attempts > len(RETRIES):
            state = "failed"
        wait = RETRIES[attempts - 1] if state == "pending" else 0
        done = delivery._replace(
            state=state,
            attempts=attempts,
            due_at=time.time() + wait,
            status=status,
            error=error,
        )
        with self.world.storage.transaction():
            self.world.storage.run(
                "UPDATE deliveries SET state = ?, attempts = ?, due_at = ?, status = ?, error = ?"
                " WHERE seq = ?",
                *(done.state, done.attempts, done.due_at, done.status, done.error, done.seq),
            )
            if state == "delivered":
                self._count_down(delivery)
        return done

    def _count_down(self, delivery: Delivery) -> None:
        found = self.world.storage.find(delivery.account, delivery.event)
        if found and delivery.state != "delivered":
            left = max(0, found.body["pending_webhooks"] - 1)
            body: Json = {**found.body, "pending_webhooks": left}
            self.world.storage.update(delivery.account, body, found.private)


def _post(url: str, body: bytes, secret: str) -> tuple[int | None, str]:
    """Send; return the status, or why there is none. Redirects are not followed."""
    parts = urlsplit(url)
    is_secure = parts.scheme == "https"
    kind = http.client.HTTPSConnection if is_secure else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=PATIENCE)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Stripe-Signature": sign(body, secret),
        "User-Agent": "Stripe/1.0 (pretend; sandbox)",
    }
    path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    try:
        connection.request("POST", path, body, headers)
        response = connection.getresponse()
        said = response.read(2000).decode("utf-8", "replace")
    except (OSError, http.client.HTTPException) as error:
        return None, f"{type(error).__name__}: {error}"
    finally:
        connection.close()
    return response.status, "" if response.status < 300 else said[:300]  # noqa: PLR2004
