"""The database or Redis goes away while a month of many is worked on: each is charged once.

Servers that are killed for real: tests/work/test_servers_killed.py.
"""

from __future__ import annotations

from typing import Any

import pytest

from payments.models import Subscription
from sandbox.testing import LiveSandbox
from tests.payments.going_away import database_gone_at, take_broker_away
from tests.payments.subscriptions.lives import Lives, came_to
from tests.payments.subscriptions.member import make_club

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.postgres,
    pytest.mark.once,
]
MANY = 4


@pytest.fixture
def lives(sandbox: LiveSandbox, db: None) -> Lives:
    """Members whose second month has just been charged, and nobody has heard of it."""
    lives = Lives(sandbox)
    lives.begin(MANY, make_club)
    sandbox.advance(months=1, hours=2)
    return lives


def assert_each_is_charged_once(lives: Lives) -> None:
    lives.come_to_rest()
    lives.assert_all_agrees()
    first, *others = [came_to(member) for member in lives.members]
    assert others == [first] * (MANY - 1)
    assert _counted(first) == {
        **dict.fromkeys(("orders", "payments", "bills", "spans", "documents"), 2),
        **dict.fromkeys(("access", "income", "runs"), 1),
        "renewed": 1,
    }
    (subscription,) = first["subscription"]
    assert subscription[0] == Subscription.State.ACTIVE


def _counted(end: dict[str, Any]) -> dict[str, int]:
    names = ("orders", "payments", "bills", "spans", "documents", "access", "income", "runs")
    return {name: len(end[name]) for name in names} | {"renewed": end["mails"].count("renewed")}


@pytest.mark.parametrize(
    ("step", "time"),
    [
        ("event.stored", 1),
        ("sync.fetched", 5),
        ("sync.locked", 9),
        ("sync.written", 7),
        ("sync.committed", 3),
        ("event.worked", 11),
    ],
)
def test_database_gone_while_many_months_are_written(lives: Lives, step: str, time: int) -> None:
    with database_gone_at(step, time):
        lives.hear()
    assert_each_is_charged_once(lives)


def test_redis_gone_while_many_months_are_written_nobody_notices(
    lives: Lives, redis_gone: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_broker_away(monkeypatch)
    lives.hear()
    monkeypatch.undo()
    assert_each_is_charged_once(lives)
