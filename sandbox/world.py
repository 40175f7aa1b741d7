"""The sandbox as a whole: its memory, its clock, its schema and its mischief."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from typing import NamedTuple

from sandbox.account import PLATFORM, Account
from sandbox.faults import Faults
from sandbox.schema.check import Checker, Violation
from sandbox.storage import Storage
from sandbox.webhooks.chaos import Chaos

REMEMBERED_CALLS = 1000
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
        """Return the sandbox's time in seconds; it can be moved forward."""
        return int(time.time()) + int(self.storage.meta("forward", "0"))

    def forward(self, seconds: int) -> None:
        """Move the clock forward and do what has become due."""
        with self.storage.transaction():
            moved = int(self.storage.meta("forward", "0")) + seconds
            self.storage.set_meta("forward", str(moved))
        self.run_due_jobs()

    @contextmanager
    def turn(self, account: str = PLATFORM, cause: Cause | None = None) -> Iterator[Account]:
        """Give one caller the account to work on: all of it happens, or nothing."""
        with self.storage.transaction():
            yield self.account(account, cause)
        self.wake.set()

    def account(self, identity: str, cause: Cause | None = None) -> Account:
        """Return the account with this id; to be used inside a turn."""
        return Account(self, identity, cause or Cause())

    def run_due_jobs(self) -> None:
        """Do what the clock says is due: expire sessions, settle refunds, open disputes."""
        with self.storage.transaction():
            due = self.storage.rows("SELECT * FROM jobs WHERE at <= ? ORDER BY at, seq", self.now())
            for job in due:
                self.storage.run("DELETE FROM jobs WHERE seq = ?", job["seq"])
                self.jobs[job["name"]](self.account(job["account"]), job["target"])
        if due:
            self.wake.set()

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
