"""The sandbox as a whole: its memory, its clock, its schema and its mischief."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from threading import Event
from typing import NamedTuple

from sandbox.account import PLATFORM, Account
from sandbox.faults import Faults
from sandbox.schema.check import Checker, Violation
from sandbox.storage import Storage
from sandbox.webhooks.chaos import Chaos

REMEMBERED_CALLS = 1000
MOMENT: ContextVar[int | None] = ContextVar("moment", default=None)
"""The one time of what is being done: of a request, or that at which a job was due."""
log = logging.getLogger("sandbox")


class Cause(NamedTuple):
    """The request behind an event; both empty when Stripe itself is the cause."""

    request: str | None = None
    key: str | None = None


class Call(NamedTuple):
    """One API request, as the console and tests see it."""

    method: str
    path: str
    account: str
    key: str
    status: int
    is_replay: bool


class InvalidAnswer(Exception):
    """The sandbox was about to say something that Stripe would not say."""


@dataclass
class World:
    """Everything there is. `is_strict` makes a violation of the schema a failure."""

    storage: Storage
    checker: Checker
    is_strict: bool = False
    url: str = ""
    jobs: dict[str, Callable[[Account, str], None]] = field(default_factory=dict)
    chaos: Chaos = field(default_factory=Chaos)
    faults: Faults = field(default_factory=Faults)
    violations: list[Violation] = field(default_factory=list)
    calls: deque[Call] = field(default_factory=lambda: deque(maxlen=REMEMBERED_CALLS))
    wake: Event = field(default_factory=Event)

    def now(self) -> int:
        """Return the sandbox's time in seconds; it goes on from wherever it was set."""
        moment = MOMENT.get()
        return self._tick() + self._moved() if moment is None else moment

    def set_clock(self, at: int | None) -> None:
        """Set the clock to this time, past or future; without one, to the real time."""
        self._move(0 if at is None else at - self._tick())

    def stop_clock(self, *, stands: bool) -> None:
        """Let the clock stand still, moved only by `set_clock`; or let it go on from there."""
        with self.storage.transaction():
            now = self.now()
            self.storage.set_meta("stands_at", str(int(time.time())) if stands else "")
            self.set_clock(now)

    @contextmanager
    def turn(self, account: str = PLATFORM, cause: Cause | None = None) -> Iterator[Account]:
        """Give one caller the account to work on: all of it happens, at one moment, or nothing."""
        with self.storage.transaction():
            token = MOMENT.set(self.now())
            try:
                yield self.account(account, cause)
            finally:
                MOMENT.reset(token)
        self.wake.set()

    def account(self, identity: str, cause: Cause | None = None) -> Account:
        """Return the account with this id; to be used inside a turn."""
        return Account(self, identity, cause or Cause())

    def run_due_jobs(self) -> None:
        """Do what the clock says is due, each at its own time: expire sessions, settle refunds."""
        due = "SELECT * FROM jobs WHERE at <= ? ORDER BY at, seq LIMIT 1"
        with self.storage.transaction():
            while found := self.storage.rows(due, self.now()):
                job = found[0]
                self.storage.run("DELETE FROM jobs WHERE seq = ?", job["seq"])
                token = MOMENT.set(job["at"])
                try:
                    self.jobs[job["name"]](self.account(job["account"]), job["target"])
                finally:
                    MOMENT.reset(token)
                self.wake.set()

    def _tick(self) -> int:
        """Return the real time, or the one at which the clock was stopped."""
        return int(self.storage.meta("stands_at", "") or time.time())

    def _moved(self) -> int:
        return int(self.storage.meta("moved", "0"))

    def _move(self, seconds: int) -> None:
        with self.storage.transaction():
            self.storage.set_meta("moved", str(seconds))
        self.run_due_jobs()

    def violation(self, kind: str, about: str, problems: list[str]) -> None:
        """Record that something does not fit the schema, loudly."""
        found = Violation(kind, about, tuple(problems))
        self.violations.append(found)
        log.error("%s", found)

    def require_valid(self, kind: str, about: str, problems: list[str]) -> None:
        """Record problems, if there are any, and in strict mode refuse to go on."""
        if problems:
            self.violation(kind, about, problems)
            if self.is_strict:
                raise InvalidAnswer(str(self.violations[-1]))

    def reset(self) -> None:
        """Forget everything: objects, keys, mischief, violations, and the time moved."""
        self.storage.clear()
        self.chaos.clear()
        self.faults.clear()
        self.violations.clear()
        self.calls.clear()
