"""Mails that did not arrive, as what waits for the creator."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mail.models import Message
from stores.models import Store
from stores.roles import Area
from stores.slots import Duty, mail_kinds

RECENT = timedelta(days=30)
MOST_BY_NAME = 5


def duties(store: Store, now: datetime) -> Sequence[Duty]:
    """Return the mails of the last month that were given up: each by name, or their number."""
    failed = Message.objects.failed().filter(created_at__gte=now - RECENT).order_by("-id")
    found = list(failed[: MOST_BY_NAME + 1])
    if len(found) > MOST_BY_NAME:
        number = failed.count()
        sentence = ngettext("%(n)s mail did not arrive.", "%(n)s mails did not arrive.", number) % {
            "n": number
        }
        url = reverse("admin:mail_message_changelist") + "?state=failed"
        return [
            Duty(
                "mails-failed", sentence, None, url, _("Look at them"), Area.MAILS, is_trouble=True
            )
        ]
    return [_duty(message) for message in found]


def _duty(message: Message) -> Duty:
    words = {"kind": _label(message), "address": message.to_address}
    return Duty(
        key=f"mail:{message.public_id}",
        sentence=_("“%(kind)s” did not reach %(address)s.") % words,
        due_at=None,
        url=reverse("admin:mail_message_change", args=[message.pk]),
        verb=_("Look, and send again"),
        area=Area.MAILS,
        is_trouble=True,
    )


def _label(message: Message) -> str:
    known = message.kind in set(mail_kinds.keys())
    return capfirst(str(mail_kinds.get(message.kind).label)) if known else message.kind
