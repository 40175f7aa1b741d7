"""Undoing a file: what it gave is taken back, unless who has it pays here meanwhile."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from access.models import Access
from access.services import granting
from accounts.models import Consent
from core.queue import wake
from payments.models import MoveIn, MoveInRow, RenewHere, Subscription
from payments.services.moving_in.bringing import WORK, locked_at
from payments.services.moving_in.planning import SOURCE, UNDONE
from stores.scope import current_store_id

UNDO_WITHIN = timedelta(days=14)
State, Row = MoveIn.State, MoveInRow.State


def may_undo(move_in: MoveIn, now: datetime) -> bool:
    """Whether a file can still be taken back."""
    is_moved = move_in.state in {State.DONE, State.MOVING}
    return is_moved and move_in.moved_at is not None and now < move_in.moved_at + UNDO_WITHIN


@transaction.atomic
def undo(move_in: MoveIn, *, now: datetime) -> bool:
    """Let a worker take back what a file gave, and stop what it has not given yet."""
    locked = locked_at(move_in)
    if not may_undo(locked, now):
        return False
    locked.state, locked.undone_at, locked.claimed_until = State.UNDOING, now, None
    locked.save(update_fields=["state", "undone_at", "claimed_until"])
    wake(WORK, current_store_id())
    return True


def take_back(row: MoveInRow, *, by: str, now: datetime) -> MoveInRow:
    """Take back what one line gave: its access, its months, its yes, its letter; unsaved.

    Who pays here by now keeps all of it. Belongs to a transaction.
    """
    access = row.access
    if access is None:
        row.state = Row.UNDONE
        return row
    letter: RenewHere | None = (
        RenewHere.objects.select_for_update(no_key=True).filter(access=access).first()
    )
    if pays_here(access) or (letter is not None and letter.renewed_at is not None):
        row.state = Row.KEPT
        return row
    granting.take_back_paid(access, source=SOURCE, now=now)
    granting.revoke(access, now=now, by=by, because=UNDONE)
    if row.consent_id is not None:
        Consent.objects.filter(pk=row.consent_id, withdrawn_at=None).update(withdrawn_at=now)
    if letter is not None and letter.withdrawn_at is None:
        letter.withdrawn_at = now
        letter.save(update_fields=["withdrawn_at"])
    row.state = Row.UNDONE
    return row


def pays_here(access: Access) -> bool:
    """Whether who has this pays for the same thing here, or once did since it was given."""
    found = Subscription.objects.filter(customer=access.customer_id, product=access.product_id)
    return bool(found.filter(created_at__gte=access.created_at).exists())
