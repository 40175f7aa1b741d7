"""Cleaning of what people type: control characters, overrides, normal forms, slugs."""

import re
import unicodedata

from django.utils.text import slugify as django_slugify

_OVERRIDES = dict.fromkeys(map(ord, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))
_NIQQUD = re.compile("[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7]")


def clean_line(text: str) -> str:
    """Return one line of text in NFC: no control characters, no direction overrides, single spaces.

    Direction overrides can make an address or amount read as something else
    (Unicode TR36, "bidirectional text spoofing").
    """
    return " ".join(clean_text(text).split())


def clean_text(text: str) -> str:
    """Return text in NFC that keeps its line ends, without other controls or overrides."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    # By far the most have no control and no override in them.
    if text.isprintable() or text.replace("\n", "").replace("\t", "").isprintable():
        return text
    text = text.translate(_OVERRIDES)
    return "".join(
        letter
        for letter in text
        if letter in "\n\t" or unicodedata.category(letter) not in {"Cc", "Cs", "Co", "Cn"}
    )


def slugify(text: str) -> str:
    """Return a slug that keeps Hebrew letters (without niqqud), as people read it."""
    return django_slugify(_NIQQUD.sub("", text), allow_unicode=True)[:80].strip("-")
