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
from mail.rules import BULK, LONGEST_ADDRESS, display_name, is_nowhere, normal_address, plain
from mail.services.mailings import gather, is_rendered_once
from mail.services.team import receivers
from stores.scope import current_store
from stores.services.addresses import absolute_url
from stores.services.quiet import quiet_until
from stores.slots import MailKind, mail_kinds, news_consent

LONGEST_KEY = 120
BAD_ADDRESS = gettext_noop("This is not an email address.")
ERASED = gettext_noop("They asked to be forgotten.")
NO_CONSENT = gettext_noop("They did not say yes to news, or took it back.")


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
    for the reader, addresses absolute. An address that is none gives a row that failed, visibly;
    news nobody agreed to, and what is for somebody who was erased, a row that was dropped. What
    waits leaves when a quiet time is over.
    KeyError for an unregistered ``kind``, TypeError for a context that is no JSON.
    """
    store = current_store()
    fields = _fields(kind, key, to, name, language, context, due_at)
    known = mail_kinds.get(kind)
    is_news = known.is_marketing and "state" not in fields
    if is_news and not leave_url_of(fields["to_address"], language):
        fields |= {"state": Message.State.DROPPED, "error": NO_CONSENT}
    if must_wait(known):
        fields["due_at"] = quiet_until(store, fields["due_at"]) or fields["due_at"]
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
    """Do as ``post`` for many people at once, in one query; nobody is woken, the sweep comes.

    What bulk kinds have in common is rendered now, once: they are messages of a mailing.
    """
    store, known = current_store(), mail_kinds.get(kind)
    due_at = clock.now()
    if must_wait(known):
        due_at = quiet_until(store, due_at) or due_at
    rows = [
        Message(
            store_id=store.pk,
            key=each.key,
            **_fields(kind, each.key, each.to, each.name, each.language, each.context, due_at),
        )
        for each in letters
    ]
    if known.is_marketing:
        for row in rows:
            if row.state == Message.State.WAITING and not leave_url_of(
                row.to_address, row.language
            ):
                row.state, row.error = Message.State.DROPPED, NO_CONSENT
    if is_rendered_once(known):
        gather(known, rows)
    Message.objects.bulk_create(rows, ignore_conflicts=True)


def post_to_creators(
    kind: str, *, key: str, context: Mapping[str, Any], due_at: datetime | None = None
) -> list[Message]:
    """Put a message to everyone of the team who receives this kind into the outbox; return them.

    One per person and ``key``. ``context`` is written in the store's language.
    """
    return [
        post(
            kind,
            key=f"{key}:{person.pk}",
            to=person.user.email,
            name=person.name,
            language=current_store().language,
            context=context,
            due_at=due_at,
        )
        for person in receivers(mail_kinds.get(kind))
    ]


def tell_creators(kind: str, key: str, context: Mapping[str, Any]) -> None:
    """Do as ``post_to_creators`` for apps below this one; see ``slots.tell_creators``."""
    values = dict(context)
    values["admin_url"] = absolute_url(current_store(), values.pop("path"))
    post_to_creators(kind, key=key, context=values)


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


def hasten(message: Message, *, context: Mapping[str, Any], now: datetime) -> None:
    """Let a message that waits for its hour leave now, knowing more than it did.

    Nothing happens to one that a worker holds, or that left.
    """
    waiting = Message.objects.filter(pk=message.pk, state=Message.State.WAITING, claimed_until=None)
    if waiting.update(context=message.context | plain(dict(context)), due_at=now):
        wake("mail.tasks.send_store", message.store_id)


def must_wait(kind: MailKind) -> bool:
    """Whether a kind of mail waits for the end of a quiet time."""
    return kind.waits or kind.is_marketing


def leave_url_of(address: str, language: str) -> str:
    """Return where an address may end the news it agreed to; empty when it has not agreed."""
    found = (entry(address, language) for entry in news_consent.all())
    return next(filter(None, found), "")


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
        address = normal_address(to)
        if is_nowhere(address):
            fields |= {"context": {}, "state": Message.State.DROPPED, "error": ERASED}
        return fields | {"to_address": address}
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
