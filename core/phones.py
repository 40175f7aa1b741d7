"""Telephone numbers, as people write them."""

from __future__ import annotations

from typing import Final

FEWEST_DIGITS: Final = 4
SIGNS: Final = "+()-. 0123456789"
AT_HOME: Final = "972"


def phone_digits(text: str) -> str:
    """Return the digits of a number, however it was written: 054-123, 054123 and +972 54 123 alike.

    Empty where it is no telephone number, or too little of one.
    """
    digits = "".join(each for each in text if each.isascii() and each.isdigit())
    is_phone = len(digits) >= FEWEST_DIGITS and not text.strip(SIGNS)
    return digits.removeprefix(AT_HOME).lstrip("0") if is_phone else ""
