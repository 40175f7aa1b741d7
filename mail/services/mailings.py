"""Mailings: what many receive is rendered once, when it is posted, and only filled afterwards.

Its messages point at it and hold nothing but what stands in its slots: the receiver's name, links,
and the way out of news. A wording that is changed later changes no mailing that was posted.
"""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from collections.abc import Sequence
from hashlib import sha256

from mail.models import Mailing, Message
from mail.rules import BULK
from mail.services.filling import LEAVE, NAME, is_slot, marks, with_slots
from mail.services.rendering import Sender, draft, store_sender
from mail.services.wordings import working_words
from stores.scope import current_store
from stores.slots import MailKind, mail_attachments

logger = logging.getLogger(__name__)


def is_rendered_once(kind: MailKind) -> bool:
    """Whether what many receive of a kind is one mailing: nothing secret, nothing enclosed."""
    is_single = kind.wiped or kind.to_creator or kind.of_platform or kind.priority < BULK
    return not is_single and kind.key not in mail_attachments.keys()  # noqa: SIM118 -- a slot


def gather(kind: MailKind, messages: Sequence[Message]) -> None:
    """Point new, unsaved messages of a kind at their mailings, and leave them their slots' values.

    Those that differ in anything else are of several mailings. What cannot be rendered stays as it
    is: whoever sends it finds that out, and it is told.
    """
    alike: dict[str, list[Message]] = defaultdict(list)
    for message in messages:
        if message.context:
            alike[_alikeness(message)].append(message)
    if not alike:
        return
    sender = store_sender(current_store())
    for some in alike.values():
        mailing = _mailing(kind, some[0], sender)
        if mailing is not None:
            for message in some:
                message.mailing = mailing
                message.context = dict(_slots(message))


def _alikeness(message: Message) -> str:
    """Return what messages of one mailing have in common."""
    slots = dict(_slots(message))
    shared = {name: value for name, value in message.context.items() if name not in slots}
    return json.dumps(
        [message.language, bool(message.to_name), sorted(slots), shared], sort_keys=True
    )


def _slots(message: Message) -> list[tuple[str, str]]:
    return [(name, value) for name, value in message.context.items() if is_slot(name, value)]


def _mailing(kind: MailKind, example: Message, sender: Sender) -> Mailing | None:
    named = [NAME] if example.to_name else []
    leave = [LEAVE] if kind.is_marketing else []
    links = [name for name, _value in _slots(example)]
    marked = marks(dict.fromkeys((*named, *leave, *links)))
    sample = Message(
        kind=kind.key,
        language=example.language,
        to_name=marked.get(NAME, ""),
        context=example.context | {name: marked[name] for name in links},
    )
    leave_url = marked[LEAVE] if leave else ""
    try:
        rendered = draft(sample, sender, working_words(kind, example.language), leave_url)
    except Exception:  # whatever a template does, the others of the transaction are posted
        logger.exception("a mailing of %s could not be rendered", kind.key)
        return None
    fields = {
        name: with_slots(getattr(rendered, name), marked) for name in ("subject", "text", "html")
    }
    whole = json.dumps([kind.key, example.language, *fields.values()])
    mailing: Mailing
    mailing, _is_new = Mailing.objects.get_or_create(
        digest=sha256(whole.encode()).hexdigest(),
        defaults={"kind": kind.key, "language": example.language, **fields},
    )
    return mailing
