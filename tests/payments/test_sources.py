"""Where a link was put is a short word of an order, and nothing else gets in."""

from __future__ import annotations

import pytest

from payments.rules import source_word


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("whatsapp", "whatsapp"),
        (" WhatsApp ", "whatsapp"),
        ("spring-2027", "spring-2027"),
        ("", ""),
        ("a" * 21, ""),
        ("tamar@example.com", ""),
        ("<script>", ""),
        ("ווטסאפ", ""),
        ("٣", ""),
        ("one\ntwo", ""),
    ],
)
def test_a_source_is_one_short_word(typed: str, word: str) -> None:
    assert source_word(typed) == word
