"""What was chosen comes true: the subscription ends once the purchase has opened the same.

The end is the one of leaving today: written down first, sent once, its unused days given back by
the same call, and gone on with by the reconciler where no answer came.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from payments.errors import CannotChange, PaymentError
from payments.models import OutboundCall, Overlap
from payments.services.overlaps import letters, noting
from payments.services.subscriptions.asking import CANCEL, write_down
from payments.services.subscriptions.deeds import ENDS
from payments.services.subscriptions.leaving import finish
from stores.scope import all_stores

logger = logging.getLogger(__name__)
BATCH = 200
AGAIN_AFTER = timedelta(hours=1)
"""An end that Stripe refused, or that nobody answered for too long, is asked for anew."""
WHY = f"{ENDS}-twice"
"""Begins as the key of every end that gives unused days back."""
Choice = Overlap.Choice


def stores_with_overlaps(now: datetime) -> list[int]:
    """Return the stores in which something paid twice is to be ended or asked about."""
    with all_stores():
        due = set(Overlap.objects.due().values_list("store_id", flat=True))
    return sorted(due | noting.stores_with_additions(now))


def work_on_overlaps(now: datetime) -> None:
    """Find, ask and end what is due in the store in scope; twice is once."""
    noting.note_added(now)
    for pk in list(Overlap.objects.due().order_by("pk").values_list("pk", flat=True)[:BATCH]):
        try:
            work_on(pk, now)
        except PaymentError as error:
            logger.warning("paid twice: %s", error)


def choose(overlap: Overlap, choice: str, *, now: datetime) -> Overlap:
    """Let a subscription stop that is paid for twice, or keep both, as its owner says.

    CannotChange when it is not paid twice any more; TryLater when there was no answer, which the
    reconciler then goes on with.
    """
    with transaction.atomic():
        row: Overlap = _locked(overlap.pk)
        if not row.holds(now):
            raise CannotChange(_("It is not paid twice any more."))
        if row.call is None and row.choice != choice:
            row.choice, row.chosen_at = choice, now
        row.settled_at = now if row.choice == Choice.KEEP else None
        row.save(update_fields=["choice", "chosen_at", "settled_at"])
    if row.choice == Choice.STOP:
        work_on(row.pk, now)
    overlap.refresh_from_db()
    return overlap


def work_on(pk: int, now: datetime) -> None:
    """Do what one overlap waits for: a question, or the end of its subscription."""
    call = _take_up(pk, now)
    if call is not None:
        finish(call, now)
        _settle_ended(pk, now)


@transaction.atomic
def _take_up(pk: int, now: datetime) -> OutboundCall | None:
    """Return the call that ends a subscription, written down just now; None where none is due.

    The row is locked: pressed twice, or by two workers, it is written down once.
    """
    row = _locked(pk)
    if row.settled_at is not None:
        return None
    if row.is_over(now):
        _settle(row, now)
        return None
    if row.call is not None:
        is_refused = row.call.state == OutboundCall.State.REFUSED
        if is_refused and row.call.created_at <= now - AGAIN_AFTER:
            Overlap.objects.filter(pk=pk).update(call=None)
        return None
    if not row.access.is_live(now):  # it waits for its opening, and so does what is paid now
        return None
    if row.choice != Choice.STOP:
        letters.asks(row, now)
        Overlap.objects.filter(pk=pk).update(asked_at=now)
        return None
    call = write_down(row.subscription, WHY, {}, now=now, check=_anything, do=CANCEL)
    Overlap.objects.filter(pk=pk).update(call=call)
    return call


@transaction.atomic
def _settle_ended(pk: int, now: datetime) -> None:
    row = _locked(pk)
    if row.settled_at is None and row.subscription.ended_at is not None:
        _settle(row, now)


def _settle(row: Overlap, now: datetime) -> None:
    Overlap.objects.filter(pk=row.pk).update(settled_at=now)


def _locked(pk: int) -> Overlap:
    rows = Overlap.objects.select_for_update(of=("self",), no_key=True)
    found: Overlap = rows.select_related(
        "call",
        "subscription__product",
        "subscription__customer__user",
        "subscription__order",
        "subscription__price",
        "access__product",
        "access__awaits",
    ).get(pk=pk)
    return found


def _anything(subscription: object) -> None:
    """Ending is always allowed."""
