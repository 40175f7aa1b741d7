"""Sending: claim a row, hand it over, record the outcome.

A claim is one conditional UPDATE, so two workers never hold the same message. A worker killed
between claim and record leaves a claim that runs out, and the message is sent again: SMTP has no
way to ask whether the first copy arrived, so delivery is at least once. The row stays one row,
and both copies carry the same Message-ID, by which receivers can drop the second.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from smtplib import (
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)
from typing import Any

from anymail.exceptions import AnymailRecipientsRefused
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import F, Min, Q
from django.utils.translation import override

from core import clock
from mail.errors import GivenUp, NotReady
from mail.models import Message, PlatformMessage
from mail.querysets import MessageQuerySet
from mail.rules import header_line, is_for_good, retry_after
from mail.services.outbox import BULK, NO_CONSENT, leave_url_of, must_wait
from mail.services.rendering import Sender, build, platform_sender, store_sender
from stores.scope import all_stores, current_store
from stores.services.quiet import quiet_until
from stores.slots import MailKind, mail_attachments, mail_kinds

Row = Message | PlatformMessage

logger = logging.getLogger(__name__)

BATCH = 10
CLAIM = timedelta(minutes=5)
"""Longer than one message can take: a connection and six answers of EMAIL_TIMEOUT seconds."""
RUN_SECONDS = 15
"""A run ends after this long, so one store's mailing never keeps the others waiting."""
LONGEST_ERROR = 300


def send_for_store() -> int:
    """Send what is due in the store in scope, most urgent first; return how many left."""
    return _run(Message.objects.all(), lambda: store_sender(current_store()))


def send_for_platform() -> int:
    """Send what is due of the platform's own messages; return how many left."""
    return _run(PlatformMessage.objects.all(), platform_sender)


def stores_with_due(now: datetime) -> list[int]:
    """Find the stores that have messages to send, those with urgent ones first."""
    with all_stores():
        due = Message.objects.due(now).order_by().values("store_id")
        return [row["store_id"] for row in due.annotate(first=Min("priority")).order_by("first")]


def oldest_due(now: datetime) -> datetime | None:
    """Return since when the oldest message waits that should have left, across all stores."""
    found: datetime | None = Message.objects.due(now).aggregate(since=Min("due_at"))["since"]
    return found


def _run(rows: MessageQuerySet, find_sender: Callable[[], Sender]) -> int:
    ends, sent, heavy = time.monotonic() + RUN_SECONDS, 0, set(mail_attachments.keys())
    connection: BaseEmailBackend | None = None
    try:
        while batch := list(rows.due(clock.now()).values_list("pk", "priority", "kind")[:BATCH]):
            if time.monotonic() > ends or (sent and _must_step_aside(batch[0][1])):
                break
            if connection is None:
                sender, connection = find_sender(), get_connection()
            for pk, priority, kind in batch:
                if sent and kind in heavy and _must_step_aside(priority):
                    return sent
                outcome = _send_one(rows, pk, sender, connection)
                if outcome is None:
                    return sent
                sent += outcome
    finally:
        if connection is not None:
            _close(connection)
    return sent


def _must_step_aside(priority: int) -> bool:
    """Whether a mailing should let another store's code go first."""
    if priority < BULK:
        return False
    with all_stores():
        urgent: bool = Message.objects.due(clock.now()).filter(priority__lt=BULK).exists()
    return urgent or PlatformMessage.objects.due(clock.now()).exists()


def _send_one(
    rows: MessageQuerySet, pk: int, sender: Sender, connection: BaseEmailBackend
) -> bool | None:
    """Send one row if it can be claimed; None when the mail server itself is in trouble."""
    message = claim(rows, pk, clock.now())
    if message is None:
        return False
    kind = _kind_of(message)
    if kind is not None and must_wait(kind) and _is_put_off(rows, message):
        return False
    leave_url = leave_url_of(message.to_address, message.language) if _is_news(kind) else ""
    if _is_news(kind) and not leave_url:
        return _drop(rows, message)
    try:
        _refuse_what_kills_workers(message)
        mail = build(message, sender, leave_url)
        # Opened late and once: a batch is one connection, and what cannot be rendered needs none.
        connection.open()
        connection.send_messages([mail])
    except Exception as error:  # whatever one message does, the others must leave
        return _record_failure(rows, message, error)
    _record_sent(rows, message, str(mail.subject))
    return True


def _kind_of(message: Row) -> MailKind | None:
    return mail_kinds.get(message.kind) if message.kind in set(mail_kinds.keys()) else None


def _is_news(kind: MailKind | None) -> bool:
    return kind is not None and kind.is_marketing


def _is_put_off(rows: MessageQuerySet, message: Row) -> bool:
    """Put a message off until the quiet time it came into is over; whether it is one."""
    until = quiet_until(current_store(), clock.now())
    if until is not None:
        rows.filter(pk=message.pk).update(
            due_at=until, claimed_until=None, attempts=F("attempts") - 1
        )
    return until is not None


def _drop(rows: MessageQuerySet, message: Row) -> bool:
    """Let go of news whose receiver took their consent back while it waited: no failure."""
    rows.filter(pk=message.pk).update(
        state=Message.State.DROPPED, claimed_until=None, error=NO_CONSENT
    )
    return False


def _refuse_what_kills_workers(message: Row) -> None:
    if retry_after(message.attempts - 1) is None:
        raise GivenUp("every earlier attempt ended without an answer")


def claim(rows: MessageQuerySet, pk: int, now: datetime) -> Row | None:
    """Take a due message into this worker's hands, or return None when another has it."""
    unclaimed = Q(claimed_until=None) | Q(claimed_until__lt=now)
    taken = rows.filter(unclaimed, pk=pk, state=Message.State.WAITING, due_at__lte=now).update(
        claimed_until=now + CLAIM, attempts=F("attempts") + 1
    )
    message: Row | None = rows.get(pk=pk) if taken else None
    return message


def _record_sent(rows: MessageQuerySet, message: Row, subject: str) -> None:
    kind = mail_kinds.get(message.kind)
    fields: dict[str, Any] = {"subject": subject}
    if kind.wiped:
        # The code stands in the subject too, so the log keeps the kind's name instead.
        with override(message.language):
            fields = {"subject": str(kind.label), "context": {}}
    rows.filter(pk=message.pk).update(
        state=Message.State.SENT, sent_at=clock.now(), claimed_until=None, error="", **fields
    )


def _record_failure(rows: MessageQuerySet, message: Row, error: Exception) -> bool | None:
    """Write down why it did not leave and when it is tried again; None stops the run."""
    kind = _kind_of(message)
    wiped = kind is not None and kind.wiped
    wait = None if _is_final(error) else retry_after(message.attempts, wiped=wiped)
    fields: dict[str, Any] = {"claimed_until": None, "error": _sentence(error)}
    if wait is not None:
        fields["due_at"] = clock.now() + wait
    else:
        fields["state"] = Message.State.FAILED
        if wiped:
            fields["context"] = {}
    rows.filter(pk=message.pk).update(**fields)
    logger.warning("message %s was not sent: %s", message.public_id, fields["error"])
    is_servers_trouble = isinstance(error, OSError | SMTPException) and not _is_about_message(error)
    return None if is_servers_trouble else False


def _is_about_message(error: Exception) -> bool:
    return isinstance(
        error, SMTPRecipientsRefused | SMTPDataError | SMTPSenderRefused | AnymailRecipientsRefused
    )


def _is_final(error: Exception) -> bool:
    if isinstance(error, AnymailRecipientsRefused | GivenUp):
        return True
    if isinstance(error, SMTPRecipientsRefused):
        return all(is_for_good(code) for code, _answer in error.recipients.values())
    if isinstance(error, SMTPResponseException):
        return _is_about_message(error) and is_for_good(error.smtp_code)
    return False


def _sentence(error: Exception) -> str:
    if isinstance(error, SMTPRecipientsRefused):
        answers = error.recipients.values()
        text = "; ".join(f"{code} {_decoded(answer)}" for code, answer in answers)
    elif isinstance(error, SMTPResponseException):
        text = f"{error.smtp_code} {_decoded(error.smtp_error)}"
    elif isinstance(error, GivenUp | NotReady):
        text = str(error)
    else:
        text = f"{type(error).__name__}: {error}"
    return header_line(text, LONGEST_ERROR)


def _decoded(answer: bytes | str) -> str:
    return answer.decode(errors="replace") if isinstance(answer, bytes) else answer


def _close(connection: BaseEmailBackend) -> None:
    # Everything is recorded by now; a server that hangs up first takes nothing back.
    with suppress(OSError, SMTPException):
        connection.close()
