"""What we write by hand says what Django's own message would have said."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.header import decode_header, make_header
from typing import Any

import pytest

from mail.services.filling import Rendered
from mail.services.writing import Written, as_bytes, as_message
from stores.slots import Attachment

LONG = "a name that goes on and on, " * 9
HEBREW = "חנות הבדים והחוטים של סבתא רבקה מרחוב הרצל פינת ביאליק "
TEXTS = {
    "plain": "Hello.\n\nYours\n",
    "dots": ".\n..\nx\n.",
    "long line": "x" * 5000 + "\ny\n",
    "some signs": "Price: ₪49 = “a lot”\n\tand a tab \n",
    "hebrew": HEBREW * 40 + "\nסוף\n",
    "boundary": "--=_0123\n--\nFrom me\n",
    "trailing blanks": "a  \nb\t\n",
    "other ends": "a\r\nb\rc\n",
    "none": "",
}


def written(**over: Any) -> Written:
    fields: dict[str, Any] = {
        "rendered": Rendered("News", "Hello\n", "<p>Hello</p>"),
        "from_name": "Thread",
        "from_address": "post@mail.example",
        "to_name": "Charlie",
        "to_address": "charlie@example.com",
        "headers": {"Message-ID": "<a.0@mail.example>", "Content-Language": "en"},
    }
    return Written(**(fields | over))


def both(mail: Written) -> tuple[Any, Any]:
    raw = as_bytes(mail)
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")
    ours = message_from_bytes(raw, policy=policy.default)
    theirs = message_from_bytes(as_message(mail).message().as_bytes(), policy=policy.default)
    return ours, theirs


def headers(raw: bytes) -> dict[str, str]:
    """What the headers say, unfolded and decoded.

    Python reads a phrase of several encoded words with blanks between them, against RFC 2047; and
    Django folds a long subject before its first word.
    """
    return {
        name: " ".join(str(make_header(decode_header(value))).split())
        for name, value in message_from_bytes(raw).items()
        if name not in {"Content-Type", "Date", "Content-Transfer-Encoding"}
    }


def body(mail: Any, kind: str) -> str:
    if mail.get_body((kind,)) is None:
        return ""
    text = str(mail.get_body((kind,)).get_content())
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_bodies_are_the_same(text: str) -> None:
    ours, theirs = both(written(rendered=Rendered("News", text, f"<p>{text}</p>")))
    for kind in ("plain", "html"):
        assert body(ours, kind) == body(theirs, kind)
    assert ours.get_content_type() == "multipart/alternative"
    parts = [part.get_content_type() for part in ours.iter_parts()]
    assert parts == ["text/plain", "text/html"]
    assert not ours.defects
    assert not any(part.defects for part in ours.iter_parts())


@pytest.mark.parametrize("words", ["News", LONG[:250], HEBREW * 4, "₪49 · “x”", "x" * 250, ""])
@pytest.mark.parametrize("name", ["", "Charlie", 'O"Neil \\ (x), Jr.', HEBREW, LONG[:80], "é"])
def test_headers_are_the_same(words: str, name: str) -> None:
    mail = written(
        rendered=Rendered(words.strip(), "x", "x"),
        to_name=name.strip(),
        from_name=name.strip(),
        reply_to="alice@example.com",
    )
    ours, _theirs = both(mail)
    assert headers(as_bytes(mail)) == headers(as_message(mail).message().as_bytes())
    assert [each.addr_spec for each in ours["To"].addresses] == ["charlie@example.com"]
    assert ours["Date"].datetime is not None


def test_words_that_look_encoded_are_read_as_they_were_typed() -> None:
    typed = "=?utf-8?q?free=0AmoneyX?="
    ours, _theirs = both(written(rendered=Rendered(typed, "x", "x"), to_name=typed))
    assert ours["Subject"] == typed
    assert ours["To"].addresses[0].display_name == typed


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r", "\r\n\r\n"])
@pytest.mark.parametrize("place", ["to_address", "reply_to", "header", "from_address"])
def test_no_header_becomes_two(place: str, end: str) -> None:
    hostile = f"a@example.com{end}Bcc: eve@example.com"
    over = {"headers": {"Content-Language": hostile}} if place == "header" else {place: hostile}
    with pytest.raises(ValueError, match="header"):
        as_bytes(written(**over))


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_no_name_and_no_subject_becomes_a_header(end: str) -> None:
    for hostile in (f"a{end}Bcc: eve@example.com", f"é{end}Bcc: eve@example.com"):
        for over in ({"to_name": hostile}, {"rendered": Rendered(hostile, "x", "x")}):
            try:
                raw = as_bytes(written(**over))
            except ValueError:
                continue
            assert message_from_bytes(raw, policy=policy.default)["Bcc"] is None


def test_what_is_enclosed_arrives() -> None:
    file = Attachment("ספר.epub", "application/epub+zip", b"PK\x00\xff" * 100)
    ours, _theirs = both(written(enclosed=(file,)))
    (found,) = ours.iter_attachments()
    assert (found.get_filename(), found.get_content()) == (file.name, file.content)
    assert body(ours, "html") == "<p>Hello</p>"
