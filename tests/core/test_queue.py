import os
from threading import Event
from typing import Any
from unittest.mock import patch

import pytest
from celery import current_app
from django.db import transaction

from core import queue
from core.queue import wake, wake_once


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_costs_nothing_but_the_wake_up() -> None:
    with patch("celery.app.base.Celery.send_task", side_effect=OSError("no broker")) as send:
        with transaction.atomic():
            wake("nowhere.tasks.nothing", 3)
            assert not send.called
        assert send.called


@pytest.mark.django_db(transaction=True)
def test_nothing_is_woken_when_the_transaction_rolls_back() -> None:
    with patch("celery.app.base.Celery.send_task") as send:
        with transaction.atomic():
            wake("nowhere.tasks.nothing")
            transaction.set_rollback(True)
        assert not send.called


class Messages:
    """What was sent, and the timers that were set and have not rung."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.timers: list[Any] = []
        self.has_threads = True

    def send(self, task: str, _args: list[int]) -> None:
        self.sent.append(task)

    def timer(self, _seconds: float, act: Any, args: list[str]) -> Any:
        self.timers.append((act, args))
        return self

    def start(self) -> None:
        if not self.has_threads:
            raise RuntimeError

    def ring(self) -> None:
        act, args = self.timers.pop()
        act(*args)


@pytest.fixture
def messages(monkeypatch: pytest.MonkeyPatch) -> Messages:
    found = Messages()
    monkeypatch.setitem(current_app.conf, "task_always_eager", 0)
    monkeypatch.setattr(queue, "MOMENT", 3600)
    monkeypatch.setattr(queue, "_knocks", queue._Knocks())
    monkeypatch.setattr(queue, "_send", found.send)
    monkeypatch.setattr(queue, "Timer", found.timer)
    return found


@pytest.mark.django_db(transaction=True)
def test_a_swarm_is_two_messages_and_the_second_follows_the_last(messages: Messages) -> None:
    for _each in range(50):
        wake_once("swarm")
    assert (messages.sent, len(messages.timers)) == (["swarm"], 1)
    messages.ring()
    assert messages.sent == ["swarm", "swarm"]
    wake_once("swarm")
    assert len(messages.timers) == 1


@pytest.mark.django_db(transaction=True)
def test_after_the_moment_and_for_another_task_a_message_leaves_at_once(
    messages: Messages, monkeypatch: pytest.MonkeyPatch
) -> None:
    wake_once("swarm")
    wake_once("other")
    monkeypatch.setattr(queue, "MOMENT", 0)
    wake_once("swarm")
    assert messages.sent == ["swarm", "other", "swarm"]
    assert not messages.timers


@pytest.mark.django_db(transaction=True)
def test_where_no_thread_can_be_started_the_message_leaves_at_once(messages: Messages) -> None:
    messages.has_threads = False
    for _each in range(3):
        wake_once("swarm")
    assert messages.sent == ["swarm"] * 3


@pytest.mark.django_db(transaction=True)
def test_a_swarm_in_a_transaction_that_rolls_back_wakes_nobody(messages: Messages) -> None:
    with transaction.atomic():
        wake_once("swarm")
        transaction.set_rollback(True)
    assert not messages.sent


@pytest.mark.django_db(transaction=True)
def test_the_shared_message_comes_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    second = Event()
    sent: list[str] = []

    def send(task: str, _args: list[int]) -> None:
        sent.append(task)
        if len(sent) > 1:
            second.set()

    monkeypatch.setitem(current_app.conf, "task_always_eager", 0)
    monkeypatch.setattr(queue, "_knocks", queue._Knocks())
    monkeypatch.setattr(queue, "_send", send)
    wake_once("swarm")
    wake_once("swarm")
    assert second.wait(timeout=60)


def test_a_forked_process_does_not_wait_for_its_parents_timers(messages: Messages) -> None:
    knocks = queue._knocks
    os.register_at_fork(after_in_child=knocks.forget)
    knocks.waiting.add("swarm")
    child = os.fork()
    if child == 0:
        knocks.knock("swarm")
        os._exit(len(messages.sent))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 1
