"""The store's log: who of the staff did what."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.db import models
from django.db.models.functions import Cast

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


GONE = "…"


def forget(*, email: str, name: str, subjects: Iterable[models.Model] = ()) -> None:
    """Take a person out of the log of the store in scope; who did what to what, and when, stays.

    ``subjects`` are rows that are called by the person's name or address.
    """
    for subject in subjects:
        LogEntry.objects.filter(
            subject_type=subject._meta.label_lower[:80], subject_id=str(subject.pk)[:40]
        ).update(subject=GONE)
    LogEntry.objects.filter(subject__iexact=email).update(subject=GONE)
    whole = re.compile(rf"(?<![\w.+-]){re.escape(email)}(?![\w-])", re.IGNORECASE)
    for entry in LogEntry.objects.annotate(said=Cast("changes", models.TextField())).filter(
        models.Q(said__icontains=email) | models.Q(what__in=("give_access", "take_back_access"))
    ):
        changes = [GONE if each == name else whole.sub(GONE, each) for each in entry.changes]
        if changes != entry.changes:
            LogEntry.objects.filter(pk=entry.pk).update(changes=changes)
