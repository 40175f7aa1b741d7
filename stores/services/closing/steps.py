"""Beginning to close a store, taking it back, and going on to the next step."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from stores.errors import StoreError
from stores.models import Closing, Staff, Store
from stores.scope import all_stores, current_store
from stores.services.closing.phases import Phase, closed_from, phase_of, reading_from, reminder_at
from stores.services.opening import touch

Step = Closing.Step


class TooLate(StoreError):
    """The notice is over: what customers were told holds."""


@transaction.atomic
def begin(by: Staff, *, now: datetime) -> Closing:
    """Begin to close the store in scope: from this moment nothing new is sold. Once."""
    store = Store.objects.select_for_update(no_key=True).get(pk=current_store().pk)
    standing: Closing | None = Closing.objects.filter(taken_back_at=None).first()
    if standing is not None:
        return standing
    Store.objects.filter(pk=store.pk).update(closing_since=now)
    current_store().closing_since = now
    touch(store)
    made: Closing = Closing.objects.create(by_name=by.name, asked_at=now, due_at=now)
    return made


@transaction.atomic
def take_back(*, now: datetime) -> Closing | None:
    """Keep the store open after all; customers who were told hear of it. TooLate."""
    store = Store.objects.select_for_update(no_key=True).get(pk=current_store().pk)
    standing: Closing | None = Closing.objects.filter(taken_back_at=None).first()
    if standing is None:
        return None
    if phase_of(store.closing_since, now) is not Phase.NOTICE:
        raise TooLate(store.public_id)
    Store.objects.filter(pk=store.pk).update(closing_since=None)
    current_store().closing_since = None
    touch(store)
    standing.taken_back_at, standing.step = now, Step.STAY
    standing.due_at, standing.after = now, 0
    standing.save()
    return standing


def due_stores(now: datetime) -> list[int]:
    """Return the keys of stores whose closing has something to do."""
    with all_stores():
        found = Closing.objects.filter(due_at__lte=now).values_list("store_id", flat=True)
        return list(dict.fromkeys(found))


def go_on(closing: Closing) -> None:
    """Plan the step after the one that was done; the caller holds the row."""
    since = closing.asked_at
    following = {
        Step.TELL: (Step.REMIND, reminder_at(since)),
        Step.REMIND: (Step.READ_ONLY, reading_from(since)),
        Step.READ_ONLY: (Step.CLOSE, closed_from(since)),
        Step.CLOSE: (Step.DONE, None),
        Step.STAY: (Step.DONE, None),
    }
    closing.step, closing.due_at = following[Step(closing.step)]
    closing.after = 0
    closing.save()
