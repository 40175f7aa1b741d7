"""Finding words as people type them: niqqud, geresh, case and Hebrew's one-letter prefixes.

Hebrew has no text configuration in PostgreSQL, and word indexes miss words behind a prefix, so what
is searched is a normalised column, by substring.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

LONGEST_QUERY = 200
"""Characters of a query that are looked at."""
MOST_TERMS = 8
PREFIXES = frozenset("והבלכמש")
"""And, the, in, to, as, from, that: written together with the word they stand before."""
MOST_PREFIXES = 3
SHORTEST_STEM = 3
"""Letters that must be left: "בית" is a house, and not "in" before something."""

_MARKS = re.compile("[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f]")
_APOSTROPHES = dict.fromkeys(map(ord, "'\"`´‘’‚“”„′″׳״"))
"""Geresh and gershayim are typed as apostrophes, quotes, or not at all."""
_FINALS = str.maketrans("ךםןףץ", "כמנפצ")
_KEPT = frozenset("#+")
"""C# and C++ are words."""


def normalised(text: str) -> str:
    """Return text as it is searched: words of plain letters and digits between single spaces.

    Points, accents, case and final forms are gone; dashes and all other signs part words, while
    geresh, gershayim and apostrophes join them.
    """
    text = unicodedata.normalize("NFKD", text).casefold().translate(_APOSTROPHES)
    text = _MARKS.sub("", text).translate(_FINALS)
    return " ".join(text.translate(_LETTERS).split())


class _Letters(dict[int, str]):
    """What each letter becomes, worked out when it is first met: all others are looked up in C."""

    def __missing__(self, number: int) -> str:
        self[number] = _letter(chr(number))
        return self[number]


def _letter(letter: str) -> str:
    if letter.isalnum() or letter in _KEPT:
        return letter
    kind = unicodedata.category(letter)
    # Vowel signs of other scripts are parts of words; soft hyphens and marks of direction nothing.
    return letter if kind.startswith("M") else "" if kind == "Cf" else " "


_LETTERS = _Letters()


@dataclass(frozen=True)
class Query:
    """What is looked for: words, each as it was typed and without the prefixes it may have."""

    terms: tuple[str, ...]
    stems: tuple[str, ...]
    """For each term, what is left behind its prefixes; the term itself where there are none."""

    @property
    def phrase(self) -> str:
        """The words as they were typed, together."""
        return " ".join(self.terms)

    def __bool__(self) -> bool:
        return bool(self.terms)


def parse_query(text: str) -> Query:
    """Return what somebody typed as a query; an empty one where nothing can be looked for."""
    words = normalised(text[:LONGEST_QUERY]).split()
    terms = tuple(dict.fromkeys(words))[:MOST_TERMS]
    return Query(terms, tuple(stem(term) for term in terms))


def stem(word: str) -> str:
    """Return a normalised word without the prefixes it may have: "והספר" is "ספר"."""
    for _ in range(MOST_PREFIXES):
        if len(word) <= SHORTEST_STEM or word[0] not in PREFIXES:
            break
        word = word[1:]
    return word


@dataclass(frozen=True)
class Snippet:
    """Words around a place, as they are written there."""

    before: str
    match: str
    after: str


def snippet(text: str, query: Query, *, around: int = 60) -> Snippet:
    """Return the first place in ``text`` that answers the query; its beginning where none does."""
    words = text.split()
    plain = [normalised(word) for word in words]
    first, last = _best(plain, query)
    if last == first:
        return Snippet("", "", _shortened(words, around * 2))
    return Snippet(
        before=_ending(words[:first], around),
        match=" ".join(words[first:last]),
        after=_shortened(words[last:], around),
    )


def _best(plain: list[str], query: Query) -> tuple[int, int]:
    """Return the words from and up to which the best match stands: the phrase, a term, a stem."""
    wanted = query.terms
    for start in range(len(plain)):
        run = plain[start : start + len(wanted)]
        if len(run) == len(wanted) and all(map(str.__contains__, run, wanted)):
            return start, start + len(wanted)
    for needles in (query.terms, query.stems):
        for start, word in enumerate(plain):
            if any(needle in word for needle in needles):
                return start, start + 1
    return 0, 0


def _shortened(words: list[str], length: int) -> str:
    text = " ".join(words[: length + 1])
    return text if len(text) <= length else text[:length].rsplit(" ", 1)[0].rstrip(" ·") + "…"


def _ending(words: list[str], length: int) -> str:
    text = " ".join(words[-length - 1 :])
    return text if len(text) <= length else "…" + text[-length:].split(" ", 1)[-1].lstrip("· ")
