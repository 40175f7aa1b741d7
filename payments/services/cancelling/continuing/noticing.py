"""Notices about what is paid again and again: whose word counts, and what follows at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from payments.errors import CannotCancel
from payments.models import CancelNotice, Stop, Subscription
from payments.services.cancelling import letters
from payments.services.cancelling.continuing import finding
from payments.services.cancelling.continuing.letters import stopped as tell
from payments.services.cancelling.continuing.stopping import Asked, stop, try_now
from payments.services.cancelling.noticing import Said, write

State = CancelNotice.State


def cancel(
    subscription: Subscription,
    *,
    proof: str,
    said: Said,
    now: datetime,
    asked: Asked | None = None,
) -> CancelNotice:
    """Stop a subscription for who proved to pay it or told the team: charges stop at once.

    Stopped already, the first notice is returned. CannotCancel when it has ended.
    """
    with transaction.atomic():
        known: Stop | None = (
            Stop.objects.standing().filter(subscription=subscription).select_related("notice")
        ).first()
        if known is not None:
            return known.notice
        _refuse_ended([subscription])
        notice = write(said, now, order=subscription.order, proof=proof)
        notice.customer = subscription.customer
        stops = _stop_all(notice, [subscription], now, asked)
    try_now(stops, now)
    return notice


def confirm(
    notice: CancelNotice,
    subscriptions: Sequence[Subscription],
    *,
    proof: str,
    now: datetime,
    asked: Asked | None = None,
    by: str = "",
) -> CancelNotice:
    """Say which subscriptions a notice is about, by its mailbox or the team; then it counts.

    The day is that of the notice, not of the confirmation.
    """
    with transaction.atomic():
        locked: CancelNotice = CancelNotice.objects.select_for_update(no_key=True).get(pk=notice.pk)
        if locked.state not in {State.WAITING, State.CONFIRMING}:
            return locked
        chosen = [each for each in subscriptions if finding.is_stoppable(each)]
        _refuse_ended(chosen)
        first = chosen[0]
        locked.order, locked.line, locked.proof = first.order, None, proof
        locked.customer = first.customer
        locked.taken_by = locked.taken_by or by
        stops = _stop_all(locked, chosen, now, asked)
    try_now(stops, now)
    return locked


def _stop_all(
    notice: CancelNotice,
    subscriptions: Sequence[Subscription],
    now: datetime,
    asked: Asked | None,
) -> list[Stop]:
    ordered = sorted(subscriptions, key=lambda each: each.pk)
    stops = [stop(each, notice, now, asked) for each in ordered]
    notice.state = State.DONE
    notice.rules = stops[0].rules
    notice.save()
    tell(notice, stops)
    letters.tell_creators(notice)
    return stops


def _refuse_ended(subscriptions: Sequence[Subscription]) -> None:
    if not subscriptions or any(each.ended_at is not None for each in subscriptions):
        raise CannotCancel(_("It has ended already, and nothing is charged any more."))
