"""Doing something with money in a process that is killed in the middle of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from sandbox.testing import LiveSandbox
from tests.payments.buying import TOKEN

ROOT = Path(__file__).resolve().parent.parent.parent
KILLED, SURVIVED = -9, 0


class Nursery:
    """The process whose children are killed."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def kill(self, moment: int | str, act: str, **given: Any) -> None:
        """Do something in a child that dies at a moment, by the real clock."""
        assert self._lives(moment, act, given, None)["code"] == KILLED, moment

    def kill_at(self, at: datetime, moment: int, act: str, given: dict[str, Any]) -> None:
        """Do the same by another clock."""
        assert self.is_killed_at(at, moment, act, given), moment

    def is_killed_at(self, at: datetime, moment: int, act: str, given: dict[str, Any]) -> bool:
        """Do the same, unless it is done before that moment; return whether it was killed."""
        code = self._lives(moment, act, given, at)["code"]
        assert code in {KILLED, SURVIVED}
        return bool(code == KILLED)

    def spare(self, at: datetime, act: str, given: dict[str, Any]) -> int:
        """Do something in a child that lives on; return how many moments it had."""
        told = self._lives(0, act, given, at)
        assert told["code"] == SURVIVED
        return int(told["passed"])

    def _lives(
        self, moment: int | str, act: str, given: dict[str, Any], at: datetime | None
    ) -> dict[str, Any]:
        assert self.process.stdin
        assert self.process.stdout
        asked = {"moment": moment, "act": act, "given": given, "at": at and at.isoformat()}
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        told: dict[str, Any] = json.loads(self.process.stdout.readline())
        return told


@contextmanager
def running_nursery(sandbox: LiveSandbox, queue: Path) -> Iterator[Nursery]:
    """Run one for as long as the block lasts."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.payments.victim"],
        cwd=ROOT,
        env=_environment(sandbox, queue),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield Nursery(process)
        assert process.stdin
        process.stdin.close()


def _environment(sandbox: LiveSandbox, queue: Path) -> dict[str, str]:
    database = connection.settings_dict
    url = f"sqlite:///{database['NAME']}"
    if connection.vendor == "postgresql":
        host = f"{database['HOST'] or '127.0.0.1'}:{database['PORT'] or 5432}"
        url = f"postgres://{database['USER']}@{host}/{database['NAME']}"
    return {
        "PATH": os.environ["PATH"],
        "ENV_FILE": os.devnull,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": url,
        "SECRET_KEY": str(settings.SECRET_KEY),
        "DEBUG": "1",
        "SECURE": "0",
        "LOG_LEVEL": "ERROR",
        "CACHE_URL": "locmemcache://victim",
        "QUEUE_DIR": str(queue),
        "STRIPE_API_KEY": sandbox.key,
        "STRIPE_API_BASE": sandbox.url,
        "STRIPE_NETWORK_RETRIES": "0",
        "STRIPE_WEBHOOK_SECRET": sandbox.webhook_secret,
        "STRIPE_WEBHOOK_TOKEN": TOKEN,
    }
