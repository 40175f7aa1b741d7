"""The mails of conversations: to the team, the visitor's link, and the answer."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import override

from conversations.models import UNDO_FOR, Conversation, Message
from conversations.services.words import about
from mail.models import Message as Mail
from mail.services.outbox import post, post_to_creators
from stores.scope import current_store
from stores.services.addresses import page_url

ASKED, RECEIVED, ANSWERED = (
    "conversation_asked",
    "conversation_received",
    "conversation_answered",
)
EXCERPT = 600


def tell_creators(message: Message) -> None:
    """Tell the team that somebody wrote."""
    conversation, store = message.conversation, current_store()
    with override(store.language):
        context = {
            "title": about(conversation),
            "said_name": conversation.who,
            "said": with_files(excerpt(message.text), message),
            "admin_url": page_url(
                "admin:conversations_conversation_change",
                conversation.pk,
                language=store.language,
            ),
        }
    post_to_creators(ASKED, key=f"{ASKED}:{message.public_id}", context=context)


def received(conversation: Conversation, now: datetime) -> None:
    """Send a visitor the link under which the answer is read; nothing they typed is in it."""
    post(
        RECEIVED,
        key=f"{RECEIVED}:{conversation.public_id}",
        to=conversation.email,
        language=conversation.language,
        context={"store_name": current_store().name, "conversation_url": link_to(conversation)},
        due_at=now,
    )


def answered(message: Message, now: datetime) -> None:
    """Mail the answer, in ten seconds; to nobody when whoever asked was forgotten."""
    conversation = message.conversation
    if not conversation.address:
        return
    asked = conversation.messages.filter(is_shops=False).last()
    with override(conversation.language):
        title, words = about(conversation), with_files(message.text, message)
    post(
        ANSWERED,
        key=_key(message),
        to=conversation.address,
        name=conversation.customer.name if conversation.customer else conversation.name,
        language=conversation.language,
        context={
            "title": title,
            "store_name": current_store().name,
            "said": excerpt(asked.text) if asked is not None else "",
            "answer": words,
            "conversation_url": link_to(conversation),
        },
        due_at=now + UNDO_FOR,
    )


def withdraw(message: Message) -> bool:
    """Take an answer's mail out of the outbox; False when it left, or is just leaving."""
    mails = Mail.objects.filter(key=_key(message))
    waiting = mails.filter(state=Mail.State.WAITING, claimed_until=None)
    return bool(waiting.delete()[0]) or not mails.exists()


def link_to(conversation: Conversation) -> str:
    """Return the address where it is read and answered without signing in."""
    return page_url(
        "conversations:keyed",
        conversation.public_id,
        conversation.key,
        language=conversation.language,
    )


def forget(conversations: Iterable[Conversation]) -> None:
    """Take the words of these out of every mail; what waits is not sent."""
    for conversation in conversations:
        keys = [f"{RECEIVED}:{conversation.public_id}"]
        mails = Mail.objects.filter(key__in=keys)
        for message in conversation.messages.all():
            mails |= Mail.objects.filter(key=_key(message))
            mails |= Mail.objects.filter(key__startswith=f"{ASKED}:{message.public_id}:")
        mails.filter(state=Mail.State.WAITING).delete()
        mails.update(subject="", context={})


def with_files(words: str, message: Message) -> str:
    """Return words with a line that names the files of their message, when there are some."""
    names = ", ".join(each.original_name for each in message.attachments.all())
    return f"{words}\n\n" + _("With it: %(files)s") % {"files": names} if names else words


def excerpt(text: str) -> str:
    """Return the beginning of what was written."""
    return text if len(text) <= EXCERPT else text[:EXCERPT].rsplit(" ", 1)[0] + "…"


def _key(message: Message) -> str:
    return f"{ANSWERED}:{message.public_id}"
