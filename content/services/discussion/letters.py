"""The mails of discussions: few, with one link that ends them, and no words of other customers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from content.models import Following, Reply, Thread, Voice
from mail.models import Message
from mail.services.outbox import post, post_to_creators
from stores.scope import current_store
from stores.services.addresses import page_url

QUESTION, ANSWERED, FOLLOWED = "question", "question_answered", "question_followed"
EXCERPT = 600


def tell_creators(thread: Thread) -> None:
    """Tell the team that somebody asks."""
    voice = Voice.objects.filter(customer=thread.customer_id).first()
    post_to_creators(
        QUESTION,
        key=_key(thread),
        context={
            "title": thread.part.product.title,
            "said_name": voice.name if voice else "",
            "said": _excerpt(thread.text),
            "admin_url": page_url(
                "admin:content_thread_change", thread.pk, language=current_store().language
            ),
        },
    )


def tell_followers(said: Reply, now: datetime) -> None:
    """Tell of a reply: whoever asked, of the maker's at once; followers once until they look."""
    thread = said.thread
    followings = Following.objects.filter(thread=thread, customer__erased_at=None, is_stopped=False)
    for following in followings.select_related("customer__user"):
        if following.customer_id == said.customer_id:
            continue
        if said.is_makers and following.customer_id == thread.customer_id:
            _post(ANSWERED, following, said, {"answer": said.text, "said": _excerpt(thread.text)})
        elif following.is_of_all and following.told_at is None:
            _post(FOLLOWED, following, said, {})
            Following.objects.filter(pk=following.pk).update(told_at=now)


def forget_letters(threads: Sequence[Thread]) -> None:
    """Take the words of questions out of what was sent to the team; what waits is not sent."""
    for thread in threads:
        mails = Message.objects.filter(kind=QUESTION, key__startswith=f"{_key(thread)}:")
        mails.filter(state=Message.State.WAITING).delete()
        mails.update(subject="", context={})


def _post(kind: str, following: Following, said: Reply, more: dict[str, str]) -> None:
    thread, customer = said.thread, following.customer
    language = customer.language or current_store().language
    post(
        kind,
        key=f"{kind}:{said.public_id}:{customer.public_id}",
        to=customer.user.email,
        name=customer.name,
        language=language,
        context={
            "title": thread.part.product.title,
            "store_name": current_store().name,
            "thread_url": page_url("content:question", thread.public_id, language=language),
            "stop_url": page_url("content:question-stop", following.leave_key, language=language),
            **more,
        },
    )


def _key(thread: Thread) -> str:
    return f"{QUESTION}:{thread.public_id}"


def _excerpt(text: str) -> str:
    return text if len(text) <= EXCERPT else text[:EXCERPT].rsplit(" ", 1)[0] + "…"
