"""Leaving: at the end of what is paid or today, and staying after all."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Customer
from payments.errors import CannotChange
from payments.models import OutboundCall, Refund, Subscription
from payments.services import refunding
from payments.services.instalments.standing import is_planned
from payments.services.providers import taker_of
from payments.services.subscriptions.asking import CANCEL, OF_CHARGES, ask, send, write_down
from payments.services.subscriptions.deeds import ENDS, GIVES_UP_REST, LEAVES, STAYS
from payments.services.subscriptions.noticed import takes_back
from payments.services.subscriptions.resting import come_back
from payments.services.subscriptions.unused import unused, unused_of

__all__ = [
    "end_for_who_is_forgotten",
    "finish",
    "give_back",
    "leave_at_end",
    "leave_today",
    "stay",
    "unused",
]


def leave_at_end(subscription: Subscription, *, now: datetime) -> Subscription:
    """End it with what is paid: no more charges, and open until then.

    In a rest nothing is paid for any more, so it ends at once; a rest that has not begun is given
    up first.
    """
    subscription.refresh_from_db()
    if subscription.is_resting(now):
        return ask(subscription, LEAVES, {}, now=now, check=_is_not_leaving, do=CANCEL)
    if subscription.rests_ahead(now):
        come_back(subscription, now=now, why=GIVES_UP_REST)
    return ask(subscription, LEAVES, {"cancel_at_period_end": True}, now=now, check=_is_not_leaving)


def stay(subscription: Subscription, *, now: datetime) -> Subscription:
    """Undo ``leave_at_end`` while it has not ended."""
    return ask(subscription, STAYS, takes_back, now=now, check=_is_leaving)


def leave_today(subscription: Subscription, *, now: datetime, by: str = "") -> list[Refund]:
    """End it now and give back the days that were paid and not used.

    Charges stop at once, whatever becomes of the refunds: those are written down first and sent
    after it has ended. Raises CannotChange; TryLater when Stripe did not answer to one of both,
    which the reconciler then goes on with.
    """
    call = write_down(
        subscription, ENDS, {}, now=now, check=_has_no_number_of_charges, do=CANCEL, by=by
    )
    return finish(call, now)


def finish(call: OutboundCall, now: datetime) -> list[Refund]:
    """Make a written-down change of a subscription, or repeat it, with all that goes with it."""
    send(call, now)
    return give_back(call, now) if call.key.startswith(f"{ENDS}-") else []


def give_back(call: OutboundCall, now: datetime) -> list[Refund]:
    """Give back what was not used of what ``call`` ended, once; nothing while it has not ended."""
    refunds = _write_down_unused(call, now)
    for each in refunds:
        taker_of(each.payment).refund(each, now)
        each.refresh_from_db()
    return refunds


def end_for_who_is_forgotten(customer: Customer, now: datetime) -> None:
    """Write down that all a customer pays again and again ends; the reconciler does it."""
    for each in Subscription.objects.standing().filter(customer=customer):
        waiting = OutboundCall.objects.filter(subscription=each, state=OutboundCall.State.WAITING)
        if not waiting.filter(key__startswith=f"{ENDS}-").exists():
            waiting.update(state=OutboundCall.State.REFUSED, answered_at=now)
            call = write_down(each, ENDS, {}, now=now, check=_anything, do=CANCEL)
            OutboundCall.objects.filter(pk=call.pk).update(next_attempt_at=now)


@transaction.atomic
def _write_down_unused(call: OutboundCall, now: datetime) -> list[Refund]:
    """Write down what goes back, once: what was tried for this end already is left out.

    The call is locked, so that of two who write it down at once the second finds it written.
    """
    OutboundCall.objects.select_for_update(no_key=True).get(pk=call.pk)
    assert call.subscription is not None  # noqa: S101 -- it ends one
    subscription: Subscription = Subscription.objects.get(pk=call.subscription.pk)
    if subscription.ended_at is None:
        return []
    refunds: list[Refund] = []
    for each in unused_of(subscription, subscription.ended_at):
        if Refund.objects.filter(line=each.line, created_at__gte=call.created_at).exists():
            continue
        refunds += refunding.write_down_parts(
            each.order,
            [(each.line, each.amount)],
            by=call.body.get("by", ""),
            now=now,
            reason=_("Unused days"),
        )
    return refunds


def _anything(subscription: Subscription) -> None:
    """Ending is always allowed."""


def _has_no_number_of_charges(subscription: Subscription) -> None:
    """Nobody has a part of a sum back by leaving: what is paid in charges ends by itself."""
    if is_planned(subscription):
        raise CannotChange(OF_CHARGES)


def _is_not_leaving(subscription: Subscription) -> None:
    if subscription.ends_at is not None:
        raise CannotChange(_("It ends with what is paid already."))


def _is_leaving(subscription: Subscription) -> None:
    if subscription.ends_at is None:
        raise CannotChange(_("It goes on already."))
