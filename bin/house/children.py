"""Programs that run beside each other: when one dies or the parent is told to end, all end."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from house.console import Stop, say
from house.places import ROOT

LOOK_EVERY = 0.2
PATIENCE = 15
LAST_LINES = 25


class Told(Exception):
    """A signal told us to end."""


@dataclass(frozen=True)
class Child:
    """A started program, in a process group of its own, and the file it writes to."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path


class Children:
    """A context in which programs run; leaving it, however that comes, leaves none behind."""

    def __init__(self, logs: Path, env: Mapping[str, str]) -> None:
        self._logs = logs
        self._env = dict(env)
        self._children: list[Child] = []

    def __enter__(self) -> Self:
        self._logs.mkdir(parents=True, exist_ok=True)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, _tell)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        self._end()
        return kind is Told

    def start(self, name: str, command: Sequence[str]) -> None:
        """Start a program; what it prints goes to its log."""
        log = self._logs / f"{name}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603 -- the commands are ours
                list(command),
                cwd=ROOT,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._children.append(Child(name, process, log))

    def wait_until(self, is_ready: Callable[[], bool], seconds: int) -> None:
        """Return when ``is_ready``; Stop when a program dies first or time runs out."""
        end = time.monotonic() + seconds
        while not is_ready():
            self._refuse_deaths()
            if time.monotonic() > end:
                raise Stop(f"the web server did not answer within {seconds} s; see {self._logs}")
            time.sleep(LOOK_EVERY)

    def wait(self) -> None:
        """Return never: a program's death raises Stop, a signal leaves the context."""
        while True:
            self._refuse_deaths()
            time.sleep(LOOK_EVERY)

    def _refuse_deaths(self) -> None:
        for child in self._children:
            code = child.process.poll()
            if code is not None:
                lines = child.log.read_text(errors="replace").splitlines()[-LAST_LINES:]
                raise Stop(
                    "\n".join([*lines, f"{child.name} ended with exit code {code}, so all end"])
                )

    def _end(self) -> None:
        running = [child for child in self._children if child.process.poll() is None]
        if running:
            say(f"Ending {', '.join(child.name for child in running)}…")
        for child in running:
            child.process.terminate()  # it alone: it knows how to end what it started
        end = time.monotonic() + PATIENCE
        for child in running:
            try:
                child.process.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                say(f"{child.name} does not end by itself")
        for child in self._children:
            _kill_group(child)
            child.process.wait()


def _kill_group(child: Child) -> None:
    """Kill the program and whatever it started; a group that is gone is what we want."""
    try:
        os.killpg(child.process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _tell(number: int, _frame: object) -> None:
    raise Told(signal.Signals(number).name)
