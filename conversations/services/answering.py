"""What the team does with a conversation: answer, take back, close, put off, take on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from conversations.errors import TooLate
from conversations.models import Conversation, Message
from conversations.services import enclosing, letters
from conversations.services.enclosing import Judged
from stores.models import Staff

State = Conversation.State


def answer(
    conversation: Conversation,
    text: str,
    *,
    by: Staff,
    now: datetime,
    closes: bool = False,
    files: Sequence[Judged] = (),
) -> Message:
    """Answer, which is mailed ten seconds later; it is the other's turn, or the end."""
    with transaction.atomic():
        locked = _locked(conversation)
        message: Message = Message.objects.create(
            conversation=locked,
            text=text,
            is_shops=True,
            staff_name=by.name,
            created_at=now,
        )
        enclosing.keep(message, files)
        locked.state = State.CLOSED if closes else State.ANSWERED
        locked.last_at, locked.snoozed_until = now, None
        if locked.assigned_to_id is None:
            locked.assigned_to = by
        locked.save(update_fields=["state", "last_at", "snoozed_until", "assigned_to"])
        letters.answered(message, now)
    return message


def take_back(message: Message, *, now: datetime) -> None:
    """Take an answer back before it leaves: it is the shop's turn again. TooLate afterwards."""
    with transaction.atomic():
        locked = _locked(message.conversation)
        if not letters.withdraw(message):
            raise TooLate(message.public_id)
        enclosing.let_go([message])
        message.delete()
        last = locked.messages.last()
        locked.state = State.WAITING
        locked.last_at = last.created_at if last is not None else locked.created_at
        locked.save(update_fields=["state", "last_at"])


def close(conversation: Conversation, *, now: datetime) -> None:
    """Say that nothing more is to be done; a new word of theirs opens it again."""
    _set(conversation, state=State.CLOSED, snoozed_until=None)


def reopen(conversation: Conversation, *, now: datetime) -> None:
    """Let it wait for the shop again."""
    _set(conversation, state=State.WAITING, waiting_since=now, snoozed_until=None)


def snooze(conversation: Conversation, until: datetime) -> None:
    """Put it off: it leaves the list of what waits until then."""
    _set(conversation, snoozed_until=until)


def assign(conversation: Conversation, staff: Staff | None) -> None:
    """Say who of the team sees to it; nobody means everybody."""
    _set(conversation, assigned_to=staff)


def _set(conversation: Conversation, **values: object) -> None:
    Conversation.objects.filter(pk=conversation.pk).update(**values)
    conversation.refresh_from_db()


def _locked(conversation: Conversation) -> Conversation:
    found: Conversation = Conversation.objects.select_for_update(no_key=True).get(
        pk=conversation.pk
    )
    return found
