"""How far people are in what they have, and how long the rest takes them: for shelves.

Nothing here nags: it says where somebody is when they look, and counts nothing else.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Sum
from django.utils.formats import date_format, number_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from content.models import Note, PartText, Progress
from core.prepared import Among, Prepared, padded
from products.models import Part

USUAL_PACE = 200
"""Words in a minute; what is read for pleasure, in either language, is read about so fast."""
SLOWEST, FASTEST = 80, 500
KNOWN_AFTER_SECONDS, KNOWN_AFTER_WORDS = 600, 1_000
"""From when on somebody's own pace says more than the usual one."""
HOUR, FIVE, TEN = 3_600, 5, 10

Key = tuple[int, int]
"""A customer and a part, by primary key."""


@dataclass(frozen=True)
class Life:
    """Where one customer is in one part."""

    fraction: float
    place: dict[str, Any]
    updated_at: datetime
    finished_at: datetime | None = None
    is_again: bool = False
    """Whether they read it once more."""
    seconds_left: int | None = None
    """How long the rest takes them; None where the text is not known."""

    @property
    def is_finished(self) -> bool:
        """Whether they came to the end and did not begin again."""
        return self.finished_at is not None and not self.is_again


def _mine(customers: int, parts: int) -> tuple[Among, Among]:
    return Among("customer_id", "customers", customers), Among("part_id", "parts", parts)


PROGRESS: Prepared[Any] = Prepared(lambda *sizes: Progress.objects.filter(*_mine(*sizes)))
WORDS: Prepared[Any] = Prepared(
    lambda count: PartText.objects.filter(Among("part_id", "parts", count)).values_list(
        "part_id", "word_count"
    )
)
NOTES: Prepared[Any] = Prepared(
    lambda *sizes: (
        Note.objects.filter(*_mine(*sizes))
        .order_by()
        .values_list("customer_id", "part_id")
        .annotate(Count("pk"))
    )
)
PACES: Prepared[Any] = Prepared(
    lambda count: (
        Progress.objects.filter(
            Among("customer_id", "customers", count),
            seconds_read__gt=0,
            again_at=None,
            part__texts__word_count__gt=0,
        )
        .order_by()
        .values_list("customer_id")
        .annotate(Sum("seconds_read"), words=Sum(F("fraction") * F("part__texts__word_count")))
    )
)


def _given(customers: Collection[int], parts: Sequence[Part]) -> dict[str, list[int]]:
    return {
        "customers": padded(sorted(customers)),
        "parts": padded([part.pk for part in parts]),
    }


def _both(customers: Collection[int], parts: Sequence[Part]) -> list[int]:
    return [len(each) for each in _given(customers, parts).values()]


def _words(parts: Sequence[Part]) -> dict[int, int]:
    """Return how many words each part has, by primary key, where it was read."""
    asked = padded([part.pk for part in parts])
    return dict(WORDS.rows(len(asked), parts=asked)) if asked else {}


def lives(customers: Collection[int], parts: Sequence[Part]) -> dict[Key, Life]:
    """Return where these customers are in these parts, in three queries; what was opened only."""
    if not customers or not parts:
        return {}
    rows = PROGRESS.rows(*_both(customers, parts), **_given(customers, parts))
    if not rows:
        return {}
    words = _words(parts)
    paces = _paces(customers)
    return {
        (row.customer_id, row.part_id): Life(
            fraction=row.fraction,
            place=row.place,
            updated_at=row.updated_at,
            finished_at=row.finished_at,
            is_again=row.again_at is not None,
            seconds_left=_left(words.get(row.part_id, 0), row, paces),
        )
        for row in rows
    }


def whole_in_seconds(parts: Sequence[Part]) -> dict[int, int]:
    """Return how long each part takes at the usual pace, by primary key, where it is known."""
    return {part: count * 60 // USUAL_PACE for part, count in _words(parts).items() if count > 0}


def note_counts(customers: Collection[int], parts: Sequence[Part]) -> dict[Key, int]:
    """Return how many notes each customer has in each part, where there are any."""
    if not customers or not parts:
        return {}
    counted = NOTES.rows(*_both(customers, parts), **_given(customers, parts))
    return {(customer, part): count for customer, part, count in counted}


def where_in_words(life: Life) -> str:
    """Return the place as people say it: the chapter, the page, or how much was read."""
    chapter, page = life.place.get("chapter"), life.place.get("page")
    if isinstance(chapter, str) and chapter:
        return chapter
    if isinstance(page, int) and not isinstance(page, bool):
        return _("Page %(page)s") % {"page": number_format(page)}
    return _("%(percent)s%% read") % {"percent": round(life.fraction * 100)}


def whole_in_words(seconds: int) -> str:
    """Return how long the whole takes, as roughly as it is known."""
    minutes = max(FIVE, round(seconds / 60 / FIVE) * FIVE)
    if minutes < HOUR // 60:
        return _("about %(minutes)s min") % {"minutes": minutes}
    hours = round(minutes / 60)
    return ngettext("about %(n)s hour", "about %(n)s hours", hours) % {"n": hours}


def left_in_words(seconds: int) -> str:
    """Return how long the rest takes, as roughly as it is known."""
    if seconds < FIVE * 60:
        return _("a few minutes left")
    if seconds < HOUR - FIVE * 30:
        minutes = round(seconds / 60 / FIVE) * FIVE
        return _("about %(minutes)s min left") % {"minutes": minutes}
    hours, minutes = divmod(round(seconds / 60 / TEN) * TEN, 60)
    words = ngettext("%(n)s h", "%(n)s h", hours) % {"n": hours}
    if not minutes:
        return _("about %(hours)s left") % {"hours": words}
    return _("about %(hours)s %(minutes)s min left") % {"hours": words, "minutes": minutes}


def finished_in_words(life: Life) -> str:
    """Return on which day they came to the end."""
    if life.finished_at is None:
        return ""
    day = date_format(localtime(life.finished_at), "DATE_FORMAT")
    return _("Read to the end on %(day)s") % {"day": day}


def _paces(customers: Collection[int]) -> dict[int, float]:
    """Return, in words a minute, the pace of those of whom enough is known."""
    asked = padded(sorted(customers))
    sums = PACES.rows(len(asked), customers=asked)
    return {
        customer: min(max(words / seconds * 60, SLOWEST), FASTEST)
        for customer, seconds, words in sums
        if seconds >= KNOWN_AFTER_SECONDS and words >= KNOWN_AFTER_WORDS
    }


def _left(words: int, row: Progress, paces: dict[int, float]) -> int | None:
    if not words:
        return None
    left = words * max(0.0, 1 - row.fraction)
    return round(left / paces.get(row.customer_id, USUAL_PACE) * 60)
