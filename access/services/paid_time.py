"""The time that was paid for, by access, as rules of tenure and of dates count it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from access.models import Access, SourceKind
from access.rules import Span, merged, without

FOR_GOOD = timedelta(days=36_525)
"""How far paid time reaches that nobody ends."""


def paid_time(
    accesses: Sequence[Access], now: datetime, begun: Mapping[int, datetime | None] | None = None
) -> dict[int, list[Span]]:
    """Return for each access, by its primary key, the time its holder paid for, less rests and
    holds, in three queries, and three more for each bundle around a bundle.

    It is what the same customer paid for of the same product, whichever access it was for: who
    comes back goes on where they stopped. What was taken back counts for nothing. An access
    nobody pays for by the period (one payment, a gift, by hand) counts from its beginning to its
    end; ``begun`` says since when, where that is not its ``starts_at``. What stood inside a
    purchase was paid for with that.
    """
    if not accesses:
        return {}
    rows = fetch_above(
        Access.objects.standing()
        .filter(
            customer__in={access.customer_id for access in accesses},
            product__in={access.product_id for access in accesses},
        )
        .prefetch_related("paid_spans", "span_cuts")
    )
    theirs: dict[tuple[int, int], list[Span]] = defaultdict(list)
    for row in rows:
        theirs[row.customer_id, row.product_id] += own_time(row, now, (begun or {}).get(row.pk))
    return {access.pk: merged(theirs[access.customer_id, access.product_id]) for access in accesses}


def fetch_above(rows: Iterable[Access]) -> list[Access]:
    """Return the accesses, each knowing what gave it with the time that was paid for."""
    found = list(rows)
    level = found
    while wanted := {row.parent_id for row in level if row.parent_id is not None}:
        above = Access.objects.filter(pk__in=wanted)
        by_id = {row.pk: row for row in above.prefetch_related("paid_spans", "span_cuts")}
        for row in level:
            if row.parent_id is not None:
                row.parent = by_id[row.parent_id]
        level = list(by_id.values())
    return found


def own_time(access: Access, now: datetime, begun_at: datetime | None = None) -> list[Span]:
    """Return what one access alone was paid for, less its rests and holds."""
    spans = _paid_for(access, now, begun_at)
    cuts = [Span(row.starts_at, row.ends_at) for row in access.span_cuts.all()]
    return without(spans, [*cuts, *_open_cuts(access, now)])


def paid_spans_of(access: Access) -> list[Span]:
    """Return the periods that were paid for an access, its own or those of what gave it."""
    own = [Span(row.starts_at, row.ends_at) for row in access.paid_spans.all()]
    return own if own or access.parent is None else paid_spans_of(access.parent)


def _paid_for(access: Access, now: datetime, begun_at: datetime | None) -> list[Span]:
    spans = [_had(access, row.starts_at, row.ends_at) for row in access.paid_spans.all()]
    if spans or (begun_at is None and access.awaits_id is not None):
        return spans
    start = begun_at or access.starts_at
    alone = Span(start, access.ends_at or max(start, now) + FOR_GOOD)
    if access.parent is None:
        return [alone]
    above = own_time(access.parent, now, begun_at if access.parent.awaits_id else None)
    if access.source_kind != SourceKind.BUNDLE:  # it goes on where what it replaced was
        return above
    return [
        Span(max(run.start, alone.start), min(run.end, alone.end))
        for run in above
        if run.start < alone.end and alone.start < run.end
    ]


def _had(access: Access, since: datetime, until: datetime) -> Span:
    """Return paid time up to the end of an access: who left before had the rest back."""
    return Span(since, until if access.ends_at is None else min(until, access.ends_at))


def _open_cuts(access: Access, now: datetime) -> list[Span]:
    """Return the rest and the hold that are not over yet, as far as they have come."""
    cuts = []
    if access.paused_at is not None:
        until = min(now, access.paused_until) if access.paused_until else now
        cuts.append(Span(access.paused_at, until))
    if access.suspended_at is not None:
        cuts.append(Span(access.suspended_at, now))
    return cuts
