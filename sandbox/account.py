"""One account's objects: nothing of another account can be seen or touched from here."""

from __future__ import annotations

import copy
import time
from typing import TYPE_CHECKING, Any

from sandbox.errors import missing
from sandbox.ids import new_id
from sandbox.wire import Json

if TYPE_CHECKING:
    from sandbox.world import Cause, World

PLATFORM = "acct_1SandboxPlatform"
EVERY_EVENT = "*"


class Account:
    """The hands of a state machine: insert, get, save, tell (an event), schedule."""

    def __init__(self, world: World, identity: str, cause: Cause) -> None:
        self.world = world
        self.id = identity
        self.cause = cause
        self.storage = world.storage

    @property
    def now(self) -> int:
        """The sandbox's time, in seconds."""
        return self.world.now()

    @property
    def is_platform(self) -> bool:
        """Whether this is the account that the key belongs to, not a connected one."""
        return self.id == PLATFORM

    def insert(self, body: Json, **private: Any) -> Json:
        """Store a new object and return it."""
        self.storage.insert(self.id, body, private)
        return body

    def get(self, name: str, identity: str, *, param: str = "id") -> Json:
        """Return the object; raises NotFound when this account has none such."""
        found = self.storage.find(self.id, identity)
        if found is None or found.body["object"] != name:
            raise missing(name, identity, param)
        return found.body

    def private(self, body: Json) -> Json:
        """Return what the sandbox knows of the object and the API does not show."""
        found = self.storage.find(self.id, body["id"])
        return found.private if found else {}

    def save(self, body: Json, **private: Any) -> Json:
        """Store the changed object; what is named of its private side changes too."""
        self.storage.update(self.id, body, {**self.private(body), **private})
        return body

    def all(self, name: str, **equal: object) -> list[Json]:
        """Return the objects of a kind whose fields have these values, newest first."""
        where = "account = ? AND type = ?"
        values: list[object] = [self.id, name]
        for field, value in equal.items():
            where += " AND json_extract(body, ?) = ?"
            values += [f"$.{field}", value]
        rows = self.storage.select(f"{where} ORDER BY seq DESC", *values)
        return [row.body for row in rows]

    def schedule(self, at: int, name: str, target: Json) -> None:
        """Have the named job done with the object when the clock shows `at`."""
        self.storage.run(
            "INSERT INTO jobs (at, account, name, target) VALUES (?, ?, ?, ?)",
            at,
            self.id,
            name,
            target["id"],
        )

    def tell(self, kind: str, body: Json, *, previous: Json | None = None) -> Json:
        """Make the event and put it on its way to every endpoint that wants it."""
        event: Json = {
            "id": new_id("evt"),
            "object": "event",
            "api_version": self.world.checker.api_version,
            "created": self.now,
            "data": {"object": copy.deepcopy(body)},
            "livemode": False,
            "pending_webhooks": 0,
            "request": {"id": self.cause.request, "idempotency_key": self.cause.key},
            "type": kind,
        }
        if previous:
            event["data"]["previous_attributes"] = previous
        if not self.is_platform:
            event["account"] = self.id
        checker = self.world.checker
        problems = checker.object_problems("event", event)
        problems += checker.object_problems(body["object"], body)
        self.world.require_valid("event", kind, problems)
        event["pending_webhooks"] = self._send(event)
        return self.insert(event)

    def _send(self, event: Json) -> int:
        endpoints = self._listening(event["type"])
        for endpoint in endpoints:
            is_lost = self.world.chaos.take("drop")
            self.storage.run(
                "INSERT INTO deliveries (account, event, type, endpoint, state, due_at)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                self.id,
                event["id"],
                event["type"],
                endpoint,
                "dropped" if is_lost else "pending",
                time.time() + self.world.chaos.delay,
            )
        return len(endpoints)

    def _listening(self, kind: str) -> list[str]:
        """Return the endpoints for an event: this account's own, and the platform's."""
        own = self.storage.select("account = ? AND type = 'webhook_endpoint'", self.id)
        rows = [row for row in own if row.private["listens"] in {"own", "all"}]
        if not self.is_platform:
            above = self.storage.select("account = ? AND type = 'webhook_endpoint'", PLATFORM)
            rows += [row for row in above if row.private["listens"] in {"connected", "all"}]
        return [
            row.body["id"]
            for row in rows
            if row.body["status"] == "enabled"
            and {kind, EVERY_EVENT} & set(row.body["enabled_events"])
        ]
