from collections.abc import Callable
from email import message_from_bytes, policy
from typing import Any

import pytest

from mail.models import Message
from mail.services.rendering import build, platform_sender, render, store_sender
from stores.models import Look, Store

Post = Callable[..., Message]


def sent(message: Message, store: Store) -> Any:
    """The mail as a receiver's program parses it."""
    raw = build(message, store_sender(store)).message().as_bytes()
    return message_from_bytes(raw, policy=policy.default)


def test_a_mail_comes_from_the_store_and_replies_reach_its_owner(
    in_store: Store, post_note: Post, settings: Any
) -> None:
    settings.MAIL_FROM_ADDRESS = "post@mail.example"
    mail = sent(post_note(name="Charlie"), in_store)
    assert mail["From"] == "Thread <post@mail.example>"
    assert mail["Reply-To"] == "alice@example.com"
    assert mail["To"] == "Charlie <charlie@example.com>"
    assert mail["Message-ID"].endswith("@mail.example>")


def test_a_mail_has_the_stores_name_and_colour_in_both_bodies(
    in_store: Store, post_note: Post
) -> None:
    Look.objects.filter(store=in_store).update(colour="#0A4D3C")
    in_store.look.refresh_from_db()
    rendered = render(post_note(), store_sender(in_store))
    assert "background-color: #0a4d3c" in rendered.html
    assert "Thread" in rendered.html
    assert "Thread" in rendered.text
    assert "http://thread.localhost" in rendered.text


def test_styles_stand_on_the_elements_because_mail_programs_drop_style_sheets(
    in_store: Store, post_note: Post
) -> None:
    html = render(post_note(), store_sender(in_store)).html
    assert '<p style="' in html
    assert "@media" in html


def test_a_hebrew_mail_reads_from_right_to_left(in_store: Store, post_note: Post) -> None:
    message = post_note(language="he", context={"what": "חוט"})
    rendered = render(message, store_sender(in_store))
    assert '<html lang="he" dir="rtl">' in rendered.html
    assert "text-align: right" in rendered.html
    assert "חוט" in sent(message, in_store).get_body(("plain",)).get_content()


def test_an_english_mail_reads_from_left_to_right(in_store: Store, post_note: Post) -> None:
    html = render(post_note(), store_sender(in_store)).html
    assert '<html lang="en" dir="ltr">' in html
    assert "text-align: right" not in html.replace(".amount", "")


def test_markup_in_a_context_is_text_in_both_bodies(in_store: Store, post_note: Post) -> None:
    rendered = render(post_note(context={"what": "<b>&{{ x }}"}), store_sender(in_store))
    assert "&lt;b&gt;&amp;{{ x }}" in rendered.html
    assert "<b>&{{ x }}" in rendered.text
    assert rendered.subject == "News of <b>&{{ x }}"


@pytest.mark.parametrize(
    "hostile", ["a\r\nBcc: eve@example.com", "a\nSubject: other", "a\u2028Bcc: x", "a\x00\u202eb"]
)
def test_nothing_typed_becomes_a_header(in_store: Store, post_note: Post, hostile: str) -> None:
    in_store.name = hostile
    mail = sent(post_note(name=hostile, context={"what": hostile}), in_store)
    assert mail["Bcc"] is None
    assert len(mail.get_all("Subject")) == 1
    assert [address.addr_spec for address in mail["To"].addresses] == ["charlie@example.com"]


@pytest.mark.parametrize(
    "hostile",
    ['"PayPal" <service@paypal.example>,', "support@bank.example", "a, b; c: d", "(x) <y@z.com>"],
)
def test_a_display_name_is_never_read_as_an_address(
    in_store: Store, post_note: Post, hostile: str
) -> None:
    in_store.name = hostile
    mail = sent(post_note(name=hostile), in_store)
    assert len(mail["From"].addresses) == len(mail["To"].addresses) == 1
    assert "@" not in mail["From"].addresses[0].display_name
    assert mail["To"].addresses[0].addr_spec == "charlie@example.com"


def test_a_long_hebrew_name_survives_the_header(in_store: Store, post_note: Post) -> None:
    name = "חנות הבדים והחוטים של סבתא רבקה מרחוב הרצל פינת ביאליק"
    Store.objects.filter(pk=in_store.pk).update(name=name)
    in_store.refresh_from_db()
    assert sent(post_note(), in_store)["From"].addresses[0].display_name == name


def test_the_platform_writes_in_its_own_name(db: None) -> None:
    sender = platform_sender()
    assert sender.name == "Sevenfold"
    assert sender.reply_to == ""
