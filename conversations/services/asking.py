"""Writing to the shop: a new conversation, and one more word in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import Customer
from conversations.errors import TooMany
from conversations.models import Conversation, Message
from conversations.services import enclosing, letters
from conversations.services.enclosing import Judged
from core.limits import Limit
from products.models import Part, Product
from stores.scope import current_store

DAY = 24 * 3600
FROM_ONE_PLACE = Limit("conversation-from", 12, DAY)
BY_VISITORS = Limit("conversation-visitors", 300, DAY)
TO_ONE_ADDRESS = Limit("conversation-to", 4, DAY)
"""Receipts to an address that nobody proved: the form is no way to fill a stranger's mailbox."""
BY_ONE_CUSTOMER = Limit("conversation-customer", 40, DAY)

Kind, State = Conversation.Kind, Conversation.State


@dataclass(frozen=True)
class Place:
    """Where somebody stood when they wrote, as far as it is known."""

    part: Part | None = None
    product: Product | None = None
    order_number: int | None = None
    page_path: str = ""
    stood: str = ""


@dataclass(frozen=True)
class Writer:
    """Who writes: a customer of this store, or a visitor with an address nobody proved."""

    language: str
    ip: str
    customer: Customer | None = None
    email: str = ""
    name: str = ""


def begin(
    writer: Writer,
    *,
    kind: str,
    text: str,
    place: Place | None = None,
    files: Sequence[Judged] = (),
    tells: bool = True,
    now: datetime,
) -> Conversation:
    """Begin a conversation, tell the team, and send a visitor the link to it; TooMany by limits.

    A visitor's receipt quotes nothing of what was typed, and says nothing about the address.
    """
    _count(writer)
    place = place or Place()
    with transaction.atomic():
        conversation: Conversation = Conversation.objects.create(
            customer=writer.customer,
            email="" if writer.customer else writer.email,
            name="" if writer.customer else writer.name,
            language=writer.language,
            kind=kind,
            part=place.part,
            product=place.product or (place.part.product if place.part else None),
            order_number=place.order_number,
            page_path=place.page_path,
            stood=place.stood,
            waiting_since=now,
            last_at=now,
            read_at=now,
            created_at=now,
        )
        message = _say(conversation, text, files, now)
        if tells:
            letters.tell_creators(message)
        if writer.customer is None and TO_ONE_ADDRESS.hit(_here(writer.email)):
            letters.received(conversation, now)
    return conversation


def say_more(
    conversation: Conversation,
    text: str,
    *,
    ip: str,
    files: Sequence[Judged] = (),
    now: datetime,
) -> Message:
    """Add a word of who began it; the shop's turn again, whatever the state; TooMany by limits."""
    customer = conversation.customer
    _count(Writer(conversation.language, ip, customer, conversation.email))
    with transaction.atomic():
        locked = Conversation.objects.select_for_update(no_key=True).get(pk=conversation.pk)
        if not locked.waits:
            locked.waiting_since = now
        locked.state, locked.last_at, locked.read_at = State.WAITING, now, now
        locked.snoozed_until = None
        locked.save(update_fields=["state", "waiting_since", "last_at", "read_at", "snoozed_until"])
        message = _say(locked, text, files, now)
        letters.tell_creators(message)
    return message


def confirm(conversation: Conversation, *, now: datetime) -> None:
    """Note that a visitor's mailbox is theirs: what they wrote joins them as a customer, if any."""
    if conversation.customer_id is not None or conversation.confirmed_at is not None:
        return
    conversation.confirmed_at = now
    conversation.customer = (
        Customer.objects.select_related("user")
        .filter(user__email=conversation.email, erased_at=None)
        .first()
    )
    conversation.save(update_fields=["confirmed_at", "customer"])


def look(conversation: Conversation, *, now: datetime) -> None:
    """Note that who began it has seen all there is."""
    if conversation.read_at is None or conversation.read_at < conversation.last_at:
        Conversation.objects.filter(pk=conversation.pk).update(read_at=now)


def _say(conversation: Conversation, text: str, files: Sequence[Judged], now: datetime) -> Message:
    message: Message = Message.objects.create(conversation=conversation, text=text, created_at=now)
    enclosing.keep(message, files)
    return message


def _count(writer: Writer) -> None:
    if writer.customer is not None:
        calm = BY_ONE_CUSTOMER.hit(_here(writer.customer.public_id))
    else:
        # Both are counted, so that how an answer comes about says nothing.
        calm = all([FROM_ONE_PLACE.hit(_here(writer.ip)), BY_VISITORS.hit(_here(""))])
    if not calm:
        raise TooMany


def _here(key: str) -> str:
    return f"{current_store().public_id}:{key}"
