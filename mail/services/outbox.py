"""Posting: a message is a row in the transaction that causes it, or it does not exist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_noop

from core import clock
from core.queue import wake
from core.text import clean_line
from mail.errors import CannotResend
from mail.models import Message, PlatformMessage
from mail.rules import LONGEST_ADDRESS, display_name, normal_address, plain
from stores.scope import current_store
from stores.slots import mail_kinds

BULK = 8
"""From this priority on a message waits for the sweep: nobody is woken for each of a mailing."""
LONGEST_KEY = 120
BAD_ADDRESS = gettext_noop("This is not an email address.")


def post(
    kind: str,
    *,
    key: str,
    to: str,
    language: str,
    context: Mapping[str, Any],
    name: str = "",
    due_at: datetime | None = None,
) -> Message:
    """Put a message of the store in scope into the outbox, once per ``key``; return its row.

    Belongs to the caller's transaction. ``context`` holds JSON: money and dates already written
    for the reader, addresses absolute. An address that is none gives a row that failed, visibly.
    KeyError for an unregistered ``kind``, TypeError for a context that is no JSON.
    """
    store = current_store()
    fields = _fields(kind, key, to, name, language, context, due_at)
    message, is_new = Message.objects.get_or_create(key=key, defaults=fields)
    if is_new:
        _wake(message, "mail.tasks.send_store", store.pk)
    return message


@dataclass(frozen=True)
class Letter:
    """One of many messages of a kind; see ``post``."""

    key: str
    to: str
    language: str
    context: Mapping[str, Any]
    name: str = ""


def post_many(kind: str, letters: Sequence[Letter]) -> None:
    """Do as ``post`` for many people at once, in one query; nobody is woken, the sweep comes."""
    store_id = current_store().pk
    rows = [
        Message(
            store_id=store_id,
            key=each.key,
            **_fields(kind, each.key, each.to, each.name, each.language, each.context, None),
        )
        for each in letters
    ]
    Message.objects.bulk_create(rows, ignore_conflicts=True)


def post_platform(
    kind: str,
    *,
    key: str,
    to: str,
    language: str,
    context: Mapping[str, Any],
    name: str = "",
    due_at: datetime | None = None,
) -> PlatformMessage:
    """Do as ``post`` for a message of the platform itself, which needs no scope."""
    fields = _fields(kind, key, to, name, language, context, due_at)
    message, is_new = PlatformMessage.objects.get_or_create(key=key, defaults=fields)
    if is_new:
        _wake(message, "mail.tasks.send_platform", None)
    return message


def resend(message: Message, *, now: datetime) -> Message:
    """Send a message once more because a person asked; CannotResend when its contents are gone.

    Its Message-ID changes, so that no receiver takes it for the copy it already has.
    """
    if mail_kinds.get(message.kind).wiped and not message.context:
        raise CannotResend(message.kind)
    Message.objects.filter(pk=message.pk).exclude(state=Message.State.WAITING).update(
        state=Message.State.WAITING,
        due_at=now,
        claimed_until=None,
        attempts=0,
        error="",
        sent_at=None,
        resends=F("resends") + 1,
    )
    message.refresh_from_db()
    wake("mail.tasks.send_store", message.store_id)
    return message


def _fields(
    kind: str,
    key: str,
    to: str,
    name: str,
    language: str,
    context: Mapping[str, Any],
    due_at: datetime | None,
) -> dict[str, Any]:
    if not key or len(key) > LONGEST_KEY:
        raise ValueError(f"a message's key has 1 to {LONGEST_KEY} characters: {key[:40]}…")
    fields = {
        "kind": kind,
        "language": language,
        "to_name": display_name(name),
        "context": plain(dict(context)),
        "priority": mail_kinds.get(kind).priority,
        "due_at": due_at or clock.now(),
    }
    try:
        return fields | {"to_address": normal_address(to)}
    except ValueError:
        shown = clean_line(to)[:LONGEST_ADDRESS]
        return fields | {
            "to_address": shown,
            "state": Message.State.FAILED,
            "error": BAD_ADDRESS,
        }


def _wake(message: Message | PlatformMessage, task: str, store_id: int | None) -> None:
    is_waiting = message.state == Message.State.WAITING
    if is_waiting and message.priority < BULK and message.due_at <= clock.now():
        wake(task, store_id)
