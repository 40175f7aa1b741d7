"""Ids as Stripe makes them: a prefix that says what it is, then chance."""

from __future__ import annotations

import secrets
import string

LETTERS = string.ascii_letters + string.digits
LENGTHS = {"cs_test": 58, "whsec": 32, "req": 14}


def new_id(prefix: str) -> str:
    """Return a new id, as in `ch_…`."""
    length = LENGTHS.get(prefix, 24)
    return f"{prefix}_{''.join(secrets.choice(LETTERS) for _ in range(length))}"
