"""The store's log: who of the staff did what."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models

from stores.models import LogEntry, Staff


def write(
    staff: Staff | None, what: str, subject: models.Model, changes: Iterable[str] = ()
) -> LogEntry:
    """Write down that ``staff`` did ``what`` to ``subject``; ``changes`` are names of fields."""
    entry: LogEntry = LogEntry.objects.create(
        staff=staff,
        what=what[:40],
        subject_type=subject._meta.label_lower[:80],
        subject_id=str(subject.pk)[:40],
        subject=str(subject)[:200],
        changes=[str(name)[:120] for name in changes],
    )
    return entry
