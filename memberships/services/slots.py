"""What others ask of clubs, put into their slots."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Min
from django.utils.translation import gettext_lazy

from memberships.models import Drop, Member, Words
from memberships.services import promises
from memberships.services.letters import MONTH, WELCOME
from stores import slots
from stores.models import Store
from stores.slots import MailKind

MAIL_KINDS = (
    MailKind(
        WELCOME,
        gettext_lazy("welcome to a club"),
        ("title", "month", "message", "open_url", "shelf_url"),
        priority=6,
        when=gettext_lazy("When somebody becomes a member of a club, once."),
        required=("open_url",),
    ),
    MailKind(
        MONTH,
        gettext_lazy("a club's new month"),
        ("title", "month", "changes", "open_url", "shelf_url"),
        priority=8,
        when=gettext_lazy("In the morning of the day on which a month of a club opens."),
        waits=True,
        required=("open_url",),
    ),
)


def register() -> None:
    """Put everything into the slots."""
    for kind in MAIL_KINDS:
        slots.mail_kinds.register(kind.key, kind)
    slots.duties.register("clubs", promises.duties)
    slots.calendar_items.register("clubs", promises.calendar_items)
    slots.store_archive.register("clubs", whole_store)
    slots.due_work.register("club_months", _oldest_month)
    slots.due_work.register("club_members", _oldest_member)


def whole_store(store: Store) -> dict[str, Any]:
    """Return every month and every text as plain values."""
    drops = Drop.objects.select_related("club", "part").order_by("club", "number")
    words = Words.objects.select_related("part").order_by("id")
    return {
        "club_months": [
            {
                "club": drop.club.public_id,
                "part": drop.part.public_id,
                "number": drop.number,
                "title": drop.part.title,
                "told_at": drop.told_at.isoformat() if drop.told_at else None,
            }
            for drop in drops
        ],
        "club_texts": [{"part": row.part.public_id, "text": row.text} for row in words],
    }


def _oldest_month(now: datetime) -> datetime | None:
    found: datetime | None = Drop.objects.due(now).order_by().aggregate(n=Min("due_at"))["n"]
    return found


def _oldest_member(now: datetime) -> datetime | None:
    rows = Member.objects.filter(due_at__lte=now).order_by()
    found: datetime | None = rows.aggregate(n=Min("due_at"))["n"]
    return found
