"""What hostile people and broken programs send, as the bytes that arrive."""

from __future__ import annotations

from urllib.parse import quote_from_bytes

MARKUP = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
RAW_MARKUP = (b"<script>alert(1)", b"<img src=x onerror")
"""What must never stand in a page of ours: it would be run."""

TEXTS = [
    "x" * 100_000,
    "9" * 5_000,
    "\u202egnp.exe\u202c\u2066abc",
    "a\0b",
    MARKUP,
    "{{ 7*7 }}{% debug %}{% load x %}${7*7}#{7*7}",
    "=cmd|' /C calc'!A0",
    "../../../../etc/passwd",
    "'; DROP TABLE stores_store; --",
    "99999999999999999999999999",
    "-1",
    "NaN",
    "1e999",
    "٣٤²",
    "🧵👩‍👩‍👧‍👧" * 50,
    "\u200b\u200d\ufeff\u00ad",
    "a\r\nSet-Cookie: stolen=1\r\n\r\n<b>",
    "%s%n%(x)s{0.__class__}",
    "[]",
    "",
]
BYTES = [b"\xff\xfe", b"\xed\xa0\x80", b"\xc0\xaf", b"\xf5\x80\x80\x80"]
"""Not UTF-8: no text at all, half a surrogate pair, an overlong slash, beyond Unicode."""

PAYLOADS = [text.encode() for text in TEXTS] + BYTES
SHARP = [b"a\0b", b"9" * 5_000, b"x" * 100_000, MARKUP.encode(), b"-1", b"NaN", b"\xed\xa0\x80"]
"""The few tried one field at a time in a form that is otherwise right."""


def quoted(payload: bytes) -> str:
    """Return a payload as it stands in an address or a form's body."""
    return quote_from_bytes(payload, safe="")


def in_header(payload: bytes) -> str:
    """Return a payload as WSGI hands on a header: Latin-1, and servers let no line end through."""
    return payload.replace(b"\r", b"").replace(b"\n", b"").decode("latin-1")
