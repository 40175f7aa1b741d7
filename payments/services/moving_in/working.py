"""The worker of moving in: batch by batch, each one transaction, so that a kill costs one batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from time import monotonic

from django.db import transaction
from django.db.models import Count, Max, Q, QuerySet

from core import clock
from core.queue import wake
from payments.models import MoveIn, MoveInRow
from payments.services.moving_in import letters, welcoming
from payments.services.moving_in.bringing import WORK, discard, locked_at
from payments.services.moving_in.giving import give
from payments.services.moving_in.planning import Plan, plan
from payments.services.moving_in.taking_back import take_back
from stores.scope import all_stores, current_store_id

BATCH = 100
CLAIM = timedelta(minutes=5)
"""How long a worker that was killed keeps the others away."""
KEPT = timedelta(days=90)
"""How long a file's own words are kept; they name people, and are needed no longer."""
AT_MOST_SECONDS = 20.0
"""After so long a worker lets others have their turn, and is called again."""
State, Row = MoveIn.State, MoveInRow.State
Batch = Callable[[MoveIn, datetime], bool]


def stores_with_due(now: datetime) -> list[int]:
    """Find the stores with a file to work on, or a letter to write."""
    with all_stores():
        found = set(_free(now).values_list("store_id", flat=True))
        found |= letters.stores_with_due(now)
        found |= welcoming.stores_with_due()
        found |= set(_old(now).values_list("store_id", flat=True))
    return sorted(found)


def work_on(now: datetime) -> None:
    """Work on the files of the store in scope, and on their letters."""
    began = monotonic()
    for move_in in _free(now):
        if _claim(move_in, now):
            _work(move_in, began)
    letters.work_on(now)
    welcoming.work_on(now)
    for move_in in _old(now):
        forget(move_in, now)


def work_at_once(move_in: MoveIn, now: datetime) -> None:
    """Work on one file while somebody waits for it, unless a worker has it already."""
    if _claim(move_in, now):
        _work(move_in, monotonic())


def _free(now: datetime) -> QuerySet[MoveIn]:
    free = Q(claimed_until=None) | Q(claimed_until__lte=now)
    found: QuerySet[MoveIn] = MoveIn.objects.filter(
        free, state__in=(State.CHECKING, State.MOVING, State.UNDOING)
    ).order_by("pk")
    return found


def _old(now: datetime) -> QuerySet[MoveIn]:
    found: QuerySet[MoveIn] = MoveIn.objects.filter(
        forgotten_at=None, created_at__lte=now - KEPT
    ).exclude(state__in=(State.CHECKING, State.MOVING, State.UNDOING))
    return found


@transaction.atomic
def forget(move_in: MoveIn, now: datetime) -> None:
    """Throw away what an old file's lines said; one that never moved in goes as a whole."""
    if not discard(move_in):
        move_in.rows.update(cells=[])
        MoveIn.objects.filter(pk=move_in.pk).update(forgotten_at=now)


def _claim(move_in: MoveIn, now: datetime) -> bool:
    return bool(_free(now).filter(pk=move_in.pk).update(claimed_until=now + CLAIM))


def _work(move_in: MoveIn, began: float) -> None:
    batch = BATCHES[State(move_in.state)]
    while batch(move_in, clock.now()):
        if monotonic() - began > AT_MOST_SECONDS:
            MoveIn.objects.filter(pk=move_in.pk).update(claimed_until=None)
            wake(WORK, current_store_id())
            return


@transaction.atomic
def _check(move_in: MoveIn, now: datetime) -> bool:
    """Try the next lines out; return whether there may be more."""
    move_in, rows = _next(move_in, State.CHECKING, (Row.WAITING,), now)
    for each in plan(move_in, rows, now):
        _write(each, now)
    _save(rows)
    if not rows and move_in.state == State.CHECKING:
        _finish(move_in, State.READY)
    return bool(rows)


@transaction.atomic
def _move(move_in: MoveIn, now: datetime) -> bool:
    """Give what the next lines promise; return whether there may be more."""
    move_in, rows = _next(move_in, State.MOVING, (Row.GOOD,), now)
    for each in plan(move_in, rows, now):
        _write(each, now)
        if each.is_good:
            give(each, by=move_in.by, now=now)
    _save(rows)
    if not rows and move_in.state == State.MOVING:
        _finish(move_in, State.DONE)
    return bool(rows)


@transaction.atomic
def _undo(move_in: MoveIn, now: datetime) -> bool:
    """Take back what the next lines gave; return whether there may be more."""
    move_in, rows = _next(move_in, State.UNDOING, (Row.MOVED,), now)
    for row in rows:
        take_back(row, by=move_in.by, now=now)
    _save(rows)
    if not rows and move_in.state == State.UNDOING:
        _finish(move_in, State.UNDONE)
    return bool(rows)


BATCHES: dict[MoveIn.State, Batch] = {
    State.CHECKING: _check,
    State.MOVING: _move,
    State.UNDOING: _undo,
}


def _next(
    move_in: MoveIn, state: MoveIn.State, of: Sequence[str], now: datetime
) -> tuple[MoveIn, list[MoveInRow]]:
    """Lock a file and return its next lines; none where it is in another state by now."""
    locked = locked_at(move_in)
    if locked.state != state:
        return locked, []
    locked.claimed_until = now + CLAIM
    locked.save(update_fields=["claimed_until"])
    rows = locked.rows.filter(state__in=of).select_related("access__product", "customer__user")
    return locked, list(rows.order_by("line")[:BATCH])


def _write(each: Plan, now: datetime) -> None:
    row = each.row
    row.email, row.phone = each.said.email, each.said.phone
    row.product, row.customer = each.product, each.customer
    row.state, row.troubles = each.state, [list(trouble) for trouble in each.troubles]
    row.does = each.does(now) if each.state != Row.BAD else {}


def _save(rows: Sequence[MoveInRow]) -> None:
    MoveInRow.objects.bulk_update(
        rows,
        [
            *("email", "phone", "product", "customer", "access", "consent"),
            *("state", "troubles", "does"),
        ],
    )


def _finish(move_in: MoveIn, state: MoveIn.State) -> None:
    move_in.state, move_in.claimed_until = state, None
    move_in.counts = counted(move_in)
    move_in.save(update_fields=["state", "claimed_until", "counts"])


def counted(move_in: MoveIn) -> dict[str, object]:
    """Return in numbers what a file does, or did: people once each, whatever they have."""
    states = Counter(
        dict(move_in.rows.values_list("state").annotate(n=Count("pk")).order_by("state"))
    )
    rows = move_in.rows.filter(state__in=(Row.GOOD, Row.MOVED, Row.KEPT))
    new: set[str] = set()
    known: set[str] = set()
    consented: set[str] = set()
    welcomed: set[str] = set()
    letters_wanted = 0
    for email, does in rows.values_list("email", "does").iterator(chunk_size=2000):
        (new if does.get("is_new") else known).add(email)
        letters_wanted += bool(does.get("letter"))
        if does.get("consent"):
            consented.add(email)
        if does.get("welcome"):
            welcomed.add(email)
    products = rows.values("product__title").annotate(n=Count("pk"), until=Max("does__until"))
    return {
        "new": len(new),
        "known": len(known - new),
        "letters": letters_wanted,
        "welcomes": len(welcomed),
        "consents": len(consented),
        "same": states[Row.SAME],
        "bad": states[Row.BAD],
        "undone": states[Row.UNDONE],
        "kept": states[Row.KEPT],
        "products": [
            {"title": row["product__title"], "n": row["n"], "until": row["until"] or ""}
            for row in products.order_by("product__title")
        ],
    }


def progress(move_in: MoveIn) -> int:
    """Return how many percent of what is being done is done."""
    left = {
        State.CHECKING: (Row.WAITING,),
        State.MOVING: (Row.GOOD,),
        State.UNDOING: (Row.MOVED,),
    }.get(State(move_in.state), ())
    waiting = move_in.rows.filter(state__in=left).count() if left else 0
    return 100 - waiting * 100 // max(1, move_in.total)
