"""Told to end, the web answers who is waiting, and a worker finishes what it has in hand."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from tests.work.servers import Program, free_port, until

ROOT = Path(__file__).parents[2]


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    for folder in ("messages", "control"):
        (tmp_path / "queue" / folder).mkdir(parents=True)
    return os.environ | {
        "ENV_FILE": os.devnull,
        "SECRET_KEY": "x" * 60,
        "DATABASE_URL": f"sqlite:///{tmp_path}/x.sqlite3",
        "QUEUE_DIR": str(tmp_path / "queue"),
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "CELERY_BROKER_URL": "filesystem://localhost//",
    }


def get(port: int, path: str = "/") -> bytes:
    way = HTTPConnection("127.0.0.1", port, timeout=30)
    way.request("GET", path)
    return way.getresponse().read()


def answers(port: int) -> bool:
    with suppress(OSError):
        return get(port) == b"done"
    return False


def started(command: list[str], env: dict[str, str], log: Path) -> Program:
    program = Program([sys.executable, *command], log, cwd=ROOT, env=env)
    program.start()
    return program


def ended(program: Program) -> int:
    assert program.process is not None
    os.kill(program.process.pid, signal.SIGTERM)
    return program.process.wait(timeout=30)


def test_the_web_answers_who_is_waiting(env: dict[str, str], tmp_path: Path) -> None:
    port, begun = free_port(), tmp_path / "begun"
    command = ["deploy/web.py", "--port", str(port), "tests.work.slowly:application"]
    program = started(command, env, tmp_path / "web.log")
    try:
        until(lambda: answers(port), (tmp_path / "web.log").read_text)
        with ThreadPoolExecutor(1) as pool:
            asked: Any = pool.submit(get, port, f"/?{begun}")
            until(begun.exists, "the page to begin")
            assert ended(program) == 0
            assert asked.result(timeout=30) == b"done"
    finally:
        program.kill()


def test_a_worker_finishes_its_task(env: dict[str, str], tmp_path: Path) -> None:
    command = ["-m", "celery", "-A", "tests.work.slowly", "worker", "-Q", "default", "-c", "1"]
    program = started(command, env, tmp_path / "worker.log")
    try:
        send = f"from tests.work.slowly import slow; slow.delay({str(tmp_path)!r})"
        subprocess.run([sys.executable, "-c", send], cwd=ROOT, env=env, check=True)
        until((tmp_path / "begun").exists, "the task to begin")
        assert ended(program) == 0
        assert (tmp_path / "ended").exists()
    finally:
        program.kill()
