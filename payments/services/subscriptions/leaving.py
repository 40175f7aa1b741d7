"""Leaving: at the end of what is paid or today, and staying after all."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from payments.errors import CannotChange
from payments.models import Bill, Refund, Subscription
from payments.services import refunding
from payments.services.providers import taker_of
from payments.services.subscriptions.asking import CANCEL, ask
from payments.services.subscriptions.resting import come_back


def leave_at_end(subscription: Subscription, *, now: datetime) -> Subscription:
    """End it with what is paid: no more charges, and open until then.

    In a rest nothing is paid for any more, so it ends at once; a rest that has not begun is given
    up first.
    """
    subscription.refresh_from_db()
    if subscription.is_resting(now):
        return ask(subscription, "leave", {}, now=now, check=_is_not_leaving, do=CANCEL)
    if subscription.rests_ahead(now):
        come_back(subscription, now=now)
    return ask(
        subscription, "leave", {"cancel_at_period_end": True}, now=now, check=_is_not_leaving
    )


def stay(subscription: Subscription, *, now: datetime) -> Subscription:
    """Undo ``leave_at_end`` while it has not ended."""
    return ask(subscription, "stay", {"cancel_at_period_end": False}, now=now, check=_is_leaving)


def leave_today(subscription: Subscription, *, now: datetime, by: str = "") -> list[Refund]:
    """End it now and give back the days that were paid and not used.

    Charges stop at once, whatever becomes of the refunds: those are written down first and sent
    after it has ended. Raises CannotChange, TryLater.
    """
    ask(subscription, "end", {}, now=now, check=_anything, do=CANCEL)
    refunds = _write_down_unused(subscription, now, by)
    for each in refunds:
        taker_of(each.payment).refund(each, now)
        each.refresh_from_db()
    return refunds


def unused(subscription: Subscription, now: datetime) -> int:
    """Return what leaving now would give back, in minor units."""
    return sum(part for _bill, part in _unused_of(subscription, now))


@transaction.atomic
def _write_down_unused(subscription: Subscription, now: datetime, by: str) -> list[Refund]:
    """Write down what goes back, once: what was given back for a bill already is left out."""
    refunds: list[Refund] = []
    for bill, wanted in _unused_of(subscription, now):
        if bill.order is None:
            continue
        line = bill.order.lines.filter(product=subscription.product_id).first()
        if line is None or Refund.objects.filter(line=line).standing().exists():
            continue
        part = min(wanted, line.left_to_return(), refunding.refundable(bill.order))
        if part:
            reason = _("Unused days")
            refunds += refunding.write_down_parts(
                bill.order, [(line, part)], by=by, now=now, reason=reason
            )
    return refunds


def _unused_of(subscription: Subscription, now: datetime) -> list[tuple[Bill, int]]:
    """Return the paid bills whose time is not over, and what their unused days cost."""
    found = []
    bills = Bill.objects.filter(subscription=subscription, status="paid", ends_at__gt=now)
    for bill in bills.select_related("order"):
        if bill.order is None or bill.starts_at is None or bill.ends_at is None:
            continue
        left = bill.ends_at - max(now, bill.starts_at)
        found.append((bill, bill.amount * left // (bill.ends_at - bill.starts_at)))
    return found


def _anything(subscription: Subscription) -> None:
    """Ending is always allowed."""


def _is_not_leaving(subscription: Subscription) -> None:
    if subscription.ends_at is not None:
        raise CannotChange(_("It ends with what is paid already."))


def _is_leaving(subscription: Subscription) -> None:
    if subscription.ends_at is None:
        raise CannotChange(_("It goes on already."))
