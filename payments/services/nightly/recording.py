"""Findings become rows: each difference once while it stands, and closed when it is gone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from payments.models import Difference
from payments.services.nightly.findings import PARTS, Finding


def record(findings: Sequence[Finding], now: datetime) -> list[Difference]:
    """Write findings down; one that stands already is seen again."""
    rows = []
    for found in findings:
        row, is_new = Difference.objects.get_or_create(
            kind=found.kind,
            subject=found.subject[:120],
            stripe_account=found.stripe_account,
            gone_at=None,
            defaults={
                "subject_type": found.subject_type,
                "store_id": found.store_id,
                "order_id": found.order_id,
                "ours": found.ours[:200],
                "theirs": found.theirs[:200],
                "found_at": now,
                "seen_at": now,
            },
        )
        if not is_new:
            Difference.objects.filter(pk=row.pk).update(
                seen_at=now, ours=found.ours[:200], theirs=found.theirs[:200]
            )
        rows.append(row)
    return rows


def close_gone(
    part: str, *, stripe_account: str, store_id: int | None, since: datetime, now: datetime
) -> int:
    """Close the differences a finished part did not see again, and return how many."""
    where = Q(store_id=store_id) if store_id is not None else Q(stripe_account=stripe_account)
    open_ones = Difference.objects.filter(where, kind__in=PARTS[part], gone_at=None)
    return open_ones.filter(seen_at__lt=since).update(gone_at=now)


def close_of(differences: Sequence[Difference], still: Sequence[Finding], now: datetime) -> None:
    """Close those of some differences that a second look did not find again."""
    found = {(each.kind, each.subject) for each in still}
    for row in differences:
        if (row.kind, row.subject) not in found:
            Difference.objects.filter(pk=row.pk, gone_at=None).update(gone_at=now)
