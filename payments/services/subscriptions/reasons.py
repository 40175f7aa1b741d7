"""Why somebody left: asked after it is done, kept for the store's reports, told to the team."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import override

from core.text import clean_text
from mail.models import Message
from mail.services.outbox import hasten, post_to_creators
from payments.models import LeavingReason, Subscription
from payments.services.subscriptions.letters import SOMEBODY_LEFT, creators_words
from stores.scope import current_store


def may_say_why(subscription: Subscription) -> bool:
    """Whether it is being left, or was, by somebody who has not said why."""
    is_left = subscription.ends_at is not None or subscription.ended_at is not None
    return is_left and not LeavingReason.objects.filter(subscription=subscription).exists()


@transaction.atomic
def say_why(subscription: Subscription, kind: str, words: str, *, now: datetime) -> LeavingReason:
    """Keep why somebody left, and let the team's mail say it; said again, the last counts.

    ``kind`` is one of LeavingReason's. The mail that waits for it leaves now; where it has gone
    already, another one tells the reason.
    """
    reason: LeavingReason = LeavingReason.objects.update_or_create(
        subscription=subscription,
        defaults={"kind": kind, "words": clean_text(words), "said_at": now},
    )[0]
    said = in_words(reason, current_store().language)
    mails = Message.objects.filter(kind=SOMEBODY_LEFT, context__subscription=subscription.public_id)
    waiting = list(mails.filter(state=Message.State.WAITING, due_at__gt=now))
    for message in waiting:
        hasten(message, context={"reason": said}, now=now)
    if not waiting:
        post_to_creators(
            SOMEBODY_LEFT,
            key=f"{SOMEBODY_LEFT}:{subscription.public_id}:why:{int(now.timestamp())}",
            context=creators_words(subscription, reason=said),
        )
    return reason


def in_words(reason: LeavingReason, language: str) -> str:
    """Return a reason as one line, in ``language``."""
    with override(language):
        kind = str(LeavingReason.Kind(reason.kind).label)
    return f"{kind}: {reason.words}" if reason.words else kind
