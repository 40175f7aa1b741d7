"""News: only to who said yes, until the moment it leaves, and easy to end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
import time_machine

from accounts.models import Customer
from accounts.services.consents import give_consent, withdraw_consent
from mail.models import Message
from mail.services.sending import send_for_store
from stores.models import Store
from stores.slots import MailKind, mail_kinds
from tests.conftest import NOW

Post = Callable[..., Message]
SHABBAT = datetime(2026, 11, 28, 10, tzinfo=UTC)
SHABBAT_ENDS = datetime(2026, 11, 28, 18, 45, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _kinds(note_kind: MailKind) -> Iterator[None]:
    """Make the flyer news, and the note something that only waits."""
    flyer = MailKind("flyer", "Flyer", ("what",), priority=9, is_marketing=True)
    note = MailKind("note", "Note", ("what",), waits=True)
    entries = mail_kinds._entries
    before = dict(entries)
    entries.update(flyer=flyer, note=note)
    yield
    entries.clear()
    entries.update(before)


@pytest.fixture
def flyer(post_note: Post) -> Post:
    return lambda **over: post_note(kind="flyer", key=over.pop("key", "flyer:1"), **over)


@pytest.fixture
def yes(charlie: Customer, in_store: Store) -> Any:
    return give_consent(charlie, source="account", language="en", now=NOW)


def received(mail: Any) -> Any:
    return message_from_bytes(mail.message().as_bytes(), policy=policy.default)


@time_machine.travel(NOW, tick=False)
def test_news_nobody_agreed_to_is_dropped_and_is_no_failure(
    in_store: Store, flyer: Post, charlie: Customer, mailoutbox: list[Any]
) -> None:
    message = flyer()
    assert message.state == Message.State.DROPPED
    assert send_for_store() == 0
    assert not mailoutbox
    assert not Message.objects.failed().exists()


@time_machine.travel(NOW, tick=False)
def test_a_yes_taken_back_while_the_mail_waits_stops_it(
    in_store: Store, flyer: Post, yes: Any, charlie: Customer, mailoutbox: list[Any]
) -> None:
    message = flyer()
    assert message.state == Message.State.WAITING
    withdraw_consent(charlie, now=NOW)
    assert send_for_store() == 0
    message.refresh_from_db()
    assert message.state == Message.State.DROPPED
    assert not mailoutbox


@time_machine.travel(NOW, tick=False)
def test_news_is_left_with_one_click_and_says_who_wrote(
    in_store: Store, flyer: Post, yes: Any, mailoutbox: list[Any]
) -> None:
    flyer()
    send_for_store()
    mail = received(mailoutbox[0])
    url = f"http://thread.localhost:8000/news/{yes.leave_key}/"
    assert mail["List-Unsubscribe"].strip() == f"<{url}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for kind in ("plain", "html"):
        body = mail.get_body((kind,)).get_content()
        assert url in body
        assert "alice@example.com" in body


@time_machine.travel(NOW, tick=False)
def test_a_hebrew_advertisement_begins_with_the_word(
    in_store: Store, flyer: Post, yes: Any, mailoutbox: list[Any]
) -> None:
    flyer(language="he", context={"what": "חוט"})
    send_for_store()
    assert mailoutbox[0].subject.startswith("פרסומת: ")


@time_machine.travel(NOW, tick=False)
def test_a_mail_that_is_no_news_never_carries_a_way_to_leave(
    in_store: Store, post_note: Post, yes: Any, mailoutbox: list[Any]
) -> None:
    post_note()
    send_for_store()
    mail = received(mailoutbox[0])
    assert mail["List-Unsubscribe"] is None
    assert "/news/" not in mail.get_body(("plain",)).get_content()


@time_machine.travel(SHABBAT, tick=False)
def test_what_waits_is_due_when_the_quiet_time_ends_and_a_code_at_once(
    in_store: Store, post_note: Post, flyer: Post, yes: Any
) -> None:
    assert post_note().due_at == SHABBAT_ENDS
    assert flyer().due_at == SHABBAT_ENDS
    assert post_note(key="code", kind="secret").due_at == SHABBAT


def test_what_comes_to_its_turn_in_a_quiet_time_is_put_off_without_losing_a_try(
    in_store: Store, post_note: Post, mailoutbox: list[Any]
) -> None:
    with time_machine.travel(SHABBAT - timedelta(days=1), tick=False):
        message = post_note()
    with time_machine.travel(SHABBAT, tick=False):
        assert send_for_store() == 0
    message.refresh_from_db()
    assert (message.due_at, message.attempts) == (SHABBAT_ENDS, 0)
    with time_machine.travel(SHABBAT_ENDS, tick=False):
        assert send_for_store() == 1
