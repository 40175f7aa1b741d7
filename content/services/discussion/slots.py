"""Discussions in what other pages gather: mails, the inbox, duties, a person's own data."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Customer
from content.models import Discussion, Following, Reply, Report, Thread, Voice
from content.services.discussion.letters import ANSWERED, FOLLOWED, QUESTION, forget_letters
from content.services.discussion.saying import empty_or_delete
from content.services.discussion.showing import name_of, names_of
from core import clock
from stores import slots
from stores.models import Store
from stores.roles import Area
from stores.slots import AccountRow, AccountSection, Duty, InboxItem, MailKind, TimelineEntry

ANSWER_WITHIN = timedelta(days=3)
SHOWN = 100
MAIL_KINDS = (
    MailKind(
        QUESTION,
        gettext_lazy("somebody asks about what you sell"),
        ("title", "said_name", "said", "admin_url"),
        4,
        to_creator=True,
        area=Area.CUSTOMERS,
        when=gettext_lazy("When a customer asks in the discussion of a product."),
        waits=True,
    ),
    MailKind(
        ANSWERED,
        gettext_lazy("an answer to a question"),
        ("title", "store_name", "said", "answer", "thread_url", "stop_url"),
        4,
        when=gettext_lazy("When you answer a question in a discussion, to whoever asked."),
        waits=True,
        sample={
            "said": gettext_lazy("Does this seam hold in linen, too?"),
            "answer": gettext_lazy("It does, with a finer needle."),
        },
    ),
    MailKind(
        FOLLOWED,
        gettext_lazy("something new in a discussion"),
        ("title", "store_name", "thread_url", "stop_url"),
        6,
        when=gettext_lazy("To those who follow a question, once until they have looked."),
        waits=True,
    ),
)


def register() -> None:
    """Put everything into the slots."""
    for kind in MAIL_KINDS:
        slots.mail_kinds.register(kind.key, kind)
    slots.inbox_items.register("discussion", inbox_items)
    slots.inbox_counts.register("discussion", inbox_count)
    slots.inbox_answered.register("discussion", inbox_answered)
    slots.duties.register("discussion", duties)
    slots.customer_timeline.register("discussion", timeline)
    slots.account_sections.register("discussion", account_section)
    slots.personal_data.register("discussion", WordsOfCustomer())
    slots.store_archive.register("discussion", whole_store)


def inbox_items(store: Store) -> Sequence[InboxItem]:
    """Return the questions that wait for an answer, and what was reported."""
    waiting = Thread.objects.waiting().select_related("part__product")
    rows = list(waiting.order_by("waiting_since")[:SHOWN])
    names = names_of(row.customer_id for row in rows)
    found = [_item(row, names, row.waiting_since or row.created_at) for row in rows]
    reports = Report.objects.filter(settled_at=None).select_related("thread__part__product")
    return [*found, *(_reported(each) for each in reports[:SHOWN])]


def inbox_count(store: Store) -> dict[str, int]:
    """Return how many things ``inbox_items`` has, by their area."""
    questions = Thread.objects.waiting()[:SHOWN].count()
    reports = Report.objects.filter(settled_at=None)[:SHOWN].count()
    return {InboxItem.area: questions + reports}


def inbox_answered(store: Store) -> Sequence[InboxItem]:
    """Return the questions that were answered last."""
    answered = Thread.objects.filter(replies__is_makers=True, waiting_since=None).distinct()
    rows = list(answered.select_related("part__product").order_by("-last_at")[:SHOWN])
    names = names_of(row.customer_id for row in rows)
    return [_item(row, names, row.last_at) for row in rows]


def _item(thread: Thread, names: dict[int, str], at: datetime) -> InboxItem:
    return InboxItem(
        key=f"question:{thread.public_id}",
        at=at,
        who=name_of(thread, names),
        sentence=_("asks about “%(title)s”") % {"title": thread.part.product.title},
        url=reverse("admin:content_thread_change", args=[thread.pk]),
        words=thread.text,
    )


def _reported(report: Report) -> InboxItem:
    return InboxItem(
        key=f"report:{report.pk}",
        at=report.created_at,
        who=_("a reader"),
        sentence=_("reports words about “%(title)s”") % {"title": report.thread.part.product.title},
        url=reverse("admin:content_thread_change", args=[report.thread_id]),
        words=report.because,
        kind="report",
    )


def duties(store: Store, now: datetime) -> Sequence[Duty]:
    """Return that questions wait, by when the one that waits longest should be answered."""
    waiting = Thread.objects.waiting().order_by("waiting_since")
    first, count = waiting.first(), waiting.count()
    if first is None or first.waiting_since is None:
        return []
    words = ngettext(
        "%(count)s question waits for your answer",
        "%(count)s questions wait for your answer",
        count,
    )
    return [
        Duty(
            key="questions",
            sentence=words % {"count": count},
            due_at=first.waiting_since + ANSWER_WITHIN,
            url=reverse("admin:content_thread_changelist"),
            verb=_("Answer"),
            area=Area.CUSTOMERS,
        )
    ]


def timeline(customers: Sequence[Customer]) -> dict[Customer, list[TimelineEntry]]:
    """Return what each customer asked."""
    found: dict[Customer, list[TimelineEntry]] = defaultdict(list)
    by_id: dict[int | None, Customer] = {customer.pk: customer for customer in customers}
    rows = Thread.objects.filter(customer__in=customers).select_related("part__product")
    for row in rows:
        sentence = _("Asked about “%(title)s”") % {"title": row.part.product.title}
        url = reverse("admin:content_thread_change", args=[row.pk])
        found[by_id[row.customer_id]].append(
            TimelineEntry(row.created_at, sentence, url, kind="messages")
        )
    return dict(found)


def account_section(customer: Customer, now: datetime) -> AccountSection:
    """Return a customer's own questions, wherever they asked them."""
    rows = Thread.objects.filter(customer=customer, deleted_at=None).select_related("part__product")
    return AccountSection(
        key="questions",
        title=_("My questions"),
        rows=[
            AccountRow(
                label=row.part.product.title,
                detail=row.text[:80],
                url=reverse("content:question", args=[row.public_id]),
                verb=_("See it"),
            )
            for row in rows[:20]
        ],
        order=35,
    )


class WordsOfCustomer:
    """What a customer asked, replied, reported and follows, and how they are called."""

    def export(self, customer: Customer) -> dict[str, Any]:
        """Return everything as plain values."""
        voice = Voice.objects.filter(customer=customer).first()
        asked = Thread.objects.filter(customer=customer).select_related("part__product")
        replied = Reply.objects.filter(customer=customer).select_related("thread__part__product")
        followed = Following.objects.filter(customer=customer)
        reports = Report.objects.filter(customer=customer)
        return {
            "called": voice.name if voice else "",
            "questions": [
                _plain(row, row.part.product.title) | {"at_place": row.stood} for row in asked
            ],
            "replies": [_plain(row, row.thread.part.product.title) for row in replied],
            "follows": [
                {"question": row.thread_id, "since": row.created_at.isoformat()} for row in followed
            ],
            "reported": [
                {"because": row.because, "at": row.created_at.isoformat()} for row in reports
            ],
        }

    def erase(self, customer: Customer) -> None:
        """Take out their words and name; a question that others replied to keeps its place."""
        now = clock.now()
        voice = Voice.objects.filter(customer=customer).first()
        if voice is not None:
            _unname(customer, voice.name)
        Report.objects.filter(customer=customer).delete()
        Following.objects.filter(customer=customer).delete()
        asked = list(Thread.objects.filter(customer=customer))
        forget_letters(asked)
        Reply.objects.filter(customer=customer).delete()
        for thread in asked:
            empty_or_delete(thread, now)
        Thread.objects.filter(customer=customer).update(customer=None, stood={})
        Voice.objects.filter(customer=customer).delete()


def _unname(customer: Customer, name: str) -> None:
    """Take a name out of what others said to it, in the conversations it was part of."""
    theirs = Reply.objects.filter(customer=customer).values("thread")
    nobody = _("a reader who left")
    for thread in Thread.objects.filter(customer=customer) | Thread.objects.filter(pk__in=theirs):
        for said in [thread, *thread.replies.all()]:
            if f"@{name}" in said.text:
                said.text = said.text.replace(f"@{name}", nobody)
                said.save(update_fields=["text"])


def whole_store(store: Store) -> dict[str, Any]:
    """Return every discussion of the store, so that a store that moves loses nobody's words."""
    threads = Thread.objects.select_related("part__product", "customer").order_by("id")
    replies = Reply.objects.select_related("thread", "customer").order_by("id")
    return {
        "discussions": {
            row.product.public_id: row.state for row in Discussion.objects.select_related("product")
        },
        "questions": [
            _plain(row, row.part.product.title)
            | {"id": row.public_id, "part": row.part.public_id, "customer": _id(row.customer)}
            for row in threads
        ],
        "replies": [
            _plain(row, "")
            | {
                "question": row.thread.public_id,
                "customer": _id(row.customer),
                "staff": row.staff_name,
            }
            for row in replies
        ],
    }


def _id(customer: Customer | None) -> str:
    return customer.public_id if customer is not None else ""


def _plain(said: Thread | Reply, title: str) -> dict[str, Any]:
    return {
        "about": title,
        "text": said.text,
        "at": said.created_at.isoformat(),
        "edited_at": said.edited_at.isoformat() if said.edited_at else None,
        "hidden_at": said.hidden_at.isoformat() if said.hidden_at else None,
    }
