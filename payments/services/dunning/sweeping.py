"""What is due about charges that failed: a mail, a hold, an end. Twice is once.

How far each charge has come stands on its row, so a worker may die anywhere and another goes on.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction

from payments.errors import PaymentError
from payments.models import Bill, Subscription
from payments.services.dunning import cards, ending, letters
from payments.services.instalments.standing import still_waits
from payments.services.subscriptions.following import follow
from payments.services.subscriptions.terms import store_terms
from payments.services.sync import sync_invoice
from stores.scope import all_stores

logger = logging.getLogger(__name__)
MAILS = (
    (timedelta(days=6), Bill.Told.LAST),
    (timedelta(days=3), Bill.Told.AGAIN),
    (timedelta(), Bill.Told.FAILED),
)
"""From which moment after a card was refused which mail is due; only the latest is sent."""


def stores_with_due(now: datetime) -> list[int]:
    """Find the stores with a charge that failed and is not over, or with a card that expires."""
    with all_stores():
        found = {*Bill.objects.pressing().values_list("store_id", flat=True)}
        found |= {*cards.expiring(now).values_list("store_id", flat=True)}
    return sorted(found)


def work_on(now: datetime) -> None:
    """Do what is due in the store in scope; what Stripe does not answer waits for the next time."""
    for bill in Bill.objects.pressing().select_related("subscription"):
        try:
            _work_on(bill, now)
        except PaymentError as error:
            logger.warning("unpaid: %s", error)
    cards.tell(now)


def _work_on(bill: Bill, now: datetime) -> None:
    subscription = bill.subscription
    if subscription.ended_at is not None and not still_waits(subscription, now):
        ending.give_up(bill, now)
    elif not bill.is_owed:
        letters.leave_unsaid(bill)  # whoever runs the shop gave it up at Stripe
    elif bill.failed_at != subscription.unpaid_since:
        return  # an older one is asked for first
    elif ending.is_due(subscription, now):
        ending.end(subscription, now)
    elif (step := _next(bill, now)) is not None:
        if step != Bill.Told.FAILED:  # nobody is told that it is unpaid who paid a moment ago
            sync_invoice(bill.stripe_account, bill.stripe_id, now)
        _take_step(bill, now)


@transaction.atomic
def _take_step(bill: Bill, now: datetime) -> None:
    """Hold what is not paid by its moment, and say what is to be said; under the row's lock."""
    subscription = Subscription.objects.select_for_update(no_key=True).get(pk=bill.subscription_id)
    bill.refresh_from_db()
    bill.subscription = subscription
    step = _next(bill, now)
    is_over = subscription.ended_at is not None and not still_waits(subscription, now)
    if step is None or not bill.is_owed or is_over:
        return
    if step == Bill.Told.HOLD:
        follow(subscription, now)
    letters.tell(bill, step, _fix_by(bill))


def _next(bill: Bill, now: datetime) -> Bill.Told | None:
    """Return the step that is due and was not taken; those that were slept through are left out."""
    assert bill.failed_at is not None  # noqa: S101 -- it is pressing
    if _fix_by(bill) <= now:
        return Bill.Told.HOLD if bill.told < Bill.Told.HOLD else None
    due = (step for after, step in MAILS if bill.failed_at + after <= now)
    step = next(due, None)  # by a clock that is behind Stripe's nothing is due yet
    return step if step is not None and bill.told < step else None


def _fix_by(bill: Bill) -> datetime:
    assert bill.failed_at is not None  # noqa: S101 -- as above
    return bill.failed_at + timedelta(days=store_terms().days_to_fix)
