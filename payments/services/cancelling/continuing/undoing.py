"""Undoing a notice that stopped subscriptions, while none of it has taken effect."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from payments.errors import CannotCancel, CannotChange
from payments.models import CancelNotice, Stop, Subscription
from payments.services.cancelling import effect
from payments.services.subscriptions import noticed
from payments.services.subscriptions.asking import ask
from payments.services.subscriptions.deeds import STAYS
from payments.services.subscriptions.noticed import takes_back

State = CancelNotice.State


def can_keep(notice: CancelNotice, now: datetime) -> bool:
    """Whether a notice, of an order or of subscriptions, can still be undone."""
    stops = list(notice.stops.standing().select_related("subscription"))
    if not stops:
        return effect.can_keep(notice, now)
    return all(_is_ahead(each, now) for each in stops)


def keep_after_all(notice: CancelNotice, *, by: str, now: datetime) -> CancelNotice:
    """Undo a notice: what it stopped goes on, with its next charge as it was.

    CannotCancel when it is too late; TryLater when Stripe did not answer, which the reconciler
    then goes on with.
    """
    stops = list(notice.stops.standing().select_related("subscription", "notice"))
    if not stops:
        return effect.keep_after_all(notice, by=by, now=now)
    if not can_keep(notice, now):
        raise CannotCancel(_("It is too late to undo: it has taken effect."))
    for each in stops:
        _take_back(each, now)
    with transaction.atomic():
        locked: CancelNotice = CancelNotice.objects.select_for_update(no_key=True).get(pk=notice.pk)
        if locked.state == State.KEPT and by:
            locked.answered_by = by
            locked.save(update_fields=["answered_by"])
    return locked


def _is_ahead(stopped: Stop, now: datetime) -> bool:
    return stopped.subscription.ended_at is None and now < stopped.effective_at


def _take_back(stopped: Stop, now: datetime) -> None:
    """Take back the end a stop set; one that its owner had set before stands again."""
    subscription: Subscription = stopped.subscription
    if stopped.ended_before is not None:
        if subscription.ends_at != stopped.ended_before:
            ask(
                subscription,
                STAYS,
                {"cancel_at": int(stopped.ended_before.timestamp()), "proration_behavior": "none"},
                now=now,
                check=_anything,
            )
        noticed.undo(stopped, now)
    elif subscription.ends_at is not None:
        ask(subscription, STAYS, takes_back, now=now, check=_anything)
    else:  # Stripe never heard of it
        noticed.undo(stopped, now)


def _anything(subscription: Subscription) -> None:
    if subscription.ended_at is not None:
        raise CannotChange(_("It has ended already."))
