"""Sending: claim a batch, hand it over one after the other, record the outcomes.

A worker killed in the middle leaves a claim that runs out, and what it had not recorded is sent
again: SMTP has no way to ask whether the first copy arrived, so delivery is at least once. That is
the one mail in hand and, of a mailing, up to ``RECORD_EVERY`` before it. The row stays one row, and
both copies carry the same Message-ID, by which receivers can drop the second.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import chain
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
from django.db.models import Min

from core import clock
from mail.errors import GivenUp, NotReady
from mail.models import Mailing, Message, PlatformMessage
from mail.querysets import MessageQuerySet
from mail.rules import BULK, header_line, is_for_good, retry_after
from mail.services.carrying import carry
from mail.services.claims import (
    BATCH,
    OF_A_MAILING,
    Row,
    change,
    claim,
    put_back,
    put_off,
    record_sent,
)
from mail.services.outbox import NO_CONSENT, leave_url_of, must_wait
from mail.services.rendering import Memory, Sender, platform_sender, store_sender, write
from mail.services.writing import Written
from stores.scope import all_stores, current_store
from stores.services.quiet import quiet_until
from stores.slots import MailKind, mail_attachments, mail_kinds

logger = logging.getLogger(__name__)

RUN_SECONDS = 15
"""A run ends after this long, so one store's mailing never keeps the others waiting."""
LOOK_SECONDS = 1
"""So often a mailing looks whether something urgent waits, here or in another store."""
RECORD_EVERY = 20
"""So many mails of a mailing are recorded together; any other at once."""
LONGEST_ERROR = 300


@dataclass(frozen=True)
class Ready:
    """A message in this worker's hands, and its mail."""

    message: Row
    written: Written


@dataclass
class Run:
    """One worker's run: what it holds, what left, and what is the same for all and asked once."""

    rows: MessageQuerySet
    find_sender: Callable[[], Sender]
    sent: int = 0
    held: dict[int, Row] = field(default_factory=dict)
    """Claimed, and not come to yet."""
    given: dict[int, Row] = field(default_factory=dict)
    """On its way out, and nothing is known of it yet."""
    unrecorded: list[tuple[Row, str]] = field(default_factory=list)
    """Left, with its subject."""
    begun_at: float = field(default_factory=time.monotonic)
    looked_at: float = field(default_factory=time.monotonic)
    recorded_at: float = field(default_factory=time.monotonic)
    memory: Memory = field(default_factory=Memory)
    mailings: dict[int, Mailing] = field(default_factory=dict)

    @cached_property
    def sender(self) -> Sender:
        """In whose name all of it leaves."""
        return self.find_sender()

    @cached_property
    def quiet_until(self) -> datetime | None:
        """When the quiet time ends in which the run began."""
        return quiet_until(current_store(), clock.now())

    def know_mailing(self, message: Row) -> None:
        """Give a message its mailing, fetched once for all of it."""
        if not isinstance(message, Message) or message.mailing_id is None:
            return
        if message.mailing_id not in self.mailings:
            self.mailings[message.mailing_id] = Mailing.objects.get(pk=message.mailing_id)
        message.mailing = self.mailings[message.mailing_id]


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
    run = Run(rows, find_sender)
    connection: BaseEmailBackend | None = None
    mails = _mails(run)
    try:
        first = next(mails, None)
        if first is not None:
            connection = get_connection()
            with closing(carry(connection, chain([first], mails))) as results:
                for ready, error in results:
                    if not _is_settled(run, ready, error):
                        break
    finally:
        mails.close()
        if connection is not None:
            _close(connection)
        _record(run)
        _let_go(run)
    return run.sent


def _mails(run: Run) -> Generator[Ready, None, None]:
    """Claim batch after batch, and make the mails of what may leave now."""
    most = BATCH
    while batch := claim(run.rows, clock.now(), most):
        run.held = {message.pk: message for message in batch}
        if (run.sent or run.given) and _must_step_aside(batch[0].priority):
            return
        most = BATCH if batch[-1].priority < BULK else OF_A_MAILING
        for message in batch:
            if time.monotonic() - run.begun_at > RUN_SECONDS:
                return
            if _is_time_to_look(run, message) and _must_step_aside(message.priority):
                put_back(run.rows, list(run.held.values()))
                break
            written = _written(run, message)
            del run.held[message.pk]
            if written is not None:
                run.given[message.pk] = message
                yield Ready(message, written)


def _is_time_to_look(run: Run, message: Row) -> bool:
    """Whether a mailing has worked so long that something urgent may have come meanwhile."""
    is_heavy = mail_attachments.find(message.kind) is not None and bool(run.sent or run.given)
    if not is_heavy and time.monotonic() - run.looked_at < LOOK_SECONDS:
        return False
    run.looked_at = time.monotonic()
    return True


def _must_step_aside(priority: int) -> bool:
    """Whether a mailing should let a code go first, of this store or another."""
    if priority < BULK:
        return False
    with all_stores():
        urgent: bool = Message.objects.due(clock.now()).filter(priority__lt=BULK).exists()
    return urgent or PlatformMessage.objects.due(clock.now()).exists()


def _written(run: Run, message: Row) -> Written | None:
    """Return the mail of a message, or None when it is not to leave now."""
    kind = _kind_of(message)
    if kind is not None and must_wait(kind) and run.quiet_until is not None:
        put_off(run.rows, [message], run.quiet_until)
        return None
    leave_url = leave_url_of(message.to_address, message.language) if _is_news(kind) else ""
    if _is_news(kind) and not leave_url:
        # Its receiver took their consent back while it waited: no failure.
        change(run.rows, message, state=Message.State.DROPPED, error=NO_CONSENT)
        return None
    try:
        _refuse_what_kills_workers(message)
        run.know_mailing(message)
        return write(message, run.sender, leave_url, run.memory)
    except Exception as error:  # whatever one message does, the others must leave
        _record_failure(run.rows, message, error)
        return None


def _kind_of(message: Row) -> MailKind | None:
    return mail_kinds.find(message.kind)


def _is_news(kind: MailKind | None) -> bool:
    return kind is not None and kind.is_marketing


def _refuse_what_kills_workers(message: Row) -> None:
    if retry_after(message.attempts - 1) is None:
        raise GivenUp("every earlier attempt ended without an answer")


def _is_settled(run: Run, ready: Ready, error: Exception | None) -> bool:
    """Note what came of a mail; False when the mail server itself is in trouble."""
    message = ready.message
    del run.given[message.pk]
    if error is not None:
        return _record_failure(run.rows, message, error)
    run.sent += 1
    run.unrecorded.append((message, ready.written.rendered.subject))
    is_long_ago = time.monotonic() - run.recorded_at > LOOK_SECONDS
    if message.priority < BULK or len(run.unrecorded) >= RECORD_EVERY or is_long_ago:
        _record(run)
    return True


def _record(run: Run) -> None:
    """Write down what left since the last time."""
    sent, run.unrecorded = run.unrecorded, []
    run.recorded_at = time.monotonic()
    if sent:
        record_sent(run.rows, sent)


def _let_go(run: Run) -> None:
    """Put back what this run did not come to, or took up without having it leave."""
    left = [*run.held.values(), *run.given.values()]
    run.held, run.given = {}, {}
    if left:
        put_back(run.rows, left)


def _record_failure(rows: MessageQuerySet, message: Row, error: Exception) -> bool:
    """Write down why it did not leave and when it is tried again; False stops the run."""
    kind = _kind_of(message)
    wiped = kind is not None and kind.wiped
    wait = None if _is_final(error) else retry_after(message.attempts, wiped=wiped)
    fields: dict[str, Any] = {"error": _sentence(error)}
    if wait is not None:
        fields["due_at"] = clock.now() + wait
    else:
        fields["state"] = Message.State.FAILED
        if wiped:
            fields["context"] = {}
    change(rows, message, **fields)
    logger.warning("message %s was not sent: %s", message.public_id, fields["error"])
    return _is_about_message(error) or not isinstance(error, OSError | SMTPException)


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
