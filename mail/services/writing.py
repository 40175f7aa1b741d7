"""From what is to be read to what leaves: a mail as Django knows it, and as bytes written by hand.

Django's own message takes a millisecond to become bytes, most of which its parts take to be copied
and folded. What we send has few headers and two bodies, so we write them as they are. Whatever is
enclosed, and whatever does not leave by SMTP, goes Django's way.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from dataclasses import dataclass, field
from email.header import Header
from email.utils import formataddr, formatdate
from functools import lru_cache

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from mail.services.filling import Rendered
from stores.slots import Attachment

LONGEST_LINE = 998
"""Of a body, in octets (RFC 5322, 2.1.1)."""
LONGEST_UNFOLDED = 66
MOST_QUOTED = 6
"""From one octet in so many that needs quoting, base64 is shorter than quoted-printable."""
_ASCII = bytes(range(128))


@dataclass(frozen=True)
class Written:
    """A mail that can leave: who to whom, its headers, what is read, what is enclosed."""

    rendered: Rendered
    from_name: str
    from_address: str
    to_name: str
    to_address: str
    headers: dict[str, str]
    reply_to: str = ""
    enclosed: tuple[Attachment, ...] = field(default=(), repr=False)


def as_message(mail: Written) -> EmailMultiAlternatives:
    """Return a mail as any of Django's backends takes it."""
    message = EmailMultiAlternatives(
        subject=mail.rendered.subject,
        body=mail.rendered.text,
        from_email=formataddr((mail.from_name, mail.from_address)),
        to=[formataddr((mail.to_name, mail.to_address))],
        reply_to=[mail.reply_to] if mail.reply_to else [],
        headers=mail.headers,
    )
    message.attach_alternative(mail.rendered.html, "text/html")
    for each in mail.enclosed:
        message.attach(each.name, each.content, each.media_type)
    return message


def as_bytes(mail: Written) -> bytes:
    """Return a mail as SMTP carries it: ASCII, lines that end with CRLF, dots not yet doubled.

    ValueError for a header that would be more than one.
    """
    if mail.enclosed:
        whole = as_message(mail).message()
        return bytes(whole.as_bytes(linesep="\r\n"))  # type: ignore[call-arg]  # Django's own, which has it
    boundary = f"=_{secrets.token_hex(12)}"
    headers = {
        "Subject": _words(mail.rendered.subject),
        "From": _mailbox(mail.from_name, mail.from_address),
        "To": _mailbox(mail.to_name, mail.to_address),
        **({"Reply-To": mail.reply_to} if mail.reply_to else {}),
        "Date": formatdate(localtime=settings.EMAIL_USE_LOCALTIME),
        **mail.headers,
        "MIME-Version": "1.0",
        "Content-Type": f'multipart/alternative; boundary="{boundary}"',
    }
    head = "".join(f"{name}: {_safe(value)}\r\n" for name, value in headers.items())
    edge = f"--{boundary}"
    return b"\r\n".join(
        (
            head.encode("ascii"),
            edge.encode(),
            _part("plain", mail.rendered.text),
            edge.encode(),
            _part("html", mail.rendered.html),
            f"{edge}--\r\n".encode(),
        )
    )


def _safe(value: str) -> str:
    """Refuse a line that would begin another header; a folded one goes on with a space."""
    for line in value.split("\r\n")[1:]:
        if not line.startswith((" ", "\t")):
            raise ValueError("a header of more than one line")
    if "\n" in value.replace("\r\n", "") or "\r" in value.replace("\r\n", ""):
        raise ValueError("a header of more than one line")
    return value


@lru_cache(maxsize=512)
def _words(text: str) -> str:
    """Return a header's words (RFC 2047), as they are where they can be."""
    if text.isascii() and len(text) <= LONGEST_UNFOLDED and "=?" not in text:
        return text
    is_plain = text.isascii() and "=?" not in text
    return Header(text, None if is_plain else "utf-8", header_name="Subject").encode(linesep="\r\n")


def _mailbox(name: str, address: str) -> str:
    phrase = _phrase(name)
    return f"{phrase} <{address}>" if phrase else address


@lru_cache(maxsize=512)
def _phrase(name: str) -> str:
    if not name:
        return ""
    if name.isascii() and "=?" not in name:
        return formataddr((name, "a@a")).removesuffix(" <a@a>")
    return Header(name, "utf-8", header_name="From").encode(linesep="\r\n")


def _part(subtype: str, text: str) -> bytes:
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    raw = text.encode().replace(b"\n", b"\r\n")
    quoted = len(raw.translate(None, _ASCII))
    if not quoted and max(map(len, raw.split(b"\r\n"))) <= LONGEST_LINE:
        encoding, body = "7bit", raw
    elif quoted * MOST_QUOTED < len(raw):
        lines = (raw + b"\r\n").splitlines(keepends=True)
        encoding, body = "quoted-printable", b"".join(map(_quoted, lines))[:-2]
    else:
        encoding, body = "base64", base64.encodebytes(raw).replace(b"\n", b"\r\n")
    head = (
        f'Content-Type: text/{subtype}; charset="utf-8"\r\n'
        f"Content-Transfer-Encoding: {encoding}\r\n\r\n"
    )
    return head.encode() + body


@lru_cache(maxsize=1024)
def _quoted(line: bytes) -> bytes:
    """Return a line with its end as quoted-printable: most are the same in all of a mailing."""
    return binascii.b2a_qp(line, istext=True)
