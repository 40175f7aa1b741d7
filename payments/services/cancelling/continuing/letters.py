"""The mail that acknowledges a notice about what is paid again and again."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import override

from mail.services.outbox import post
from payments.models import CancelNotice, Stop
from payments.services.cancelling.continuing.wording import sentences_of
from payments.services.cancelling.keys import key_url, mailbox_of
from payments.services.cancelling.letters import notice_words


def stopped(notice: CancelNotice, stops: Sequence[Stop]) -> None:
    """Acknowledge with number, day and hour: no more charges, when it is over, what comes back."""
    to = mailbox_of(notice)
    if not to:
        return
    language = notice.language
    with override(language):
        rows = [
            {"title": each.subscription.product.title, "sentences": sentences_of(each, language)}
            for each in stops
        ]
    post(
        "cancel_stopped",
        key=f"cancel_stopped:{notice.public_id}",
        to=to,
        language=language,
        context={
            **notice_words(notice, language),
            "rows": rows,
            "may_keep": all(each.effective_at > each.said_at for each in stops),
            "key_url": key_url(notice),
        },
    )
