"""What the maker's side does in a discussion: answer, hide, close, remove, stop somebody."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from content.models import Reply, Report, Thread, Voice
from content.services.discussion import letters
from content.services.discussion.saying import empty_or_delete
from core.text import clean_line, clean_text


@transaction.atomic
def answer(thread: Thread, text: str, *, by: str, now: datetime) -> Reply:
    """Answer as the maker's side: marked so, mailed to whoever asked and to whoever follows."""
    said: Reply = Reply.objects.create(
        thread=thread,
        text=clean_text(text).strip(),
        staff_name=by[:80],
        is_makers=True,
        created_at=now,
    )
    Thread.objects.filter(pk=thread.pk).update(last_at=now, waiting_since=None)
    letters.tell_followers(said, now)
    return said


def settle(thread: Thread) -> None:
    """Say that a question needs no answer."""
    Thread.objects.filter(pk=thread.pk).update(waiting_since=None)


@transaction.atomic
def hide(said: Thread | Reply, because: str, *, now: datetime) -> None:
    """Hide words from all but their writer, who reads the reason; what was reported is settled."""
    said.hidden_at, said.hidden_because = said.hidden_at or now, clean_line(because)[:200]
    said.save(update_fields=["hidden_at", "hidden_because"])
    if isinstance(said, Thread):
        settle(said)
    settle_reports(said, now)


def show_again(said: Thread | Reply) -> None:
    """Take the hiding back."""
    said.hidden_at, said.hidden_because = None, ""
    said.save(update_fields=["hidden_at", "hidden_because"])


def settle_reports(said: Thread | Reply, now: datetime) -> None:
    """Say that what was reported of these words was looked at."""
    reports = Report.objects.filter(settled_at=None)
    if isinstance(said, Reply):
        reports = reports.filter(reply=said)
    else:
        reports = reports.filter(thread=said, reply=None)
    reports.update(settled_at=now)


def set_locked(thread: Thread, now: datetime, *, is_locked: bool) -> None:
    """Close a question to more replies, or open it again."""
    Thread.objects.filter(pk=thread.pk).update(locked_at=now if is_locked else None)


@transaction.atomic
def remove(said: Thread | Reply, *, now: datetime) -> None:
    """Remove words for good; a question with everything under it."""
    if isinstance(said, Thread):
        letters.forget_letters([said])
        Thread.objects.filter(pk=said.pk).delete()
    elif said.thread.deleted_at is not None and said.thread.replies.count() == 1:
        empty_or_delete_after(said, now)
    else:
        said.delete()


def empty_or_delete_after(last: Reply, now: datetime) -> None:
    """Let the last reply go, and with it the place of a question that was taken back."""
    thread = last.thread
    last.delete()
    empty_or_delete(thread, now)


def silence(voice: Voice, because: str, *, now: datetime) -> None:
    """Stop somebody from writing anywhere in the store; what they wrote stays."""
    Voice.objects.filter(pk=voice.pk).update(
        silenced_at=now, silenced_because=clean_line(because)[:200]
    )


def speak_again(voice: Voice) -> None:
    """Let them write again."""
    Voice.objects.filter(pk=voice.pk).update(silenced_at=None, silenced_because="")
