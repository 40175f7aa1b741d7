"""A store's own words: what may be in them, and that nothing else can."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.template.loader import get_template

from mail.models import Message, Wording
from mail.services.composing import compose, compose_line
from mail.services.filling import Rendered
from mail.services.rendering import build, render, render_words, store_sender
from mail.services.wordings import (
    Words,
    allowed,
    back_to_ours,
    our_words,
    required,
    reword,
    rewordable,
    sample_of,
    troubles,
    word_for,
)
from stores.models import Store
from stores.scope import store_scope
from stores.slots import MailKind, mail_kinds
from tests.conftest import NOW

Post = Callable[..., Message]
OF_TESTS = {"note", "flyer", "secret"}


def shown(store: Store, message: Message) -> Rendered:
    return render(message, store_sender(store))


def own(kind: str, subject: str, text: str, language: str = "en") -> None:
    reword(mail_kinds.get(kind), language, Words(subject, text), now=NOW)


def test_every_kinds_own_words_pass_their_own_rules_in_both_languages(in_store: Store) -> None:
    for kind in rewordable():
        for language in ("en", "he"):
            words = our_words(kind, language)
            assert words.text, kind.key
            assert troubles(kind, language, words) == [], (kind.key, language)


def test_every_kind_can_be_looked_at_in_ours_and_in_own_words(in_store: Store) -> None:
    sender = store_sender(in_store)
    for kind in rewordable():
        for language in ("en", "he"):
            sample = sample_of(kind, language, in_store, sender.url.rstrip("/"))
            message = Message(kind=kind.key, language=language, to_name="Noa", context=sample)
            for words in (None, our_words(kind, language)):
                seen = render_words(message, sender, words)
                assert seen.subject, kind.key
                assert "{" not in seen.subject + seen.text, (kind.key, seen.text)


def test_a_stores_words_are_sent_in_their_language_and_ours_in_the_other(
    in_store: Store, post_note: Post
) -> None:
    own("note", "About {what}", "Hello {recipient_name},\n\nnews of {what} from {store_name}.")
    seen = shown(in_store, post_note(name="Noa"))
    assert seen.subject == "About thread"
    assert "Hello Noa,\n\nnews of thread from Thread." in seen.text
    assert shown(in_store, post_note(key="note:2", language="he")).subject == "News of thread"


def test_back_to_ours_is_ours_again_also_when_said_twice(in_store: Store, post_note: Post) -> None:
    own("note", "About {what}", "x")
    back_to_ours(mail_kinds.get("note"), "en")
    back_to_ours(mail_kinds.get("note"), "en")
    assert shown(in_store, post_note()).subject == "News of thread"


def test_another_stores_words_are_its_own(
    in_store: Store, other_store: Store, post_note: Post
) -> None:
    with store_scope(other_store):
        own("note", "Mine", "x")
    assert shown(in_store, post_note()).subject == "News of thread"


@pytest.mark.parametrize(
    "hostile",
    ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{% load i18n %}{{ sender }}"],
)
def test_what_is_typed_is_text_and_no_markup_nor_template(
    in_store: Store, post_note: Post, hostile: str
) -> None:
    Wording.objects.create(kind="note", language="en", subject="x", text=f"a {hostile} b")
    html = shown(in_store, post_note()).html
    assert "<script" not in html
    assert "<img" not in html
    assert "Sender(" not in html


def test_a_value_is_never_looked_through_for_placeholders_nor_markup(
    in_store: Store, post_note: Post
) -> None:
    own("note", "{what}", "{recipient_name}: {what}")
    seen = shown(in_store, post_note(name="{what}", context={"what": "<b>{store_name}</b>"}))
    assert seen.subject == "<b>{store_name}</b>"
    assert "{what}: <b>{store_name}</b>" in seen.text
    assert "&lt;b&gt;{store_name}&lt;/b&gt;" in seen.html


def test_a_subject_makes_no_second_header(in_store: Store, post_note: Post) -> None:
    Wording.objects.create(
        kind="note", language="en", subject="a\r\nBcc: eve@example.com {what}", text="x"
    )
    message = post_note(context={"what": "b\nBcc: eve@example.com"})
    mail = build(message, store_sender(in_store)).message()
    assert mail["Bcc"] is None
    assert len(mail.get_all("Subject")) == 1


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "//evil.example"])
def test_only_an_address_of_the_web_becomes_a_link(address: str) -> None:
    html = compose("{read_url}\n\nsee {read_url} and javascript:x", {"read_url": address}).html
    assert "href" not in html


def test_lists_and_links_on_lines_of_their_own_are_what_they_are() -> None:
    values = {
        "links": [{"title": "Linen & co", "url": "https://a.example/x?a=1&b=2"}],
        "lines": [{"title": "Linen", "label": "print", "amount": "₪49"}],
        "points": ["one", "two"],
        "shelf_url": "https://a.example/shelf",
    }
    bodies = compose("# Hi\n\n{links}\n{lines}\n{points}\n\n{shelf_url: My shelf}", values)
    assert "<h1>Hi</h1>" in bodies.html
    assert '<a class="btn" href="https://a.example/x?a=1&amp;b=2">Linen &amp; co</a>' in bodies.html
    assert '<td dir="auto">Linen · print</td>' in bodies.html
    assert '<li dir="auto">one</li>' in bodies.html
    assert '<a class="btn" href="https://a.example/shelf">My shelf</a>' in bodies.html
    assert "My shelf:\nhttps://a.example/shelf" in bodies.text
    assert "Linen · print: ₪49" in bodies.text


def test_a_list_inside_a_sentence_is_its_titles_and_a_link_a_link() -> None:
    values = {"lines": [{"title": "A"}, {"title": "B"}], "shelf_url": "https://a.example/"}
    bodies = compose("You have {lines}: {shelf_url: here}. See https://b.example/x.", values)
    assert bodies.text == "You have A, B: here: https://a.example/. See https://b.example/x."
    assert '<a href="https://a.example/">here</a>' in bodies.html
    assert '<a href="https://b.example/x">https://b.example/x</a>.' in bodies.html


def test_a_line_that_is_only_an_empty_value_leaves_no_hole() -> None:
    assert compose("One\n\n({reason})\n\nTwo", {"reason": ""}).text == "One\n\nTwo"


def test_a_mistyped_placeholder_is_refused_with_the_one_that_was_meant(in_store: Store) -> None:
    kind = mail_kinds.get("receipt")
    found = troubles(kind, "en", Words("{numbr}", "{links} {shelf_url} {%if%}"))
    assert [each.field for each in found] == ["subject", "text"]
    assert "{number}" in found[0].sentence


def test_a_receipt_without_its_links_is_refused(in_store: Store) -> None:
    kind = mail_kinds.get("receipt")
    assert required(kind, "en") == ["links", "shelf_url"]
    missing = troubles(kind, "en", Words("Thanks", "Thanks"))
    assert [each.field for each in missing] == ["text", "text"]
    with pytest.raises(ValueError, match="links"):
        reword(kind, "en", Words("Thanks", "Thanks"), now=NOW)


def test_a_subject_holds_no_link(in_store: Store) -> None:
    found = troubles(mail_kinds.get("receipt"), "en", Words("{shelf_url}", "{links} {shelf_url}"))
    assert [each.field for each in found] == ["subject"]


def test_words_our_code_outgrew_are_put_aside_for_ours(in_store: Store, post_note: Post) -> None:
    Wording.objects.create(kind="note", language="en", subject="Mine", text="{gone}")
    assert shown(in_store, post_note()).subject == "News of thread"


def test_what_a_kind_holds_fixed_follows_a_stores_words(in_store: Store) -> None:
    own("receipt", "Thanks", "Yours.\n\n{links}\n\n{shelf_url}")
    kind = mail_kinds.get("receipt")
    sender = store_sender(in_store)
    context = sample_of(kind, "en", in_store, "https://a.example") | {"total": "₪49"}
    message = Message(kind="receipt", language="en", context=context)
    seen = render(message, sender)
    assert seen.text.index("Yours.") < seen.text.index("Total: ₪49")
    assert "Total" in seen.html


def test_a_code_asked_for_by_a_stranger_says_so_in_a_stores_words_too(in_store: Store) -> None:
    own("sign-in", "{code}", "{code}\n\n{url}")
    values: dict[str, Any] = {
        "code": "1",
        "url": "https://a.example/",
        "other_url": "https://a.example/other",
        "minutes": 15,
        "is_known": False,
    }
    message = Message(kind="sign-in", language="en", context=values)
    assert "Nothing was bought with it" in render(message, store_sender(in_store)).text


def test_the_teams_mails_say_where_to_choose_them(in_store: Store, note_kind: MailKind) -> None:
    context = sample_of(mail_kinds.get("sale"), "en", in_store, "https://a.example")
    sender = store_sender(in_store)
    theirs = render(Message(kind="sale", language="en", context=context), sender)
    assert "/admin/mail/wording/mine/" in theirs.text
    ours = render(Message(kind="note", language="en", context={"what": "x"}), sender)
    assert "/admin/" not in ours.text


def test_a_creator_reads_words_and_examples_and_never_a_placeholders_name(in_store: Store) -> None:
    for kind in rewordable():
        sample = sample_of(kind, "he", in_store, "https://a.example")
        for name in allowed(kind):
            assert word_for(name), (kind.key, name)
            assert name.replace("_", " ") != sample[name], (kind.key, name)


def test_every_kind_says_when_it_is_sent(in_store: Store) -> None:
    ours = [kind for kind in rewordable() if kind.key not in OF_TESTS]
    assert [kind.key for kind in ours if not kind.when] == []


def test_a_list_that_only_the_fixed_part_shows_is_a_list_in_the_preview(in_store: Store) -> None:
    sample = sample_of(mail_kinds.get("receipt"), "en", in_store, "https://a.example")
    assert [set(line) for line in sample["lines"]] == [{"title", "label", "amount"}]


SOMETIMES = re.compile(r"{% if (\w+)[^%]*%}(.*?){% endif %}", re.DOTALL)
FIXED = re.compile(r"{% block fixed %}.*{% endblock fixed %}", re.DOTALL)
HOLDS_ANYWAY = {
    *("customer_name", "is_free", "is_known", "is_again", "is_late", "is_open", "waits"),
}
"""What our own words say in a form that holds in every case, where a store takes them over."""


def test_what_is_true_only_sometimes_is_never_left_to_a_stores_own_words(in_store: Store) -> None:
    for kind in rewordable():
        source = get_template(f"mail/kinds/{kind.key}.txt").template.source
        for condition, said in SOMETIMES.findall(FIXED.sub("", source)):
            assert "translate" not in said or condition in HOLDS_ANYWAY, (kind.key, condition)


def test_a_greeting_to_nobody_leaves_no_gap() -> None:
    bodies = compose("Hello {name}, it is here.", {"name": ""})
    assert (bodies.text, bodies.html) == ("Hello, it is here.", "<p>Hello, it is here.</p>")
    assert compose_line("For {name}: news", {"name": ""}) == "For: news"


def test_which_way_in_changed_is_said_whatever_the_store_wrote(in_store: Store) -> None:
    own("security", "Look", "Something changed.")
    context = {"what": "passkey_added", "url": "https://a.example/"}
    seen = render(Message(kind="security", language="en", context=context), store_sender(in_store))
    for body in (seen.text, seen.html):
        assert "A passkey was added." in body
        assert "https://a.example/" in body


def test_a_link_begins_as_a_button_with_a_name(in_store: Store) -> None:
    assert "{url: Or come in here}" in our_words(mail_kinds.get("sign-in"), "en").text


def test_content_and_reminders_wait_and_what_must_be_known_at_once_does_not(
    in_store: Store,
) -> None:
    waiting = {kind.key for kind in rewordable() if kind.waits} - OF_TESTS
    assert waiting == {
        *("added", "presale_opened", "list_open", "new_edition", "replaced_free"),
        *("holders_note", "club_month", "card_expires"),
        *("renew_here", "renew_here_again", "renew_here_over", "moved_in"),
        *("transfer_reminder", "transfer_released", "unfinished"),
        *("gift_claimed", "gift_unclaimed", "gift_waiting", "gift_ends"),
        *("team_accepted", "team_waiting", "team_ends"),
        *("question", "question_answered", "question_followed", "conversation_asked"),
        *("parcel_packed", "parcel_arrived"),
    }
