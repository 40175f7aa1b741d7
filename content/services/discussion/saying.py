"""What customers do in a discussion: ask, reply, change, take back, report, follow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import Customer
from content.models import Following, Progress, Reply, Report, Thread
from content.services.discussion import letters
from content.services.discussion.reasons import CannotSay
from content.services.discussion.room import Room
from content.services.discussion.voices import voice_for
from core.limits import Limit
from core.text import clean_text
from products.models import Part

OFTEN = Limit("discussion", times=20, seconds=3600)
REPORTS = Limit("discussion-reports", times=20, seconds=3600)


@dataclass(frozen=True)
class Words:
    """What somebody typed, and what they want to be called if they were never asked."""

    text: str
    name: str = ""


@transaction.atomic
def ask(room: Room, part: Part, words: Words, *, now: datetime) -> Thread:
    """Put a question under a part; its writer hears of the maker's answers. CannotSay if not."""
    customer = _writer(room, words, now)
    if part.pk not in room.part_ids:
        raise CannotSay("gone")
    thread = Thread.objects.create(
        part=part,
        customer=customer,
        text=clean_text(words.text).strip(),
        stood=_stood(customer, part),
        created_at=now,
        last_at=now,
        waiting_since=now,
    )
    Following.objects.create(thread=thread, customer=customer, is_of_all=False, created_at=now)
    letters.tell_creators(thread)
    return thread


@transaction.atomic
def reply(room: Room, thread: Thread, words: Words, *, now: datetime) -> Reply:
    """Reply to a question; who follows it hears of it. CannotSay if it cannot be."""
    customer = _writer(room, words, now)
    _check_open(room, thread)
    said: Reply = Reply.objects.create(
        thread=thread, customer=customer, text=clean_text(words.text).strip(), created_at=now
    )
    is_theirs = thread.customer_id == customer.pk
    Thread.objects.filter(pk=thread.pk).update(last_at=now)
    if is_theirs:  # the answer did not help: it waits again
        Thread.objects.filter(pk=thread.pk, waiting_since=None).update(waiting_since=now)
    letters.tell_followers(said, now)
    return said


@transaction.atomic
def edit(room: Room, said: Thread | Reply, text: str, *, now: datetime) -> None:
    """Change one's own words within a quarter of an hour. CannotSay if it cannot be."""
    _check_own(room, said)
    if not room.can_write:
        raise CannotSay("silenced" if room.is_silenced else "closed")
    if not said.can_be_edited(now):
        raise CannotSay("late")
    said.text, said.edited_at = clean_text(text).strip(), now
    said.save(update_fields=["text", "edited_at"])


@transaction.atomic
def take_back(room: Room, said: Thread | Reply, *, now: datetime) -> None:
    """Take one's own words back, at any time; a question that was replied to leaves its place."""
    _check_own(room, said)
    if isinstance(said, Reply):
        said.delete()
        return
    letters.forget_letters([said])
    empty_or_delete(said, now)


def empty_or_delete(thread: Thread, now: datetime) -> None:
    """Let a question go; where others replied, only its words."""
    others = thread.replies.exclude(customer=thread.customer_id, customer__isnull=False)
    if others.exists():
        thread.text, thread.deleted_at, thread.waiting_since = "", now, None
        thread.save(update_fields=["text", "deleted_at", "waiting_since"])
    else:
        thread.delete()


@transaction.atomic
def report(room: Room, said: Thread | Reply, because: str, *, now: datetime) -> None:
    """Tell the shop that something should not stand here; twice is once."""
    if room.customer is None:
        raise CannotSay("gone")
    if not REPORTS.hit(room.customer.public_id):
        raise CannotSay("often")
    is_reply = isinstance(said, Reply)
    Report.objects.get_or_create(
        thread=said.thread if isinstance(said, Reply) else said,
        reply=said if is_reply else None,
        customer=room.customer,
        defaults={"because": because[:300], "created_at": now},
    )


def follow(thread: Thread, customer: Customer, now: datetime) -> None:
    """Write to a customer when something new is replied; once until they have looked."""
    Following.objects.update_or_create(
        thread=thread,
        customer=customer,
        defaults={"is_of_all": True, "is_stopped": False, "told_at": None},
        create_defaults={"is_of_all": True, "created_at": now},
    )


def unfollow(thread: Thread, customer: Customer) -> None:
    """Write to them about it no more, not of answers either."""
    Following.objects.filter(thread=thread, customer=customer).update(is_stopped=True)


def find_said(public_id: str) -> Thread | Reply | None:
    """Return the question or the reply with this id, or None."""
    thread: Thread | None = (
        Thread.objects.select_related("part__product").filter(public_id=public_id).first()
    )
    if thread is not None:
        return thread
    found: Reply | None = (
        Reply.objects.select_related("thread__part__product").filter(public_id=public_id).first()
    )
    return found


def _writer(room: Room, words: Words, now: datetime) -> Customer:
    """Return who writes, made sure that they may now, and that they have a name here."""
    if room.customer is None or not room.can_write:
        raise CannotSay("silenced" if room.is_silenced else "closed")
    if not OFTEN.hit(room.customer.public_id):
        raise CannotSay("often")
    voice_for(room.customer, words.name, now, product=room.product)
    return room.customer


def _check_open(room: Room, thread: Thread) -> None:
    if thread.part_id not in room.part_ids or thread.hidden_at is not None:
        raise CannotSay("gone")
    if thread.locked_at is not None:
        raise CannotSay("locked")


def _check_own(room: Room, said: Thread | Reply) -> None:
    is_theirs = room.customer is not None and said.customer_id == room.customer.pk
    if not is_theirs or said.deleted_at is not None:
        raise CannotSay("gone")


def _stood(customer: Customer, part: Part) -> dict[str, float | int]:
    """Return where they are in the part, to be seen beside the question."""
    row = Progress.objects.filter(customer=customer, part=part).first()
    if row is None:
        return {}
    stood: dict[str, float | int] = {"fraction": row.fraction}
    if isinstance(row.place.get("page"), int):
        stood["page"] = row.place["page"]
    return stood
