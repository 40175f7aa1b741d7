"""Real Celery workers, on Redis and on the filesystem transport: killed, and with no broker."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection

from core import clock
from mail.models import Message
from stores.models import Store
from stores.scope import all_stores
from tests.conftest import make_store, make_user
from tests.mail.test_smtp import SmtpServer
from tests.plugins.tools import redis_url

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]
ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 90
LOG = "worker.log"
LAST_LINES = 200
NOWHERE = "redis://127.0.0.1:1/0"
BROKERS = [
    pytest.param("filesystem://localhost//", id="filesystem"),
    pytest.param(redis_url(), id="redis", marks=pytest.mark.redis),
]


@pytest.fixture
def sink() -> Iterator[SmtpServer]:
    """A mail server that keeps what it is given."""
    with SmtpServer() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def store(transactional_db: None) -> Store:
    return make_store("thread", make_user("alice@example.com"), name="Thread")


@pytest.fixture
def environment(tmp_path: Path, sink: SmtpServer) -> Callable[[str], dict[str, str]]:
    """What a process of its own needs to work on this test's rows."""

    def for_broker(broker: str) -> dict[str, str]:
        host, port = sink.server_address
        return {
            "PATH": os.environ["PATH"],
            "ENV_FILE": os.devnull,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": _database_url(),
            "SECRET_KEY": str(django_settings.SECRET_KEY),
            "SECURE": "0",
            "LOG_LEVEL": "ERROR",
            "CACHE_URL": "locmemcache://work",
            "CELERY_BROKER_URL": broker,
            "QUEUE_DIR": str(tmp_path / "queue"),
            "EMAIL_URL": f"smtp://{host}:{port}",
        }

    return for_broker


def _database_url() -> str:
    database: dict[str, Any] = connection.settings_dict
    if connection.vendor == "postgresql":
        host = f"{database['HOST'] or '127.0.0.1'}:{database['PORT'] or 5432}"
        return f"postgres://{database['USER']}@{host}/{database['NAME']}"
    return f"sqlite:///{database['NAME']}"


def post_some(count: int, env: dict[str, str]) -> None:
    subprocess.run(
        [sys.executable, "-m", "tests.work.poster", str(count)], cwd=ROOT, env=env, check=True
    )


@contextmanager
def worker(env: dict[str, str], tmp_path: Path) -> Iterator[Callable[[], None]]:
    """A worker with beat, as bin/serve starts it; gives what kills it at once."""
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "-Q", "default,mail"]
    schedule = ["-B", "-s", str(tmp_path / f"beat-{time.monotonic_ns()}")]
    quiet = ["-c", "2", "--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "INFO"]
    with (tmp_path / LOG).open("ab") as log:
        process = subprocess.Popen(
            [*command, *schedule, *quiet],
            cwd=ROOT,
            env=env,
            start_new_session=True,
            stdout=log,
            stderr=log,
        )

    def kill() -> None:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    try:
        yield kill
    finally:
        kill()


def wait_for(condition: Callable[[], bool], log: Path | None = None) -> None:
    until = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > until:
            pytest.fail(f"it did not happen\n{_state_of_things(log)}")
        time.sleep(0.2)


def _state_of_things(log: Path | None) -> str:
    """What did not leave, why, and what the worker said last."""
    with all_stores():
        stuck = Message.objects.exclude(state=Message.State.SENT)
        fields = ("key", "state", "attempts", "due_at", "claimed_until", "error")
        rows = [f"{clock.now():%H:%M:%S}", *map(str, stuck.values_list(*fields))]
    said = log.read_text(errors="replace").splitlines()[-LAST_LINES:] if log else []
    return "\n".join([*rows, *said])


def all_sent() -> bool:
    with all_stores():
        return not Message.objects.exclude(state=Message.State.SENT).exists()


@pytest.mark.parametrize("broker", BROKERS)
def test_a_mail_is_sent_by_a_worker_whichever_the_broker(
    broker: str, store: Store, sink: SmtpServer, environment: Any, tmp_path: Path
) -> None:
    env = environment(broker)
    (tmp_path / "queue" / "messages").mkdir(parents=True)
    with worker(env, tmp_path):
        post_some(3, env)
        wait_for(lambda: len(sink.mails) == 3, tmp_path / LOG)
        wait_for(all_sent, tmp_path / LOG)


def test_without_a_broker_the_sweep_sends_what_nobody_was_woken_for(
    store: Store, sink: SmtpServer, environment: Any, tmp_path: Path
) -> None:
    post_some(2, environment(NOWHERE))
    (tmp_path / "queue" / "messages").mkdir(parents=True)
    with worker(environment("filesystem://localhost//"), tmp_path):
        wait_for(lambda: len(sink.mails) == 2, tmp_path / LOG)
        wait_for(all_sent, tmp_path / LOG)


def _let_claims_run_out() -> None:
    """Let pass the minutes for which a dead worker still holds what it claimed."""
    with all_stores():
        Message.objects.filter(state=Message.State.WAITING).exclude(claimed_until=None).update(
            claimed_until=clock.now() - timedelta(seconds=1)
        )


@pytest.mark.parametrize("broker", BROKERS)
def test_a_worker_killed_in_the_middle_loses_no_mail_and_repeats_only_the_one_in_hand(
    broker: str, store: Store, sink: SmtpServer, environment: Any, tmp_path: Path
) -> None:
    env = environment(broker)
    (tmp_path / "queue" / "messages").mkdir(parents=True)
    post_some(40, env)
    with worker(env, tmp_path) as kill:
        wait_for(lambda: len(sink.mails) >= 5, tmp_path / LOG)
        kill()
    _let_claims_run_out()
    with worker(env, tmp_path):
        wait_for(all_sent, tmp_path / LOG)
    copies = Counter(each["Message-ID"] for each in sink.mails)
    assert len(copies) == 40
    assert max(copies.values()) <= 2
    assert sum(copies.values()) <= 40 + 10, "at most the batch in hand was sent again"


@contextmanager
def redis_at(port: int, folder: Path) -> Iterator[None]:
    """A Redis of our own, that is killed at the end and remembers nothing."""
    quiet = ["--save", "", "--appendonly", "no", "--loglevel", "warning", "--dir", str(folder)]
    where = ["--bind", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(["redis-server", *where, *quiet], stdout=subprocess.DEVNULL)
    try:
        wait_for(lambda: _answers(port))
        yield
    finally:
        process.kill()
        process.wait()


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@pytest.mark.redis
def test_redis_restarted_in_the_middle_loses_no_mail(
    store: Store, sink: SmtpServer, environment: Any, tmp_path: Path
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    env = environment(f"redis://127.0.0.1:{port}/0")
    with worker(env, tmp_path):
        with redis_at(port, tmp_path):
            post_some(30, env)
            wait_for(lambda: len(sink.mails) >= 5, tmp_path / LOG)
        with redis_at(port, tmp_path):
            post_some(35, env)
            wait_for(all_sent, tmp_path / LOG)
    assert len({each["Message-ID"] for each in sink.mails}) == 35
