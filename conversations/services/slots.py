"""Conversations in what other pages gather: mails, the inbox, a customer's own pages and data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Customer
from conversations.models import Conversation, Message, SavedAnswer
from conversations.services import enclosing, letters
from conversations.services.words import about, standing_of
from core import clock
from stores import slots
from stores.models import Store
from stores.roles import Area
from stores.services import log
from stores.slots import AccountRow, AccountSection, CalendarItem, InboxItem, TimelineEntry
from stores.slots import MailKind as Kind

SHOWN = 200
ALL = "messages__attachments"
MAIL_KINDS = (
    Kind(
        letters.ASKED,
        gettext_lazy("somebody writes to you"),
        ("title", "said_name", "said", "admin_url"),
        4,
        to_creator=True,
        area=Area.CUSTOMERS,
        when=gettext_lazy("When somebody asks, or writes by the contact page."),
        waits=True,
    ),
    Kind(
        letters.RECEIVED,
        gettext_lazy("what a visitor wrote was received"),
        ("store_name", "conversation_url"),
        3,
        when=gettext_lazy("At once, to a visitor who wrote by the contact page."),
        required=("conversation_url",),
    ),
    Kind(
        letters.ANSWERED,
        gettext_lazy("your answer"),
        ("title", "store_name", "said", "answer", "conversation_url"),
        3,
        when=gettext_lazy("Ten seconds after you answer somebody in the Inbox."),
        sample={
            "said": gettext_lazy("Does the pattern fit a small size, too?"),
            "answer": gettext_lazy("It does: page 14 says how."),
        },
    ),
)


def register() -> None:
    """Put everything into the slots."""
    for kind in MAIL_KINDS:
        slots.mail_kinds.register(kind.key, kind)
    slots.inbox_items.register("conversations", inbox_items)
    slots.inbox_counts.register("conversations", inbox_count)
    slots.inbox_answered.register("conversations", inbox_answered)
    slots.customer_timeline.register("conversations", timeline)
    slots.account_sections.register("conversations", account_section)
    slots.calendar_items.register("conversations", calendar_items)
    slots.personal_data.register("conversations", ConversationsOfCustomer())
    slots.store_archive.register("conversations", whole_store)


def inbox_items(store: Store) -> Sequence[InboxItem]:
    """Return what waits for the shop now."""
    return _items(Conversation.objects.waiting(clock.now()).order_by("waiting_since"))


def inbox_count(store: Store) -> dict[str, int]:
    """Return how many conversations ``inbox_items`` has."""
    return {Area.CUSTOMERS: Conversation.objects.waiting(clock.now())[:SHOWN].count()}


def inbox_answered(store: Store) -> Sequence[InboxItem]:
    """Return what was answered or closed last."""
    return _items(Conversation.objects.answered().order_by("-last_at"))


def _items(rows: QuerySet[Conversation]) -> list[InboxItem]:
    found = rows.select_related("customer__user", "part__product", "product", "assigned_to")
    return [_item(each) for each in found.prefetch_related("messages")[:SHOWN]]


def _item(conversation: Conversation) -> InboxItem:
    theirs = [each for each in conversation.messages.all() if not each.is_shops]
    at = conversation.waiting_since if conversation.waits else conversation.last_at
    where = standing_of(conversation)
    return InboxItem(
        key=f"conversation:{conversation.public_id}",
        at=at,
        who=conversation.who,
        sentence=" · ".join([str(capfirst(conversation.get_kind_display())), *where]),
        url=reverse("admin:conversations_conversation_change", args=[conversation.pk]),
        area=Area.CUSTOMERS,
        state=conversation.get_state_display() if not conversation.waits else "",
        words=theirs[-1].text if theirs else "",
        kind=conversation.kind,
        staff_id=conversation.assigned_to_id,
    )


def timeline(customers: Sequence[Customer]) -> dict[Customer, list[TimelineEntry]]:
    """Return what each customer wrote to the shop, and what it answered."""
    found: dict[Customer, list[TimelineEntry]] = defaultdict(list)
    by_id: dict[int | None, Customer] = {customer.pk: customer for customer in customers}
    rows = Conversation.objects.filter(customer__in=customers)
    for row in rows.select_related("part__product", "product").prefetch_related("messages"):
        url = reverse("admin:conversations_conversation_change", args=[row.pk])
        for message in row.messages.all():
            words = _("Answered: %(what)s") if message.is_shops else _("Wrote: %(what)s")
            entry = TimelineEntry(
                message.created_at, words % {"what": about(row)}, url, kind="messages"
            )
            found[by_id[row.customer_id]].append(entry)
    return dict(found)


def account_section(customer: Customer, now: datetime) -> AccountSection:
    """Return what a customer wrote, each with whether there is an answer, and the way to ask."""
    rows = Conversation.objects.filter(customer=customer).select_related("part__product", "product")
    found = [
        AccountRow(
            label=about(row),
            detail=state_for_writer(row),
            url=reverse("conversations:conversation", args=[row.public_id]),
            verb=_("Read it"),
        )
        for row in rows[:20]
    ]
    ask = AccountRow(label=_("Ask the shop"), url=reverse("conversations:ask"), verb=_("Ask"))
    return AccountSection(key="conversations", title=_("Letters"), rows=[*found, ask], order=34)


def state_for_writer(conversation: Conversation) -> str:
    """Return whether there is an answer, as its writer reads it."""
    if conversation.waits:
        return _("waits for an answer")
    if conversation.read_at is None or conversation.read_at < conversation.last_at:
        return _("a new answer")
    return _("answered")


def calendar_items(store: Store, since: datetime, until: datetime) -> Sequence[CalendarItem]:
    """Return what was put off, on the day it comes back."""
    rows = Conversation.objects.filter(
        state="waiting", snoozed_until__gte=since, snoozed_until__lt=until
    ).select_related("customer__user")
    return [
        CalendarItem(
            key=f"conversation:{row.public_id}",
            at=row.snoozed_until,
            sentence=_("%(who)s waits for your answer") % {"who": row.who},
            url=reverse("admin:conversations_conversation_change", args=[row.pk]),
            area=Area.CUSTOMERS,
            kind=_("answer"),
        )
        for row in rows
        if row.snoozed_until is not None
    ]


class ConversationsOfCustomer:
    """What a customer wrote to the shop, and what it answered."""

    def export(self, customer: Customer) -> dict[str, Any]:
        """Return everything as plain values."""
        rows = theirs(customer).select_related("part__product", "product", "customer")
        return {"conversations": [_plain(row) for row in rows.prefetch_related(ALL)]}

    def erase(self, customer: Customer) -> None:
        """Delete every word, also of what was written signed out with the same address."""
        mine = theirs(customer)
        enclosing.let_go(Message.objects.filter(conversation__in=mine))
        log.forget(email=customer.user.email, name=str(customer), subjects=mine)
        letters.forget(mine.prefetch_related("messages"))
        mine.delete()


def theirs(customer: Customer) -> QuerySet[Conversation]:
    """Return a customer's conversations, and those of their address nobody joined to them."""
    same = Conversation.objects.filter(customer=None, email__iexact=customer.user.email)
    found: QuerySet[Conversation] = Conversation.objects.filter(customer=customer) | same
    return found


def whole_store(store: Store) -> dict[str, Any]:
    """Return every conversation and saved answer, so that a store that moves loses no word."""
    rows = Conversation.objects.select_related("part__product", "product", "customer")
    return {
        "conversations": [
            _plain(row) | {"id": row.public_id, "name": row.name, "email": row.email}
            for row in rows.prefetch_related(ALL).order_by("id")
        ],
        "saved_answers": list(SavedAnswer.objects.values("title", "text")),
    }


def _plain(row: Conversation) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "state": row.state,
        "about": standing_of(row),
        "customer": row.customer.public_id if row.customer is not None else "",
        "page": row.page_path,
        "messages": [
            {
                "from": "shop" if each.is_shops else "customer",
                "text": each.text,
                "at": each.created_at.isoformat(),
                "files": [file.original_name for file in each.attachments.all()],
            }
            for each in row.messages.all()
        ],
    }
