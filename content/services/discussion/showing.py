"""Discussions as pages show them: names as they were chosen, words as safe HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from content.models import Following, Reply, Thread, Voice
from content.services.discussion.room import Room
from core.markdown import small_markdown
from core.text import clean_line
from stores.scope import current_store

if TYPE_CHECKING:
    pass

ON_A_PAGE = 20
REPLIES_ON_A_PAGE = 50
FIRST_WORDS = 140
MARKS = re.compile(r"\*\*|`|^\s{0,3}(?:[-*•>]|\d{1,3}[.)])\s", re.MULTILINE)
"""The marks of the small Markdown, which say nothing in one line."""


@dataclass(frozen=True)
class Line:
    """One question in the list."""

    thread: Thread
    who: str
    first_words: str
    replies: int
    is_answered: bool
    """Whether the maker's side replied."""


@dataclass(frozen=True)
class Shown:
    """A question or a reply as one viewer sees it."""

    id: str
    who: str
    at: datetime
    html: SafeString
    is_makers: bool = False
    is_mine: bool = False
    is_edited: bool = False
    is_gone: bool = False
    hidden_because: str = ""
    """For its writer, who alone sees what is hidden."""
    is_hidden: bool = False
    can_edit: bool = False


@dataclass(frozen=True)
class Conversation:
    """A question with a page of its replies."""

    thread: Thread
    question: Shown
    replies: list[Shown]
    page: Page[Reply]
    names: list[str] = field(default_factory=list)
    is_followed: bool = False


@dataclass(frozen=True)
class Listing:
    """A page of questions."""

    page: Page[Thread]
    lines: list[Line]


def page_of(room: Room, number: str | int) -> Listing:
    """Return a page of the questions this viewer may read, the liveliest first."""
    mine = room.customer.pk if room.customer is not None else None
    shown = Q(replies__hidden_at=None, replies__deleted_at=None)
    threads = (
        Thread.objects.shown_to(mine)
        .filter(part__in=room.part_ids)
        .annotate(
            reply_count=Count("replies", filter=shown, distinct=True),
            makers_count=Count("replies", filter=shown & Q(replies__is_makers=True), distinct=True),
        )
        .order_by("-last_at", "-id")
    )
    page = Paginator(threads, ON_A_PAGE).get_page(number)
    rows = list(page.object_list)
    names = names_of(row.customer_id for row in rows)
    return Listing(page, [_line(row, names) for row in rows])


def thread_of(room: Room, thread: Thread, number: str | int, now: datetime) -> Conversation:
    """Return a question with its replies; looking at it lets its follower hear of more."""
    mine = room.customer.pk if room.customer is not None else None
    shown = Q(hidden_at=None) | Q(customer=mine) if mine else Q(hidden_at=None)
    replies = Reply.objects.filter(shown, thread=thread).order_by("created_at", "id")
    page = Paginator(replies, REPLIES_ON_A_PAGE).get_page(number)
    rows = list(page.object_list)
    writers = [thread.customer_id, *replies.values_list("customer_id", flat=True)]
    names = names_of(writers)
    called = sorted({*names.values(), *(row.staff_name for row in rows if row.staff_name)})
    following = Following.objects.filter(thread=thread, customer=mine).first() if mine else None
    if following is not None and following.told_at is not None:
        Following.objects.filter(pk=following.pk).update(told_at=None)
    return Conversation(
        thread=thread,
        question=shown_as(thread, names, called, mine, now),
        replies=[shown_as(row, names, called, mine, now) for row in rows],
        page=page,
        names=called,
        is_followed=following is not None and following.is_of_all and not following.is_stopped,
    )


def names_of(customers: Iterable[int | None]) -> dict[int, str]:
    """Return how each of these customers is called here, in one query."""
    wanted = {each for each in customers if each is not None}
    rows = Voice.objects.filter(customer__in=wanted).values_list("customer_id", "name")
    return dict(rows)


def name_of(said: Thread | Reply, names: dict[int, str]) -> str:
    """Return who said it."""
    if isinstance(said, Reply) and said.is_makers:
        return said.staff_name or current_store().name
    if said.customer_id is None:
        return _("a reader who left")
    return names.get(said.customer_id) or _("a reader")


def shown_as(
    said: Thread | Reply,
    names: dict[int, str],
    called: Sequence[str],
    mine: int | None,
    now: datetime,
) -> Shown:
    """Return words as a viewer sees them."""
    is_mine = mine is not None and said.customer_id == mine
    return Shown(
        id=said.public_id,
        who=name_of(said, names),
        at=said.created_at,
        html=small_markdown(said.text, names=called),
        is_makers=isinstance(said, Reply) and said.is_makers,
        is_mine=is_mine,
        is_edited=said.edited_at is not None,
        is_gone=said.deleted_at is not None,
        is_hidden=said.hidden_at is not None,
        hidden_because=said.hidden_because if is_mine else "",
        can_edit=is_mine and said.can_be_edited(now),
    )


def _line(thread: Thread, names: dict[int, str]) -> Line:
    words = clean_line(MARKS.sub("", thread.text))
    return Line(
        thread=thread,
        who=name_of(thread, names),
        first_words=words
        if len(words) <= FIRST_WORDS
        else words[:FIRST_WORDS].rsplit(" ", 1)[0] + "…",
        replies=getattr(thread, "reply_count", 0),
        is_answered=bool(getattr(thread, "makers_count", 0)),
    )
