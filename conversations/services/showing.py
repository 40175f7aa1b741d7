"""Conversations as pages show them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString

from conversations.models import Attachment, Conversation, Message
from conversations.services.slots import state_for_writer
from conversations.services.words import about
from core.markdown import small_markdown


@dataclass(frozen=True)
class Enclosed:
    """A file that went with a message, as a page shows it."""

    name: str
    size: int
    url: str


@dataclass(frozen=True)
class Line:
    """One message as a page shows it."""

    message: Message
    who: str
    is_shops: bool
    at: datetime
    html: SafeString
    files: Sequence[Enclosed]


@dataclass(frozen=True)
class Listed:
    """One conversation in its writer's list."""

    public_id: str
    title: str
    state: str
    is_new: bool
    at: datetime


def lines_of(conversation: Conversation, url_of: Callable[[Attachment], str]) -> list[Line]:
    """Return its messages, oldest first, each with its words as safe HTML, and its files."""
    return [
        Line(
            message=message,
            who=message.staff_name if message.is_shops else conversation.who,
            is_shops=message.is_shops,
            at=message.created_at,
            html=small_markdown(message.text),
            files=[
                Enclosed(each.original_name, each.size, url_of(each))
                for each in message.attachments.all()
            ],
        )
        for message in conversation.messages.prefetch_related("attachments")
    ]


def listing(rows: Iterable[Conversation]) -> Sequence[Listed]:
    """Return conversations as their writer's list shows them."""
    return [
        Listed(
            public_id=row.public_id,
            title=about(row),
            state=state_for_writer(row),
            is_new=not row.waits and (row.read_at is None or row.read_at < row.last_at),
            at=row.last_at,
        )
        for row in rows
    ]
