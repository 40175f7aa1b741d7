"""Whose copy is this: from a file that was found somewhere to the order it came from."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from access import contract
from access.contract import Purchase
from content.models import StampedCopy
from core.limited import CrashedError, TooHeavyError, run_limited

WORKER = "content.services.stamping.worker"
MOST_MARKS = 50
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Trace:
    """A copy that was recognised, and what it was bought with, if it was bought."""

    copy: StampedCopy
    purchase: Purchase | None


def trace(path: Path) -> list[Trace]:
    """Return the copies of the store in scope whose marks the file at ``path`` holds.

    A mark of another store finds nothing here, as if it were no mark.
    """
    try:
        marks = run_limited(WORKER, {"look_in": str(path)})["marks"][:MOST_MARKS]
    except (TooHeavyError, CrashedError) as trouble:
        log.warning("A file could not be searched for marks: %s", trouble)
        return []
    copies: Sequence[StampedCopy] = list(
        StampedCopy.objects.filter(public_id__in=marks)
        .select_related("access__customer__user", "access__product", "asset")
        .order_by("id")
    )
    bought = bought_with(copies)
    return [Trace(copy, bought.get(copy.access_id)) for copy in copies]


def bought_with(copies: Sequence[StampedCopy]) -> dict[int, Purchase]:
    """Return what the accesses of copies were bought with, by the access's primary key."""
    accesses = [copy.access for copy in copies]
    return {pk: found for ask in contract.purchases for pk, found in ask(accesses).items()}
