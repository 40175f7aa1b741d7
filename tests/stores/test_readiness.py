"""/readyz: whether this process can serve, and whether work gets done in time."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import OperationalError
from django.test import Client

from core import clock
from mail.models import Message
from stores import tasks
from stores.services.readiness import OLDEST_DUE, QUEUES, say_alive
from stores.slots import due_work, sweeps

pytestmark = pytest.mark.django_db
ABROAD = {"REMOTE_ADDR": "203.0.113.9"}


@pytest.fixture
def at_work() -> None:
    """Every queue has a worker."""
    for queue in QUEUES:
        say_alive(queue, clock.now())


def ask(path: str = "/readyz?work", **over: Any) -> Any:
    return Client(**over).get(path)


def test_all_is_well(at_work: None) -> None:
    answer = ask()
    assert (answer.status_code, answer.json()["ok"]) == (200, True)
    assert set(answer.json()["oldest_due_seconds"]) == set(due_work.keys())
    assert {"mails", "copies", "outbound_calls", "payment_events"} <= set(due_work.keys())


def test_a_stranger_learns_no_number(at_work: None) -> None:
    assert ask(**ABROAD).json() == {"ok": True}
    assert ask(HTTP_X_FORWARDED_FOR="203.0.113.9").json() == {"ok": True}


def test_who_knows_the_token_sees_the_numbers_from_anywhere(at_work: None, settings: Any) -> None:
    assert "keeps_up" not in ask(HTTP_AUTHORIZATION="Bearer ", **ABROAD).json()
    settings.READYZ_TOKEN = "a-token"
    assert "keeps_up" in ask(HTTP_AUTHORIZATION="Bearer a-token", **ABROAD).json()
    assert "keeps_up" not in ask(HTTP_AUTHORIZATION="Bearer another", **ABROAD).json()


def test_without_the_database_nothing_is_served() -> None:
    with patch("stores.services.readiness._database", side_effect=OperationalError("secret")):
        answer = ask("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"ok": False, "keeps_up": False, "database": False, "cache": True}


def test_without_the_shared_cache_nothing_is_served(redis_gone: None) -> None:
    assert ask("/readyz").status_code == 503


def test_a_late_row_is_no_reason_to_take_the_web_away(at_work: None, store: Any) -> None:
    late = OLDEST_DUE + timedelta(minutes=1)
    with due_work.registered("tests", lambda now: now - late):
        assert ask("/readyz").status_code == 200
        answer = ask()
    assert answer.status_code == 503
    assert answer.json()["oldest_due_seconds"]["tests"] == late.total_seconds()


def test_a_worker_that_says_nothing_for_too_long_is_told(at_work: None) -> None:
    say_alive("mail", clock.now() - QUEUES["mail"] - timedelta(seconds=5))
    answer = ask()
    assert answer.status_code == 503
    assert answer.json()["worker_silent_seconds"]["mail"] > QUEUES["mail"].total_seconds()


def test_a_worker_that_never_spoke_is_told() -> None:
    assert ask().json()["worker_silent_seconds"]["media"] is None
    assert ask().status_code == 503


def test_each_queue_has_a_heart_that_beats() -> None:
    for queue in QUEUES:
        getattr(tasks, f"beat_{queue}")()
        assert f"stores.beat_{queue}" in sweeps.keys()  # noqa: SIM118 -- a Slot
    assert ask().status_code == 200


def test_a_waiting_mail_is_counted_across_stores(at_work: None, store: Any) -> None:
    from mail.services.sending import oldest_due
    from stores.scope import all_stores, store_scope

    with store_scope(store):
        Message.objects.create(
            key="k",
            kind="x",
            to_address="a@example.com",
            state="waiting",
            due_at=clock.now() - timedelta(hours=1),
        )
    with all_stores():
        assert oldest_due(clock.now()) is not None
