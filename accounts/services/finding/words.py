"""Which words somebody is known by, and which are asked for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from accounts.models import CustomerWord
from core.phones import phone_digits
from core.searching import LONGEST_QUERY, MOST_TERMS, normalised

LONGEST: Final = CustomerWord._meta.get_field("word").max_length or 0


def words_of(texts: Iterable[str]) -> set[str]:
    """Return the words of names, addresses and numbers, as they are searched."""
    return {word[:LONGEST] for text in texts for word in normalised(text).split()}


def asked_for(text: str) -> list[list[str]]:
    """Return what each customer's words must begin with: one of these lists, whole."""
    terms = [term[:LONGEST] for term in normalised(text[:LONGEST_QUERY]).split()[:MOST_TERMS]]
    phone = phone_digits(text[:LONGEST_QUERY])[:LONGEST]
    found = [list(dict.fromkeys(terms)), [phone]]
    return [each for number, each in enumerate(found) if any(each) and each not in found[:number]]
