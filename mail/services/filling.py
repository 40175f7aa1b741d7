"""Slots: places in a rendered mail that are filled for each of its receivers.

While a template is rendered, a slot is a word nobody can guess. In what is kept it is its name
between two control characters, which neither text nor HTML can hold: everything typed is cleaned of
them. A value is put in once and never looked through for slots.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.html import escape

from mail.rules import header_line
from mail.services.composing import is_link

NAME = "recipient_name"
LEAVE = "leave_url"
_BEGINS, _ENDS = "\x02", "\x03"
_SLOT = re.compile(f"{_BEGINS}(\\w+){_ENDS}")
_MARKS = str.maketrans("", "", _BEGINS + _ENDS)


@dataclass(frozen=True)
class Rendered:
    """A message as it will be read."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Pieces:
    """A text cut at its slots: every second piece is a slot's name."""

    cut: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> Pieces:
        """Cut a text."""
        return cls(tuple(_SLOT.split(text)))

    def filled(self, values: Mapping[str, str]) -> str:
        """Return the text with a value in each slot; a slot without one stays empty."""
        if len(self.cut) == 1:
            return self.cut[0]
        some = list(self.cut)
        some[1::2] = [values.get(name, "") for name in some[1::2]]
        return "".join(some)


@dataclass(frozen=True)
class Form:
    """A mail with slots, ready to be filled."""

    subject: Pieces
    text: Pieces
    html: Pieces

    @classmethod
    def of(cls, subject: str, text: str, html: str) -> Form:
        """Cut all three."""
        return cls(Pieces.of(subject), Pieces.of(text), Pieces.of(html))

    def filled(self, values: Mapping[str, str]) -> Rendered:
        """Return the mail of one receiver: a subject of one line, values escaped in the HTML."""
        return Rendered(
            header_line(self.subject.filled(values)),
            self.text.filled(values),
            self.html.filled({name: escape(value) for name, value in values.items()}),
        )


def is_slot(name: str, value: Any) -> bool:
    """Whether a value of a context may differ between the receivers of one mailing: an address.

    Our templates show addresses and the receiver's name as they are, without any filter.
    """
    return is_link(name) and isinstance(value, str) and value.startswith(("https://", "http://"))


def marks(names: Iterable[str]) -> dict[str, str]:
    """Return, for each slot, the word that stands for it while a template is rendered."""
    token = secrets.token_hex(8)
    return {
        name: f"https://s{at}x{token}.invalid/" if is_link(name) else f"s{at}x{token}"
        for at, name in enumerate(names)
    }


def with_slots(text: str, marked: Mapping[str, str]) -> str:
    """Return what was rendered with slots where their words stand."""
    text = text.translate(_MARKS)
    for name, word in marked.items():
        text = text.replace(word, f"{_BEGINS}{name}{_ENDS}")
    return text
