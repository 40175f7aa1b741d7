"""A file comes in: kept line by line, its columns named, and tried out before anything is given."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from core.queue import wake
from core.text import clean_line
from payments.models import MoveIn, MoveInRow
from payments.services.moving_in.fields import guessed
from payments.services.moving_in.reading import read
from payments.services.moving_in.values import month_first
from products.models import Product
from stores.scope import current_store_id

WORK = "payments.tasks.work_on_move_ins_of"
SHOWN = 5
CHUNK = 500
State = MoveIn.State


@transaction.atomic
def bring(content: bytes, *, file_name: str, by: str, now: datetime) -> MoveIn:
    """Keep a file's lines, and guess which column is what; CannotRead says why it is no table."""
    sheet = read(content)
    columns = guessed(sheet.head)
    dates = [
        line.cells[place]
        for key in ("since", "next_charge", "consent_on")
        if (place := columns.get(key)) is not None
        for line in sheet.lines
        if place < len(line.cells)
    ]
    move_in: MoveIn = MoveIn.objects.create(
        by=by,
        file_name=clean_line(file_name)[:120],
        encoding=sheet.encoding,
        delimiter=sheet.delimiter,
        head=sheet.head,
        columns=columns,
        is_day_first=not month_first(dates),
        total=len(sheet.lines),
        created_at=now,
    )
    MoveInRow.objects.bulk_create(
        [MoveInRow(move_in=move_in, line=line.number, cells=line.cells) for line in sheet.lines],
        batch_size=CHUNK,
    )
    return move_in


@transaction.atomic
def try_out(
    move_in: MoveIn,
    *,
    columns: Mapping[str, int],
    product: Product | None,
    interval: str,
    is_day_first: bool,
) -> MoveIn:
    """Say which column is what, and let a worker try the file out: nothing is given by it.

    What was given already stays as it is; a file that moved in is not tried out again.
    """
    locked = locked_at(move_in)
    if locked.state not in {State.MAPPING, State.CHECKING, State.READY}:
        return locked
    locked.columns = dict(columns)
    locked.product, locked.interval, locked.is_day_first = product, interval, is_day_first
    locked.state, locked.counts, locked.claimed_until = State.CHECKING, {}, None
    locked.save()
    locked.rows.update(
        state=MoveInRow.State.WAITING, email="", phone="", product=None, does={}, troubles=[]
    )
    wake(WORK, current_store_id())
    return locked


@transaction.atomic
def begin(move_in: MoveIn, *, now: datetime, wants_welcome: bool = False) -> MoveIn:
    """Let a worker do what was tried out; asked twice it is done once.

    ``wants_welcome`` lets who bought something once be told that it is here.
    """
    locked = locked_at(move_in)
    if locked.state == State.READY:
        locked.state, locked.moved_at, locked.claimed_until = State.MOVING, now, None
        locked.counts, locked.wants_welcome = {}, wants_welcome
        locked.save(update_fields=["state", "moved_at", "claimed_until", "counts", "wants_welcome"])
        wake(WORK, current_store_id())
    return locked


@transaction.atomic
def discard(move_in: MoveIn) -> bool:
    """Throw away a file that has given nothing; return whether it could be."""
    locked = locked_at(move_in)
    if locked.state not in {State.MAPPING, State.CHECKING, State.READY}:
        return False
    locked.delete()
    return True


def locked_at(move_in: MoveIn) -> MoveIn:
    """Lock a file's row; belongs to a transaction."""
    found: MoveIn = MoveIn.objects.select_for_update(no_key=True).get(pk=move_in.pk)
    return found
