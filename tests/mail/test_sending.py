import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from itertools import count
from smtplib import (
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPRecipientsRefused,
    SMTPServerDisconnected,
)
from typing import Any, ClassVar

import pytest
from django.core.mail.backends.locmem import EmailBackend as MemoryBackend
from django.db import connection

from core import clock
from mail.models import Message, PlatformMessage
from mail.services import sending
from mail.services.claims import claim
from mail.services.outbox import post_platform
from mail.services.sending import send_for_platform, send_for_store, stores_with_due
from mail.tasks import send_due, send_store
from stores.models import Store
from stores.scope import store_scope

Post = Callable[..., Message]


class FailingBackend(MemoryBackend):
    """Raises what the test put here, once per entry, and then sends."""

    errors: ClassVar[list[Exception]] = []
    opened = 0

    def open(self) -> bool:
        type(self).opened += 1
        return True

    def send_messages(self, messages: Any) -> int:
        if self.errors:
            raise self.errors.pop(0)
        return int(super().send_messages(messages))


@pytest.fixture
def failing(settings: Any, monkeypatch: pytest.MonkeyPatch) -> type[FailingBackend]:
    monkeypatch.setattr(sending, "get_connection", FailingBackend)
    FailingBackend.errors = []
    return FailingBackend


def refused(code: int) -> SMTPRecipientsRefused:
    return SMTPRecipientsRefused({"charlie@example.com": (code, b"no such mailbox")})


def test_a_sent_message_is_recorded_and_not_sent_again(
    in_store: Store, post_note: Post, mailoutbox: list[Any]
) -> None:
    post_note()
    assert (send_for_store(), send_for_store()) == (1, 0)
    row = Message.objects.get()
    assert (row.state, row.subject, row.error) == ("sent", "News of thread", "")
    assert row.sent_at is not None
    assert len(mailoutbox) == 1


def test_a_code_leaves_before_the_mailing_that_was_there_first(
    in_store: Store, post_note: Post, mailoutbox: list[Any]
) -> None:
    for number in range(25):
        post_note(key=f"flyer:{number}", kind="flyer")
    post_note(key="code", kind="secret", to="in-a-hurry@example.com")
    send_for_store()
    assert mailoutbox[0].to == ["in-a-hurry@example.com"]
    assert len(mailoutbox) == 26


def test_a_code_asked_for_during_a_mailing_leaves_at_the_next_look(
    in_store: Store, post_note: Post, mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "LOOK_SECONDS", 0)
    for number in range(30):
        post_note(key=f"flyer:{number}", kind="flyer")
    original = sending.write

    def write_and_ask(message: Message, *others: Any, **named: Any) -> Any:
        if message.key == "flyer:3":
            post_note(key="code", kind="secret", to="in-a-hurry@example.com")
        return original(message, *others, **named)

    monkeypatch.setattr(sending, "write", write_and_ask)
    assert send_for_store() == 31
    place = [mail.to[0] for mail in mailoutbox].index("in-a-hurry@example.com")
    assert place == 4
    assert set(Message.objects.values_list("attempts", flat=True)) == {1}


def test_a_mailing_steps_aside_for_another_stores_code(
    store: Store,
    other_store: Store,
    post_note: Post,
    mailoutbox: list[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sending, "LOOK_SECONDS", 0)
    original = sending.write

    def write_and_ask(message: Message, *others: Any, **named: Any) -> Any:
        if message.key == "flyer:3":
            with store_scope(other_store):
                post_note(key="code", kind="secret")
        return original(message, *others, **named)

    monkeypatch.setattr(sending, "write", write_and_ask)
    with store_scope(store):
        for number in range(30):
            post_note(key=f"flyer:{number}", kind="flyer")
        assert send_for_store() == 4
        left = Message.objects.filter(state="waiting", claimed_until=None, attempts=0)
        assert left.count() == 26
    assert stores_with_due(clock.now()) == [other_store.pk, store.pk]


def test_what_is_due_later_waits(in_store: Store, post_note: Post) -> None:
    post_note(due_at=clock.now() + timedelta(minutes=1))
    assert send_for_store() == 0


def test_a_code_is_wiped_from_the_row_once_sent(
    in_store: Store, post_note: Post, mailoutbox: list[Any]
) -> None:
    post_note(kind="secret", context={"what": "482913"})
    send_for_store()
    row = Message.objects.get()
    assert row.context == {}
    assert row.subject == "Secret"
    assert "482913" in mailoutbox[0].subject


def test_a_refusal_for_now_is_tried_again_later_and_later(
    in_store: Store, post_note: Post, failing: type[FailingBackend]
) -> None:
    post_note()
    waits = []
    for _attempt in range(6):
        failing.errors = [refused(451)]
        asked_at = clock.now()
        send_for_store()
        row = Message.objects.get()
        assert (row.state, row.claimed_until) == ("waiting", None)
        waits.append(round((row.due_at - asked_at).total_seconds() / 60))
        Message.objects.update(due_at=asked_at)
    assert waits == [1, 5, 30, 120, 720, 1440]
    failing.errors = [refused(451)]
    send_for_store()
    assert Message.objects.failed().get().error == "451 no such mailbox"


def test_a_code_is_given_up_before_it_could_confuse(
    in_store: Store, post_note: Post, failing: type[FailingBackend]
) -> None:
    post_note(kind="secret")
    for _attempt in range(4):
        failing.errors = [refused(451)]
        send_for_store()
        Message.objects.update(due_at=clock.now())
    row = Message.objects.failed().get()
    assert row.context == {}


@pytest.mark.parametrize("error", [refused(550), SMTPDataError(554, b"spam")])
def test_a_refusal_for_good_fails_at_once_and_the_others_leave(
    in_store: Store, post_note: Post, failing: type[FailingBackend], error: Exception
) -> None:
    post_note(key="a")
    post_note(key="b")
    failing.errors = [error]
    assert send_for_store() == 1
    assert [row.state for row in Message.objects.order_by("key")] == ["failed", "sent"]


@pytest.mark.parametrize(
    "error",
    [
        SMTPAuthenticationError(535, b"who?"),
        SMTPServerDisconnected("gone"),
        ConnectionRefusedError(),
    ],
)
def test_trouble_of_the_mail_server_stops_the_run_and_fails_nothing(
    in_store: Store, post_note: Post, failing: type[FailingBackend], error: Exception
) -> None:
    post_note(key="a")
    post_note(key="b")
    failing.errors = [error, error]
    assert send_for_store() == 0
    assert [row.attempts for row in Message.objects.order_by("key")] == [1, 0]
    assert set(Message.objects.values_list("state", flat=True)) == {"waiting"}


def test_a_message_that_cannot_be_rendered_does_not_hold_up_the_others(
    in_store: Store, post_note: Post, mailoutbox: list[Any]
) -> None:
    broken = post_note(key="a")
    Message.objects.filter(pk=broken.pk).update(kind="unheard-of")
    post_note(key="b")
    assert send_for_store() == 1
    assert Message.objects.get(key="a").state == "waiting"
    assert "unheard-of" in Message.objects.get(key="a").error


def test_a_batch_uses_one_connection(
    in_store: Store,
    post_note: Post,
    failing: type[FailingBackend],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[FailingBackend] = []
    monkeypatch.setattr(sending, "get_connection", lambda: made.append(failing()) or made[-1])
    for number in range(12):
        post_note(key=f"note:{number}")
    assert send_for_store() == 12
    assert len(made) == 1


def test_a_worker_killed_between_claim_and_send_only_delays_the_message(
    in_store: Store, post_note: Post, mailoutbox: list[Any]
) -> None:
    post_note()
    now = clock.now()
    assert len(claim(Message.objects.all(), now)) == 1  # and here it is killed
    assert send_for_store() == 0
    _let_claims_run_out()
    assert send_for_store() == 1
    assert Message.objects.count() == 1


class Killed(BaseException):
    """What a process that is killed would not even notice."""


@pytest.fixture
def kill(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, int], Any]:
    """Kill the worker at the so-manieth call of a step; nothing is tidied up afterwards."""

    def kill_at(step: str, number: int) -> Any:
        patched = monkeypatch.context()
        calls = count(1)
        original = getattr(sending, step)

        def works(*given: Any, **named: Any) -> Any:
            if next(calls) < number:
                return original(*given, **named)
            for tidying in ("record_sent", "put_back", "change"):
                patch.setattr(sending, tidying, lambda *_given, **_named: None)
            raise Killed

        patch = patched.__enter__()
        patch.setattr(sending, step, works)
        with pytest.raises(Killed):
            send_for_store()
        patched.__exit__(None, None, None)
        _let_claims_run_out()

    return kill_at


def _let_claims_run_out() -> None:
    held = Message.objects.filter(state="waiting").exclude(claimed_until=None)
    held.update(claimed_until=clock.now() - timedelta(seconds=1))


def test_a_worker_killed_after_the_send_repeats_the_same_message_id(
    in_store: Store, post_note: Post, mailoutbox: list[Any], kill: Callable[[str, int], Any]
) -> None:
    post_note()
    kill("record_sent", 1)
    assert send_for_store() == 1
    first, second = (mail.extra_headers["Message-ID"] for mail in mailoutbox)
    assert first == second


def test_a_worker_killed_among_codes_repeats_one_mail_at_most(
    in_store: Store, post_note: Post, mailoutbox: list[Any], kill: Callable[[str, int], Any]
) -> None:
    for number in range(20):
        post_note(key=f"note:{number}", kind="secret")
    kill("record_sent", 7)
    assert send_for_store() == 20 - 6
    assert len(mailoutbox) == 20 + 1
    assert not Message.objects.exclude(state="sent").exists()


def test_a_worker_killed_in_a_mailing_repeats_no_more_than_is_recorded_together(
    in_store: Store, post_note: Post, mailoutbox: list[Any], kill: Callable[[str, int], Any]
) -> None:
    for number in range(70):
        post_note(key=f"flyer:{number}", kind="flyer", to=f"reader{number}@example.com")
    kill("write", 38)
    assert len(mailoutbox) == 37
    recorded = 37 // sending.RECORD_EVERY * sending.RECORD_EVERY
    assert send_for_store() == 70 - recorded
    again = len(mailoutbox) - 70
    assert 0 < again <= sending.RECORD_EVERY
    assert len({mail.to[0] for mail in mailoutbox}) == 70


def test_what_kills_its_workers_takes_nobody_along(
    in_store: Store, post_note: Post, mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(12):
        post_note(key=f"note:{number:02}", to=f"reader{number}@example.com")
    original = sending.write

    def write_or_die(message: Message, *others: Any, **named: Any) -> Any:
        if message.key == "note:05":
            raise Killed
        return original(message, *others, **named)

    for _worker in range(9):
        with monkeypatch.context() as patched:
            patched.setattr(sending, "write", write_or_die)
            patched.setattr(sending, "put_back", lambda *_given: None)
            with suppress(Killed):
                send_for_store()
        _let_claims_run_out()
    assert Message.objects.failed().get().key == "note:05"
    assert Message.objects.filter(state="sent").count() == 11
    assert len(mailoutbox) == 11


def test_a_run_that_ends_early_leaves_what_it_had_claimed_as_it_was(
    in_store: Store, post_note: Post, mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        post_note(key=f"note:{number}")
    monkeypatch.setattr(sending, "RUN_SECONDS", -1)
    assert send_for_store() == 0
    left = Message.objects.filter(state="waiting", claimed_until=None, claimed_by="", attempts=0)
    assert left.count() == 5


def test_a_mailing_under_way_is_claimed_by_the_hundreds_and_others_never(
    in_store: Store, post_note: Post, mailoutbox: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "BATCH", 2)
    monkeypatch.setattr(sending, "OF_A_MAILING", 5)
    claimed: list[int] = []

    def counted(*said: Any) -> Any:
        batch = claim(*said)
        claimed.append(len(batch))
        return batch

    monkeypatch.setattr(sending, "claim", counted)
    for number in range(3):
        post_note(key=f"note:{number}")
    for number in range(8):
        post_note(key=f"flyer:{number}", kind="flyer")
    assert send_for_store() == 11
    assert claimed == [2, 2, 5, 2, 0]


def test_a_batch_asks_for_what_all_of_it_shares_once(
    in_store: Store, post_note: Post, mailoutbox: list[Any], django_assert_max_num_queries: Any
) -> None:
    for number in range(40):
        post_note(key=f"flyer:{number}", kind="flyer")
    with django_assert_max_num_queries(25):
        assert send_for_store() == 40


def test_a_message_that_kills_its_workers_is_given_up(in_store: Store, post_note: Post) -> None:
    post_note()
    Message.objects.update(attempts=7)
    send_for_store()
    assert Message.objects.failed().exists()


def test_another_stores_messages_stay_where_they_are(
    store: Store, other_store: Store, post_note: Post, mailoutbox: list[Any]
) -> None:
    with store_scope(store):
        post_note()
    with store_scope(other_store):
        assert send_for_store() == 0


def test_the_platform_sends_its_own_messages(db: None, mailoutbox: list[Any]) -> None:
    post_platform("note", key="n", to="a@example.com", language="en", context={"what": "x"})
    assert send_for_platform() == 1
    assert PlatformMessage.objects.get().state == "sent"
    assert mailoutbox[0].from_email.startswith("Sevenfold <")


def test_the_sweep_sends_for_every_store_and_the_platform(
    store: Store, other_store: Store, post_note: Post, mailoutbox: list[Any]
) -> None:
    for one in (store, other_store):
        with store_scope(one):
            post_note()
    post_platform("note", key="n", to="a@example.com", language="en", context={"what": "x"})
    send_due()
    assert len(mailoutbox) == 3


def test_a_worker_for_a_store_that_is_gone_does_nothing(db: None) -> None:
    send_store(987654)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_each_message_once(
    store: Store, post_note: Post, mailoutbox: list[Any]
) -> None:
    with store_scope(store):
        for number in range(30):
            post_note(key=f"flyer:{number}", kind="flyer", to=f"reader{number}@example.com")
    start = threading.Barrier(3)
    sent: list[int] = []

    def work() -> None:
        start.wait()
        try:
            with store_scope(store):
                sent.append(send_for_store())
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(sent) == 30
    assert len({mail.to[0] for mail in mailoutbox}) == len(mailoutbox) == 30


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_four_claiming_at_once_hold_different_messages(store: Store, post_note: Post) -> None:
    with store_scope(store):
        for number in range(150):
            post_note(key=f"flyer:{number}", kind="flyer")
    start, held = threading.Barrier(4), []

    def work() -> None:
        start.wait()
        try:
            with store_scope(store):
                held.extend(row.pk for row in claim(Message.objects.all(), clock.now()))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(held) == len(set(held))
    assert len(held) >= 50


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_many_posting_one_key_at_once_make_one_row(store: Store, post_note: Post) -> None:
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        try:
            with store_scope(store):
                post_note(kind="flyer")
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    with store_scope(store):
        assert Message.objects.count() == 1
