"""Mailings: rendered once, filled for each, and the same mail as if each were rendered alone."""

from __future__ import annotations

from collections.abc import Callable
from email import message_from_bytes, policy
from html.parser import HTMLParser
from typing import Any

import pytest
import time_machine

from accounts.models import Customer
from accounts.services.consents import give_consent, withdraw_consent
from core import clock
from mail.models import Mailing, Message
from mail.services.mailings import is_rendered_once
from mail.services.outbox import Letter, post, post_many, resend
from mail.services.rendering import build, render, render_words, store_sender
from mail.services.sending import send_for_store
from mail.services.wordings import Words, our_words, reword, sample_of
from stores.models import Store
from stores.slots import MailKind, mail_kinds
from tests.conftest import NOW

ONCE = sorted(kind.key for kind in mail_kinds.all() if is_rendered_once(kind))
NAMES = ["Charlie", "<b>&\"x'</b>", "{{ title }} {% now %} %(name)s", "{title}", "חוט", ""]
URL = "https://thread.example/r/%s/?a=1&b=<2>&c=\"'"


class Reader(HTMLParser):
    """What a mail program makes of HTML: elements, attributes and words, entities resolved."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Any] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.found.append((self.words, tag, sorted(attrs)))
        self.words = ""

    def handle_data(self, data: str) -> None:
        self.words += data


def read(html: str) -> list[Any]:
    reader = Reader()
    reader.feed(html)
    reader.close()
    return [*reader.found, reader.words]


def letters(context: dict[str, Any], names: list[str], language: str = "en") -> list[Letter]:
    links = [name for name, value in context.items() if str(value).startswith("http")]
    return [
        Letter(
            f"letter:{number}",
            f"reader{number}@example.com",
            language,
            context | {link: URL % f"{link}{number}" for link in links},
            name,
        )
        for number, name in enumerate(names)
    ]


@pytest.mark.parametrize("language", ["en", "he"])
@pytest.mark.parametrize("key", ONCE)
@pytest.mark.parametrize("is_reworded", [False, True], ids=["ours", "reworded"])
def test_every_bulk_kind_reads_as_if_rendered_for_each_alone(
    in_store: Store, key: str, language: str, *, is_reworded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = mail_kinds.get(key)
    leave = URL % "leave" if kind.is_marketing else ""
    monkeypatch.setattr("mail.services.outbox.leave_url_of", lambda *_given: "https://x.example/")
    words = None
    if is_reworded:
        ours = our_words(kind, language)
        words = Words(f"{ours.subject} {{recipient_name}}", f"{{recipient_name}}, {ours.text}")
        reword(kind, language, words, now=NOW)
    context = sample_of(kind, language, in_store, "https://thread.example")
    context = {name: value for name, value in context.items() if name != "recipient_name"}
    post_many(key, letters(context, NAMES, language))
    sender = store_sender(in_store)
    assert Mailing.objects.count() <= 2, "with a name, and without one"
    for letter, message in zip(
        letters(context, NAMES, language), Message.objects.order_by("id"), strict=True
    ):
        alone = Message(
            kind=key,
            language=language,
            to_name=message.to_name,
            context=letter.context,
        )
        expected, found = render_words(alone, sender, words, leave), render(message, sender, leave)
        assert found.subject == expected.subject
        assert found.text == expected.text
        assert read(found.html) == read(expected.html)
        assert not {"\x02", "\x03"} & set(found.subject + found.text + found.html)


@pytest.fixture
def flyers(in_store: Store, post_note: Any) -> Callable[..., None]:
    def post_some(what: str = "thread", names: list[str] = NAMES) -> None:
        post_many("flyer", letters({"what": what}, names))

    return post_some


def test_messages_of_a_mailing_hold_their_slots_alone(in_store: Store) -> None:
    context = {
        "title": "Thread",
        "edition": "2",
        "changes": ["a"],
        "open_url": "http://x/",
        "shelf_url": "http://y/",
    }
    post_many("new_edition", letters(context, ["Charlie", "Dana"]))
    first, second = Message.objects.order_by("id")
    assert first.mailing_id == second.mailing_id
    assert set(first.context) == {"open_url", "shelf_url"}
    assert first.context != second.context
    for html in (first.mailing.text, first.mailing.html):
        assert "Charlie" not in html
        assert "thread.example" not in html


def test_the_same_words_posted_again_are_the_same_mailing(flyers: Any) -> None:
    flyers(names=["Charlie"])
    flyers(names=["Charlie", "Dana"])
    assert Mailing.objects.count() == 1
    assert Message.objects.count() == 2


def test_messages_that_differ_are_of_different_mailings(in_store: Store) -> None:
    one, other = letters({"what": "a"}, ["A"]), letters({"what": "b"}, ["B", "B"])[1:]
    post_many("flyer", [*one, *other])
    assert Mailing.objects.count() == 2


def test_what_was_posted_keeps_its_words_when_the_store_changes_them(
    in_store: Store, flyers: Any, mailoutbox: list[Any]
) -> None:
    flyers(names=["Charlie"])
    reword(mail_kinds.get("flyer"), "en", Words("Other {what}", "Other words"), now=NOW)
    post("flyer", key="late", to="late@example.com", language="en", context={"what": "x"})
    assert send_for_store() == 2
    assert [mail.subject for mail in mailoutbox] == ["News of thread", "Other x"]


def test_a_mail_of_a_mailing_is_sent_again_with_its_words(
    in_store: Store, flyers: Any, mailoutbox: list[Any]
) -> None:
    flyers(names=["Charlie"])
    send_for_store()
    resend(Message.objects.get(), now=clock.now())
    send_for_store()
    first, second = mailoutbox
    assert first.body == second.body
    assert "thread" in second.body
    assert Message.objects.get().subject == "News of thread"


def test_a_single_message_is_no_mailing(in_store: Store, post_note: Any) -> None:
    post_many("note", letters({"what": "x"}, ["A", "B"]))
    assert not Mailing.objects.exists()


def test_what_cannot_be_rendered_fails_where_it_is_sent_and_not_where_it_is_posted(
    in_store: Store, flyers: Any, monkeypatch: pytest.MonkeyPatch, mailoutbox: list[Any]
) -> None:
    def broken(*_given: Any) -> None:
        raise RuntimeError("a template of ours")

    with monkeypatch.context() as patched:
        patched.setattr("mail.services.mailings.draft", broken)
        flyers(names=["Charlie"])
    assert Message.objects.get().context == {"what": "thread"}
    assert send_for_store() == 1


@pytest.mark.parametrize("hostile", ["a\r\nBcc: eve@example.com", "a\x02leave_url\x03b", "\u2028x"])
def test_no_name_becomes_a_header_or_a_slot(in_store: Store, hostile: str) -> None:
    reword(mail_kinds.get("flyer"), "en", Words("{recipient_name}: {what}", "{what}"), now=NOW)
    post_many("flyer", letters({"what": hostile}, [hostile]))
    message = Message.objects.get()
    raw = build(message, store_sender(in_store)).message().as_bytes()
    mail = message_from_bytes(raw, policy=policy.default)
    assert mail["Bcc"] is None
    assert len(mail.get_all("Subject")) == 1
    assert not {"\x02", "\x03"} & set(mail.as_string())


@time_machine.travel(NOW, tick=False)
def test_news_of_a_mailing_asks_for_consent_when_posted_and_when_it_leaves(
    in_store: Store, charlie: Customer, mailoutbox: list[Any], note_kind: MailKind
) -> None:
    news = MailKind("flyer", "Flyer", ("what",), priority=9, is_marketing=True)
    consent = give_consent(charlie, source="account", language="en", now=NOW)
    entries, before = mail_kinds._entries, dict(mail_kinds._entries)
    entries.update(flyer=news)
    try:
        some = letters({"what": "x"}, ["C", "D"])
        some[0] = Letter("yes", charlie.user.email, "en", {"what": "x"}, "C")
        post_many("flyer", some)
        states = dict(Message.objects.values_list("key", "state"))
        assert states == {"yes": "waiting", "letter:1": "dropped"}
        Message.objects.update(due_at=clock.now())
        assert consent is not None
        withdraw_consent(charlie, now=NOW)
        assert send_for_store() == 0
        assert Message.objects.get(key="yes").state == "dropped"
    finally:
        entries.clear()
        entries.update(before)


def test_news_of_a_mailing_carries_each_receivers_own_way_out(
    in_store: Store, charlie: Customer, mailoutbox: list[Any]
) -> None:
    entries, before = mail_kinds._entries, dict(mail_kinds._entries)
    entries.update(flyer=MailKind("flyer", "Flyer", ("what",), priority=9, is_marketing=True))
    give_consent(charlie, source="account", language="en", now=NOW)
    try:
        post_many("flyer", [Letter("yes", charlie.user.email, "en", {"what": "x"}, "C")])
        leave_url = "https://leave.example/?a=1&b=2"
        mail = build(Message.objects.get(), store_sender(in_store), leave_url)
        assert leave_url in mail.body
        assert "https://leave.example/?a=1&amp;b=2" in str(mail.alternatives[0][0])
        assert mail.extra_headers["List-Unsubscribe"] == f"<{leave_url}>"
    finally:
        entries.clear()
        entries.update(before)


def test_whoever_is_on_a_list_can_leave_it_by_the_mail_about_it(in_store: Store) -> None:
    context = {
        "title": "T",
        "line": "",
        "store_name": "S",
        "is_again": False,
        "opens": "",
        "product_url": "https://x.example/p",
        "leave_url": "https://x.example/l",
    }
    post_many("list_open", letters(context, ["Charlie"]))
    rendered = render(Message.objects.get(), store_sender(in_store))
    assert (URL % "leave_url0") in rendered.text
    assert "No more news" not in rendered.text
