"""The whole shop at work (web, workers, beat, webhooks) while a server under it is killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from subprocess import PIPE
from threading import Lock
from typing import Any

import pytest

from sandbox.testing import LiveSandbox, live_sandbox
from tests.payments.buying import TOKEN
from tests.work.customers import Street
from tests.work.servers import Postgres, Program, Server, free_port, redis_server, until

pytestmark = [pytest.mark.servers, pytest.mark.timeout(240)]
ROOT = Path(__file__).resolve().parents[2]
CUSTOMERS = 8
AT_ONCE = 3
DOWN_SECONDS = 1.0
A_MONTH = 32 * 24 * 60
"""In minutes: what was to be charged has been, and what was not heard of is late."""
HANDS = 2


class Shopkeeper(Program):
    """Who works in the shop's database, in a process of its own."""

    def __init__(self, env: dict[str, str], place: Path) -> None:
        command = [sys.executable, "-m", "tests.work.shopkeeper"]
        super().__init__(command, place / "shopkeeper.log", cwd=ROOT, env=env)
        self.lock = Lock()

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=PIPE,
                stdout=PIPE,
                stderr=log,
                start_new_session=True,
                **self.options,
            )

    def tries(self, act: str, **given: Any) -> Any:
        with self.lock:
            assert self.process
            assert self.process.stdin
            assert self.process.stdout
            self.process.stdin.write(json.dumps({"act": act, "given": given}).encode() + b"\n")
            self.process.stdin.flush()
            return json.loads(self.process.stdout.readline())

    def does(self, act: str, **given: Any) -> Any:
        answer = self.tries(act, **given)
        assert "error" not in answer, answer
        return answer["answer"]


@dataclass
class Town:
    """Everything that runs, and the file that says how many minutes have passed for workers."""

    postgres: Postgres
    redis: Server
    sandbox: LiveSandbox
    web: Server
    shopkeeper: Shopkeeper
    later: Path

    def street(self, label: str, sells: str = "book") -> Street:
        """Open a shop and lead people to it."""
        self.later.unlink(missing_ok=True)
        price = self.shopkeeper.does("open_shop", label=label, sells=sells)
        return Street(self.web.port, label, price, self.sandbox)

    def give_back(self, order: str) -> None:
        """Press the button until the money is on its way."""
        until(
            lambda: "error" not in self.shopkeeper.tries("refund", order=order),
            f"the money of {order} goes back",
        )

    def is_later(self, minutes: int) -> None:
        """Let it be so many minutes later for workers than it is."""
        written = self.later.with_suffix(".new")
        written.write_text(str(minutes))
        written.replace(self.later)

    def come_to_rest(self, minutes: int = 20) -> None:
        """Let so many minutes pass, and then one with every look, until nothing waits any more.

        What is put off once more meanwhile is waited for as well.
        """
        left: list[str] = []
        looks = count()

        def is_at_rest() -> bool:
            self.is_later(minutes + next(looks))
            left[:] = self.shopkeeper.does("waiting")
            return not left

        until(is_at_rest, left)


def _environment(town: Path, postgres: Postgres, redis: Server, web: int) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "ENV_FILE": os.devnull,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": postgres.url,
        "CACHE_URL": f"redis://127.0.0.1:{redis.port}/1",
        "CELERY_BROKER_URL": f"redis://127.0.0.1:{redis.port}/0",
        "SECRET_KEY": "only-for-tests-" + "x" * 40,
        "DEBUG": "1",
        "SECURE": "0",
        "LOG_LEVEL": "WARNING",
        "EMAIL_URL": "dummymail://",
        "PLATFORM_ORIGIN": f"http://localhost:{web}",
        "STRIPE_NETWORK_RETRIES": "0",
        "STRIPE_WEBHOOK_TOKEN": TOKEN,
        "LATER": str(town / "later"),
    }


@contextmanager
def _running(*programs: Program) -> Iterator[None]:
    try:
        for program in programs:
            program.start()
        yield
    finally:
        for program in reversed(programs):
            program.kill()


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    place = tmp_path_factory.mktemp("town")
    with (
        tempfile.TemporaryDirectory(prefix="sevenfold-postgres-") as home,
        live_sandbox() as sandbox,
    ):
        postgres, redis, port = Postgres(Path(home), place), redis_server(place), free_port()
        env = _environment(place, postgres, redis, port) | {
            "STRIPE_API_KEY": sandbox.key,
            "STRIPE_API_BASE": sandbox.url,
            "STRIPE_WEBHOOK_SECRET": sandbox.webhook_secret,
        }
        shopkeeper, web, worker = (
            Shopkeeper(env, place),
            _web(port, env, place),
            _worker(env, place),
        )
        with _running(postgres, redis, shopkeeper):
            shopkeeper.does("make_tables")
            with _running(web, worker):
                sandbox.listen(f"http://127.0.0.1:{port}/stripe/{TOKEN}/")
                yield Town(postgres, redis, sandbox, web, shopkeeper, place / "later")
        assert [str(each) for each in sandbox.violations] == []


def _web(port: int, env: dict[str, str], place: Path) -> Server:
    granian = [str(Path(sys.executable).parent / "granian"), "--interface", "wsgi"]
    where = ["--host", "127.0.0.1", "--port", str(port), "--blocking-threads", "4"]
    command = [*granian, *where, "config.wsgi:application"]
    return Server(command, place / "web.log", port, cwd=ROOT, env=env)


def _worker(env: dict[str, str], place: Path) -> Program:
    celery = [sys.executable, "-m", "celery", "-A", "tests.work.hurried", "worker"]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "WARNING"]
    beat = ["-B", "-s", str(place / "beat")]
    command = [*celery, "-Q", "default,mail", "-c", str(HANDS), *beat, *quiet]
    return Program(command, place / "worker.log", cwd=ROOT, env=env)


def _sell_while_killed(town: Town, server: Server, label: str) -> Street:
    """Let people buy, every second one return it, and kill a server among them; then let it rest.

    Everything is sold and given back once, nothing waits, and nothing differs.
    """
    street = town.street(label)
    with ThreadPoolExecutor(AT_ONCE) as people:

        def buy(number: int) -> None:
            order = street.buy(number)
            if number % 2:
                town.give_back(order)

        crowd = [people.submit(buy, number) for number in range(CUSTOMERS)]
        until(lambda: len(street.sold) >= AT_ONCE, "the first ones read")
        server.kill()
        assert len(street.sold) < CUSTOMERS, "somebody must be in the middle of it"
        time.sleep(DOWN_SECONDS)
        server.start()
        for person in crowd:
            person.result()
    town.come_to_rest()
    assert town.shopkeeper.does("count", label=label) == {
        "orders": CUSTOMERS,
        "payments": CUSTOMERS,
        "accesses": CUSTOMERS,
        "standing": CUSTOMERS - CUSTOMERS // 2,
        "refunds": CUSTOMERS // 2,
        "receipts": CUSTOMERS,
        "farewells": CUSTOMERS // 2,
    }
    orders = set(street.sold)
    for kind, times in {"charge.succeeded": CUSTOMERS, "refund.created": CUSTOMERS // 2}.items():
        objects = [each["data"]["object"] for each in town.sandbox.events(kind)]
        mine = [each for each in objects if each["metadata"]["order"] in orders]
        assert len(mine) == times
    assert town.shopkeeper.does("differences") == []
    return street


def test_postgres_killed_in_the_middle_everything_is_sold_and_returned_once(town: Town) -> None:
    _sell_while_killed(town, town.postgres, "thread")


def test_postgres_restarted_between_two_customers_the_next_one_notices_nothing(town: Town) -> None:
    street = town.street("needle")
    street.buy(0)
    town.postgres.kill()
    town.postgres.start()
    street.buy(1)
    assert street.unanswered == []


def test_redis_killed_in_the_middle_everything_is_sold_and_nobody_notices(town: Town) -> None:
    street = _sell_while_killed(town, town.redis, "crumb")
    assert street.unanswered == []


def test_a_worker_whose_hands_are_full_as_redis_is_killed_goes_on_afterwards(town: Town) -> None:
    street = town.street("button")
    town.shopkeeper.does("fill_hands", count=HANDS)
    until(lambda: len([*town.later.parent.glob("held-*")]) == HANDS, "all hands are full")
    town.redis.kill()
    time.sleep(DOWN_SECONDS)
    town.redis.start()
    street.buy(0)
    town.come_to_rest()


def _renew_while_killed(town: Town, server: Server, label: str) -> None:
    """Let people join, and a month pass; kill a server while its charges are worked on.

    Everyone is charged, counted and thanked once, nothing waits, and nothing differs.
    """
    street = town.street(label, sells="club")
    with ThreadPoolExecutor(AT_ONCE) as people:
        list(people.map(street.buy, range(CUSTOMERS)))
    town.come_to_rest()
    town.is_later(A_MONTH)

    def renewed() -> int:
        return int(town.shopkeeper.does("count_months", label=label)["orders"]) - CUSTOMERS

    seen = [0]

    def has_begun() -> bool:
        seen.append(renewed())
        return seen[-1] > 0

    try:
        town.sandbox.advance(months=1, hours=2)
        until(has_begun, "the first ones are charged")
        server.kill()
        assert seen[-1] < CUSTOMERS, "some must be in the middle of it"
        time.sleep(DOWN_SECONDS)
        server.start()
        town.come_to_rest(A_MONTH + 20)
        until(lambda: renewed() == CUSTOMERS, "all are charged")
        town.come_to_rest(A_MONTH + 40)
        assert town.shopkeeper.does("count_months", label=label) == {
            "members": CUSTOMERS,
            "open": CUSTOMERS,
            **dict.fromkeys(("orders", "payments", "bills", "spans"), 2 * CUSTOMERS),
            "income": CUSTOMERS,
            "thanks": CUSTOMERS,
        }
        assert town.shopkeeper.does("differences") == []
    finally:
        town.sandbox.set_clock(None)


def test_postgres_killed_while_a_month_is_charged_each_is_charged_once(town: Town) -> None:
    _renew_while_killed(town, town.postgres, "spool")


def test_redis_killed_while_a_month_is_charged_each_is_charged_once(town: Town) -> None:
    _renew_while_killed(town, town.redis, "bobbin")
