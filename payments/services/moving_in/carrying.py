"""Who moved in pays here: the months they paid for elsewhere go on in what they pay for now."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil

from access.models import Owed, PaidSpan
from access.services import granting
from payments.models import RenewHere, Subscription
from payments.services.moving_in.planning import SOURCE
from payments.services.subscriptions.following import access_of


def carry_on(subscription: Subscription, now: datetime) -> None:
    """Note that a letter's reader pays here, and carry their months over; done twice is once.

    Where the card was charged before the old date, the days up to it are owed, so no day is paid
    for twice. Belongs to the transaction in which the subscription's row is locked.
    """
    letter_id = subscription.line.renews_id
    access = access_of(subscription) if letter_id is not None else None
    if access is None or letter_id is None:
        return
    letter: RenewHere = (
        RenewHere.objects.select_for_update(no_key=True).select_related("access").get(pk=letter_id)
    )
    if letter.renewed_at is None:
        letter.renewed_at = now
        letter.save(update_fields=["renewed_at"])
    span: PaidSpan | None = letter.access.paid_spans.filter(source=SOURCE).first()
    if span is not None and not access.paid_spans.filter(source=SOURCE).exists():
        granting.record_paid(
            access, source=SOURCE, starts_at=span.starts_at, ends_at=span.ends_at, now=now
        )
    early = letter.charges_at - subscription.started_at
    if subscription.line.charged_from is None and early > timedelta():
        days = ceil(early / timedelta(days=1))
        granting.owe(access, days, Owed.Unit.DAY, f"{SOURCE}-{letter.pk}")
