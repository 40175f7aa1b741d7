"""What a header may hold, and when a refused message is tried again: pure functions."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.functional import Promise

from core.text import clean_line, clean_text

BULK = 8
"""From this priority on a message is one of many: it waits for the sweep, and nobody is woken."""
LONGEST_ADDRESS = 254
NOWHERE = "example.invalid"
"""The domain of addresses that stand for somebody who was erased (RFC 2606: it never exists)."""
RETRY_AFTER = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
    timedelta(hours=24),
)
WIPED_RETRY_AFTER = (timedelta(seconds=20), timedelta(minutes=1), timedelta(minutes=4))
"""A code that comes after its fifteen minutes only confuses."""

# The no-break space stays: in a right-to-left line it keeps the two halves of a code in order.
_SPACES = re.compile("[ \t\r\n\f\v\u2028\u2029]+")
_EMPTY_LINES = re.compile(r"\n{3,}")
_SYNTAX = re.compile(r'[<>@"\\,;:()\[\]]+')
_OUR_TROUBLE = frozenset({530, 534, 535, 538})


def normal_address(text: str) -> str:
    """Return an address in lower case with its domain in ASCII; ValueError when it is none."""
    local, at, domain = clean_line(text).lower().rpartition("@")
    try:
        address = local + at + domain.encode("idna").decode()
        validate_email(address)
    except (UnicodeError, ValidationError) as error:
        raise ValueError(text) from error
    if len(address) > LONGEST_ADDRESS or not address.isascii():
        raise ValueError(text)
    return address


def is_nowhere(address: str) -> bool:
    """Whether an address stands for somebody who was erased."""
    return address.endswith(f"@{NOWHERE}")


def retry_after(attempts: int, *, wiped: bool = False) -> timedelta | None:
    """Return how long to wait after that many attempts, or None when it is time to give up."""
    steps = WIPED_RETRY_AFTER if wiped else RETRY_AFTER
    return steps[max(attempts, 1) - 1] if attempts <= len(steps) else None


def header_line(text: str, longest: int = 250) -> str:
    """Return text fit for a header: one line, no control characters, no direction overrides."""
    return _SPACES.sub(" ", clean_text(text)).strip()[:longest].rstrip()


def display_name(text: str) -> str:
    """Return a name that cannot be taken for an address by a mail program or its reader."""
    return header_line(_SYNTAX.sub(" ", header_line(text)), 80)


def tidy(text: str) -> str:
    """Return a text without spaces around its lines, nor more than one empty line in a row."""
    lines = "\n".join(line.strip() for line in text.splitlines())
    return _EMPTY_LINES.sub("\n\n", lines).strip() + "\n"


def is_for_good(code: int) -> bool:
    """Whether an SMTP answer refuses this message for ever (RFC 5321, 4.2.1).

    Refusals of our own login (RFC 4954) are the operator's to mend, and no message's fault.
    """
    return 500 <= code < 600 and code not in _OUR_TROUBLE  # noqa: PLR2004 -- RFC 5321's own numbers


def plain(value: Any) -> Any:
    """Return a context value as clean JSON; TypeError for what a mail should not depend on."""
    if isinstance(value, Promise | str):
        return clean_text(str(value))
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    raise TypeError(f"{type(value).__name__} cannot be kept in a message; format it as text first")
