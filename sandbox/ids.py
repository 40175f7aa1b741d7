"""Ids as Stripe makes them: a prefix that says what it is, then chance."""

from __future__ import annotations

import random
import secrets
import string

LETTERS = string.ascii_letters + string.digits
LENGTHS = {"cs_test": 58, "whsec": 32, "req": 14}

_chance: random.Random = secrets.SystemRandom()


def new_id(prefix: str) -> str:
    """Return a new id, as in `ch_…`."""
    length = LENGTHS.get(prefix, 24)
    return f"{prefix}_{''.join(_chance.choices(LETTERS, k=length))}"


def repeat_from(seed: int) -> None:
    """Let the ids of this process be the same for the same seed: for tests that play again.

    Hints are kept in the order of their ids, so what happens in a game depends on them.
    """
    global _chance  # noqa: PLW0603 -- one process, one chance
    _chance = random.Random(seed)  # noqa: S311 -- nobody is to be kept from guessing these
