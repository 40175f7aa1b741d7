"""The inbox of hints: stored once, answered at once, worked on later and as often as needed."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F

from core.prepared import Missing
from core.queue import wake_once
from payments.contract import EventFacts
from payments.errors import NotOurs, PaymentError, Unanswered
from payments.models import StripeEvent
from payments.rules import backoff
from payments.services import steps
from payments.services.locating import Found, locate
from payments.services.sync import (
    sync_dispute,
    sync_invoice,
    sync_payment_intent,
    sync_refund,
    sync_session,
    sync_subscription,
)
from stores.scope import store_scope

SYNCS = {
    "checkout.session": sync_session,
    "payment_intent": sync_payment_intent,
    "refund": sync_refund,
    "dispute": sync_dispute,
    "invoice": sync_invoice,
    "subscription": sync_subscription,
}
LEASE = timedelta(seconds=60)
"""A worker that died leaves its hint to the next one after this long."""
TRIES_FOR_STRANGERS = 5
"""A hint about nothing of ours may be early: our row is written a moment after Stripe's."""
TRIES = 14
BATCH = 200
KEPT_FOR = timedelta(days=90)
ONE = Missing(StripeEvent)
logger = logging.getLogger(__name__)


def take_in(hints: Sequence[EventFacts], now: datetime) -> None:
    """Store hints, each once per account and id, and wake a worker."""
    rows = [_row(hint, now) for hint in hints]
    if len(rows) == 1:
        ONE.write(rows[0])
    else:
        # In one order for everybody: two that bring the same would else wait for each other.
        rows.sort(key=lambda row: (row.stripe_account, row.stripe_id))
        StripeEvent.objects.bulk_create(rows, ignore_conflicts=True)
    steps.reach("event.stored")
    wake_once("payments.tasks.work_inbox")


def _row(hint: EventFacts, now: datetime) -> StripeEvent:
    is_ours = hint.object_type in SYNCS and hint.is_live == settings.STRIPE_LIVEMODE
    return StripeEvent(
        stripe_account=hint.account[:80],
        stripe_id=hint.id[:120],
        type=hint.type[:80],
        object_type=hint.object_type[:40],
        object_id=hint.object_id[:120],
        is_live=hint.is_live,
        happened_at=hint.happened_at,
        received_at=now,
        next_attempt_at=now,
        state=StripeEvent.State.PENDING if is_ours else StripeEvent.State.IGNORED,
    )


def work(now: datetime) -> int:
    """Work on every due hint and return how many were; safe to run twice and side by side.

    When Stripe does not answer, the rest waits for the next time.
    """
    worked = 0
    try:
        for event in list(StripeEvent.objects.due(now)[:BATCH]):
            worked += work_on(event, now)
    except Unanswered:
        worked += 1
    return worked


def forget_old(now: datetime) -> None:
    """Let go of hints that were settled long ago."""
    settled = (StripeEvent.State.DONE, StripeEvent.State.IGNORED)
    StripeEvent.objects.filter(state__in=settled, received_at__lt=now - KEPT_FOR).delete()


def work_on(event: StripeEvent, now: datetime) -> bool:
    """Work on one hint, unless somebody else has it; Unanswered when Stripe is silent."""
    claimed = StripeEvent.objects.filter(
        pk=event.pk, state=StripeEvent.State.PENDING, next_attempt_at=event.next_attempt_at
    ).update(next_attempt_at=now + LEASE, attempts=F("attempts") + 1)
    if not claimed:
        return False
    event.attempts += 1
    try:
        _sync(event, locate(event), now)
    except NotOurs:
        is_over = event.attempts >= TRIES_FOR_STRANGERS
        _put_off(event, now, "", StripeEvent.State.IGNORED if is_over else event.state)
    except PaymentError as error:
        is_over = event.attempts >= TRIES
        _put_off(event, now, str(error), StripeEvent.State.FAILED if is_over else event.state)
        if isinstance(error, Unanswered):
            raise
    except Exception as error:  # one hint that cannot be worked on holds no other up
        logger.exception("hint %s could not be worked on", event.stripe_id)
        is_over = event.attempts >= TRIES
        _put_off(event, now, repr(error), StripeEvent.State.FAILED if is_over else event.state)
    else:
        steps.reach("event.worked")
        StripeEvent.objects.filter(pk=event.pk).update(state=StripeEvent.State.DONE, error="")
    return True


def _sync(event: StripeEvent, found: Found, now: datetime) -> None:
    with store_scope(found.store):
        SYNCS[found.object_type](event.stripe_account, found.object_id, now)


def _put_off(event: StripeEvent, now: datetime, error: str, state: str) -> None:
    StripeEvent.objects.filter(pk=event.pk).update(
        state=state, error=error[:300], next_attempt_at=now + backoff(event.attempts)
    )
