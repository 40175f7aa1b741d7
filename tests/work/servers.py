"""PostgreSQL and Redis servers of a test's own, killed and started again as it likes."""

from __future__ import annotations

import os
import pwd
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.plugins.tools import postgres_programs

PATIENCE = 60
INITDB = ["-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def until(is_so: Callable[[], bool], what: object) -> None:
    """Wait for something outside this process."""
    give_up_at = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < give_up_at, f"waited in vain for: {what}"
        time.sleep(0.1)


class Program:
    """A process with all its children: started, killed at once, and started again."""

    def __init__(self, command: list[str], log: Path, **options: Any) -> None:
        self.command, self.log, self.options = command, log, options
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, stdout=log, stderr=log, start_new_session=True, **self.options
            )

    def kill(self) -> None:
        """SIGKILL to it and to every child, as when the machine loses its power."""
        if self.process is None or self.process.poll() is not None:
            return
        for child in _children_of(self.process.pid):
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def _children_of(pid: int) -> list[int]:
    """PostgreSQL's make groups of their own, so that their parent's group is not theirs."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


class Server(Program):
    """A program that listens on a port of its own."""

    def __init__(self, command: list[str], log: Path, port: int, **options: Any) -> None:
        super().__init__(command, log, **options)
        self.port = port

    def answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True

    def start(self) -> None:
        super().start()
        until(self._is_up, f"{self.command[0]} answers: see {self.log}")

    def _is_up(self) -> bool:
        if self.process is not None and self.process.poll() is not None:
            super().start()  # what was killed a moment ago still held something
        return self.answers()


def redis_server(folder: Path) -> Server:
    """A Redis that remembers nothing of what was before it was killed."""
    port = free_port()
    where = ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder)]
    return Server([*where, "--save", "", "--appendonly", "no"], folder / "redis.log", port)


class Postgres(Server):
    """A PostgreSQL that keeps what it was told, as one in earnest does: fsync is on."""

    def __init__(self, home: Path, folder: Path) -> None:
        programs = postgres_programs()
        assert programs is not None
        port = free_port()
        command = [str(programs / "postgres"), "-D", str(home / "data"), "-p", str(port)]
        command += ["-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={home}"]
        account = _of_its_user(home)
        super().__init__(command, folder / "postgres.log", port, cwd=home, **account)
        subprocess.run(
            [str(programs / "initdb"), "-D", str(home / "data"), "-U", "postgres", *INITDB],
            cwd=home,
            check=True,
            capture_output=True,
            **account,
        )

    @property
    def url(self) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def answers(self) -> bool:
        import psycopg

        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


def _of_its_user(home: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root: then it is its own user's, as Debian installs it."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam("postgres")
    os.chown(home, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
