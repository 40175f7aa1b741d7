"""Claims: which worker holds which messages, and what came of them.

A worker claims a batch in one transaction, under a stamp of its own, and tells at the end which of
it left, which failed, and which it did not come to. A killed worker's claim runs out. One of its
batch may have been what killed it, so each of them is then claimed alone: whatever kills its
workers takes nobody along, and is given up by its own count of attempts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from contextlib import nullcontext
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import override

from core import clock, tokens
from mail.models import Message, PlatformMessage
from mail.querysets import MessageQuerySet
from stores.slots import mail_kinds

Row = Message | PlatformMessage

BATCH, OF_A_MAILING = 50, 250
"""How many are claimed at once, and how many once a mailing is under way."""
CLAIM = timedelta(minutes=5)
"""Longer than a run and its last message take: a connection and six answers of EMAIL_TIMEOUT."""


def claim(rows: MessageQuerySet, now: datetime, most: int = BATCH) -> list[Row]:
    """Take the most urgent messages that are due into this worker's hands; none when none is free.

    One that a dead worker held is taken alone.
    """
    due = rows.due(now)
    if not due.exists():
        return []
    stamp = tokens.public_id()
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True, no_key=True)
        first = list(due.values_list("pk", "claimed_until")[:most])
        if first and first[0][1] is not None:
            wanted = [first[0][0]]
        else:
            wanted = [pk for pk, _held in takewhile(lambda each: each[1] is None, first)]
        rows.due(now).filter(pk__in=wanted).order_by().update(
            claimed_until=now + CLAIM, claimed_by=stamp, attempts=F("attempts") + 1
        )
    mine = rows.filter(pk__in=wanted, claimed_by=stamp)
    return list(mine.order_by("priority", "due_at", "id"))


def put_back(rows: MessageQuerySet, held: Collection[Row]) -> None:
    """Let go of messages this worker did not come to, as if it had not claimed them."""
    _mine(rows, held).update(claimed_until=None, claimed_by="", attempts=F("attempts") - 1)


def put_off(rows: MessageQuerySet, held: Collection[Row], until: datetime) -> None:
    """Let go of messages that are not to leave before a moment."""
    _mine(rows, held).update(
        due_at=until, claimed_until=None, claimed_by="", attempts=F("attempts") - 1
    )


def change(rows: MessageQuerySet, message: Row, **fields: Any) -> None:
    """Let go of a message that did not leave, changed; nothing when another worker has it now."""
    _mine(rows, [message]).update(claimed_until=None, claimed_by="", **fields)


def record_sent(rows: MessageQuerySet, sent: Iterable[tuple[Row, str]]) -> None:
    """Write down that messages left, with their subjects; what is to be wiped is."""
    alike: dict[tuple[str, bool], list[int]] = defaultdict(list)
    for message, subject in sent:
        kind = mail_kinds.get(message.kind)
        kept = subject
        if kind.wiped:
            # The code stands in the subject too, so the log keeps the kind's name instead.
            with override(message.language):
                kept = str(kind.label)
        alike[kept, kind.wiped].append(message.pk)
    with transaction.atomic() if len(alike) > 1 else nullcontext():
        for (subject, is_wiped), pks in alike.items():
            rows.filter(pk__in=pks).update(
                state=Message.State.SENT,
                sent_at=clock.now(),
                claimed_until=None,
                claimed_by="",
                error="",
                subject=subject,
                **({"context": {}} if is_wiped else {}),
            )


def _mine(rows: MessageQuerySet, held: Collection[Row]) -> MessageQuerySet:
    stamps = {message.claimed_by for message in held}
    return rows.filter(pk__in=[message.pk for message in held], claimed_by__in=stamps)
