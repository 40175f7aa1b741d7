"""The first days of a store: which steps were put aside, what was answered, and when it ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from stores.models import FirstRun


def first_run() -> FirstRun:
    """Return what is remembered in the store in scope; a row that is not saved while nothing is."""
    found: FirstRun | None = FirstRun.objects.first()
    return found or FirstRun()


@transaction.atomic
def skip(key: str) -> None:
    """Put a step aside; twice is once."""
    row = _row()
    if key not in row.skipped:
        row.skipped = [*row.skipped, key]
        row.save(update_fields=["skipped"])


@transaction.atomic
def take_up(key: str) -> None:
    """Take a step up again that was put aside."""
    row = _row()
    row.skipped = [each for each in row.skipped if each != key]
    row.save(update_fields=["skipped"])


@transaction.atomic
def fold(now: datetime) -> None:
    """Put the checklist away from Today; the first moment stays."""
    row = _row()
    row.folded_at = row.folded_at or now
    row.save(update_fields=["folded_at"])


@transaction.atomic
def keep_answers(answers: Mapping[str, str | list[str]]) -> None:
    """Remember what was answered, in place of what was answered before."""
    row = _row()
    row.answers = dict(answers)
    row.save(update_fields=["answers"])


def _row() -> FirstRun:
    FirstRun.objects.get_or_create()
    found: FirstRun = FirstRun.objects.select_for_update(no_key=True).get()
    return found
