from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils.translation import gettext_lazy

from core import clock
from mail.errors import CannotResend
from mail.models import Message, PlatformMessage
from mail.services.outbox import post, post_platform, resend
from mail.services.sending import send_for_store
from stores.models import Store
from stores.scope import ScopeError, store_scope

Post = Callable[..., Message]


def test_posting_twice_with_one_key_is_posting_once(in_store: Store, post_note: Post) -> None:
    first = post_note(context={"what": "first"})
    second = post_note(context={"what": "second"})
    assert first.pk == second.pk
    assert Message.objects.get().context == {"what": "first"}


def test_two_stores_may_use_the_same_key(store: Store, other_store: Store, post_note: Post) -> None:
    for one in (store, other_store):
        with store_scope(one):
            post_note()
            assert Message.objects.count() == 1


def test_a_message_outside_a_store_is_refused(db: None, post_note: Post) -> None:
    with pytest.raises(ScopeError):
        post_note()


def test_a_message_goes_with_the_transaction_that_caused_it(
    in_store: Store, post_note: Post
) -> None:
    with transaction.atomic():
        post_note()
        transaction.set_rollback(True)
    assert not Message.objects.exists()


def test_posting_wakes_a_worker_after_the_commit(
    in_store: Store, post_note: Post, mailoutbox: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        post_note()
        assert not mailoutbox
    assert [mail.to for mail in mailoutbox] == [["charlie@example.com"]]


def test_what_is_due_later_or_of_a_mailing_wakes_nobody(
    in_store: Store, post_note: Post, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks() as knocks:
        post_note(due_at=clock.now() + timedelta(hours=1))
        post_note(key="flyer:1", kind="flyer")
    assert not knocks


@pytest.mark.parametrize(
    "address",
    ["", "nobody", "a@b", "a@b.com\nBcc: x@y.com", "x" * 300 + "@example.com", "\x00@a.com"],
)
def test_a_hopeless_address_is_a_failed_row_and_no_exception(
    in_store: Store, post_note: Post, address: str
) -> None:
    message = post_note(to=address)
    message.refresh_from_db()
    assert message.state == "failed"
    assert message.error == "This is not an email address."


def test_an_address_is_kept_in_lower_case_and_in_ascii(in_store: Store, post_note: Post) -> None:
    assert post_note(to=" Charlie@MÜNCHEN.example ").to_address == "charlie@xn--mnchen-3ya.example"


def test_lazy_words_become_text_and_control_characters_go(in_store: Store, post_note: Post) -> None:
    message = post_note(context={"what": gettext_lazy("Shop"), "list": ["a\x00b\u202ec"]})
    message.refresh_from_db()
    assert message.context == {"what": "Shop", "list": ["abc"]}


def test_what_is_no_json_is_a_programming_error(in_store: Store, post_note: Post) -> None:
    with pytest.raises(TypeError):
        post_note(context={"what": clock.now()})
    with pytest.raises(KeyError):
        post_note(kind="unheard-of")
    with pytest.raises(ValueError, match="key"):
        post_note(key="k" * 121)


def test_the_platform_posts_without_a_store(db: None) -> None:
    for _again in range(2):
        post_platform("note", key="n", to="a@example.com", language="en", context={"what": "x"})
    assert PlatformMessage.objects.count() == 1


def test_resending_sends_the_same_row_again_under_a_new_message_id(
    in_store: Store, post_note: Post, mailoutbox: list[Any]
) -> None:
    message = post_note()
    send_for_store()
    message.refresh_from_db()
    resend(message, now=clock.now())
    send_for_store()
    ids = [mail.extra_headers["Message-ID"] for mail in mailoutbox]
    assert len(set(ids)) == 2
    assert Message.objects.get().state == "sent"


def test_resending_what_still_waits_changes_nothing(in_store: Store, post_note: Post) -> None:
    message = resend(post_note(), now=clock.now())
    assert (message.state, message.resends) == ("waiting", 0)


def test_a_wiped_message_cannot_be_sent_again(
    in_store: Store, post_note: Post, mailoutbox: list[Any]
) -> None:
    message = post_note(kind="secret")
    send_for_store()
    message.refresh_from_db()
    with pytest.raises(CannotResend):
        resend(message, now=clock.now())


def test_posting_needs_one_store_even_for_a_replay(in_store: Store) -> None:
    message = post("note", key="k", to="a@example.com", language="en", context={"what": "x"})
    assert message.store_id == in_store.pk
