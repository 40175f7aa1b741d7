"""What follows from a notice: it closes now, and the money leaves an hour later."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from payments.errors import CannotCancel, CannotRefund, PaymentError
from payments.models import CancelledLine, CancelNotice, Dispute, Order, OrderLine, Refund
from payments.rules import DISPUTE_HOLDS
from payments.services.cancelling import letters
from payments.services.cancelling.judging import Judged, judge, law_at
from payments.services.fulfilment import settle
from payments.services.ordering import give_up
from payments.services.providers import taker_of
from payments.services.refunding import refundable, write_down_parts
from stores.scope import all_stores

logger = logging.getLogger(__name__)
KEEP_WITHIN = timedelta(hours=1)
"""How long a cancelled purchase can be kept after all: the money leaves when that is over."""
SOON = timedelta(days=1)
"""Proved only after its days to pay back were over, a notice's money is promised for the morrow."""
ASK_AGAIN = timedelta(days=1)
AN_HOUR = timedelta(hours=1)
BATCH = 200
State = CancelNotice.State


@transaction.atomic
def take_effect(notice: CancelNotice, *, now: datetime) -> CancelNotice:
    """Cancel what of the notice's order is inside the right; the rest waits for an answer.

    Judged at the moment it was said. Belongs to who proved the order is theirs.
    """
    order = _lock(notice)
    if not order.is_paid:
        return _give_up_unpaid(notice, order, now)
    judged = judge(order, notice.said_at, line=notice.line, is_protected=notice.is_protected)
    mine = [each for each in judged if each.right.may]
    asked = [each for each in judged if not each.right.may]
    first = next(iter(asked or mine), None)
    notice.state = State.REQUEST if asked else State.DONE
    notice.rules = law_at(order).key
    notice.because = first.right.because if first else ""
    notice.refund_due_by = max(judged[0].right.refund_due_by, now + SOON) if judged else None
    _cancel(notice, order, mine, now)
    notice.save()
    _tell(notice, mine, asked, now)
    return notice


def accept(
    notice: CancelNotice, *, by: str, now: datetime, amount: int | None = None, answer: str = ""
) -> CancelNotice:
    """Cancel what was asked for outside the right: all of it back, or ``amount`` (minor units)."""
    with transaction.atomic():
        locked = _locked(notice, State.REQUEST)
        order = _lock(locked)
        judged = judge(order, now, line=locked.line)
        most = sum(each.amount + each.right.fee for each in judged)
        if amount is not None and not 0 <= amount <= most:
            raise CannotCancel(_("That is more than can still be given back."))
        _cancel(locked, order, _shared(judged, most if amount is None else amount), now)
        locked.state = State.DONE
        locked.refund_due_by = judged[0].right.refund_due_by if judged else locked.refund_due_by
        _answered(locked, by, answer, now)
        letters.answered(locked, "accepted", now)
    return locked


@transaction.atomic
def refuse(notice: CancelNotice, *, by: str, now: datetime, answer: str) -> CancelNotice:
    """Answer a notice in writing with a no; what took effect of it stays so."""
    locked = _locked(notice, State.REQUEST, State.WAITING, State.CONFIRMING)
    was_done = locked.cancelled.filter(undone_at=None).exists()
    locked.state = State.DONE if was_done else State.REFUSED
    _answered(locked, by, answer, now)
    letters.answered(locked, "refused", now)
    return locked


@transaction.atomic
def keep_after_all(notice: CancelNotice, *, by: str, now: datetime) -> CancelNotice:
    """Undo a notice while its money has not left: all it closed is open again.

    CannotCancel when it is too late.
    """
    locked: CancelNotice = CancelNotice.objects.select_for_update(no_key=True).get(pk=notice.pk)
    if locked.state == State.KEPT:
        return locked
    order: Order | None = None
    if locked.order_id is not None:
        order = _lock(locked)
    if not can_keep(locked, now):  # asked under the order's lock, where refunds are written down
        raise CannotCancel(_("It is too late to undo: the money is on its way back."))
    if order is not None:
        standing = locked.cancelled.filter(undone_at=None)
        lines = [each.line for each in standing.select_related("line")]
        standing.update(undone_at=now)
        _settle(lines, now)
    locked.state = State.KEPT
    _answered(locked, by, locked.answer, now)
    letters.answered(locked, "kept", now)
    return locked


def can_keep(notice: CancelNotice, now: datetime) -> bool:
    """Whether a notice can still be undone."""
    if notice.state in {State.WAITING, State.CONFIRMING, State.REQUEST}:
        return not notice.cancelled.filter(undone_at=None, money_leaves_at__lte=now).exists()
    cancelled = list(notice.cancelled.filter(undone_at=None))
    if notice.state != State.DONE or not cancelled:
        return False
    return all(each.refund_id is None and now < each.money_leaves_at for each in cancelled)


def _cancel(notice: CancelNotice, order: Order, judged: Sequence[Judged], now: datetime) -> None:
    closed = []
    for each in judged:
        for line, amount in each.shares():
            CancelledLine.objects.create(
                notice=notice,
                line=line,
                at=now,
                amount=amount,
                fee=each.right.fee if line == each.line else 0,
                money_leaves_at=now + KEEP_WITHIN,
            )
            closed.append(line)
    if judged:
        notice.effective_at = now
        _settle(closed, now)
        order.refresh_from_db(fields=["status"])


def _settle(lines: Sequence[OrderLine], now: datetime) -> None:
    """Let all follow from what was cancelled or kept: of one order, or of all charges of a sum."""
    for pk in sorted({line.order_id for line in lines}):
        settle(Order.objects.select_for_update(no_key=True).get(pk=pk), now)


def _give_up_unpaid(notice: CancelNotice, order: Order, now: datetime) -> CancelNotice:
    give_up(order, now)
    notice.state, notice.effective_at = State.DONE, now
    notice.save(update_fields=["state", "effective_at"])
    _tell(notice, [], [], now)
    return notice


def _tell(
    notice: CancelNotice, mine: Sequence[Judged], asked: Sequence[Judged], now: datetime
) -> None:
    if notice.state == State.DONE or mine:
        letters.done(notice, mine, asked, now)
    else:
        letters.received(notice, with_key=True, now=now)
    letters.tell_creators(notice)


def _shared(judged: Sequence[Judged], amount: int) -> list[Judged]:
    """Return lines with an amount shared among them, each at most what is left of it."""
    shared = []
    for each in judged:
        whole = each.amount + each.right.fee
        part = min(whole, amount)
        amount -= part
        right = replace(each.right, fee=whole - part)
        shared.append(replace(each, amount=part, right=right))
    return shared


def _lock(notice: CancelNotice) -> Order:
    assert notice.order_id is not None  # noqa: S101 -- asked only of notices about an order
    locked: Order = Order.objects.select_for_update(no_key=True).get(pk=notice.order_id)
    return locked


def _locked(notice: CancelNotice, *states: str) -> CancelNotice:
    locked: CancelNotice = CancelNotice.objects.select_for_update(no_key=True).get(pk=notice.pk)
    if locked.state not in states:
        raise CannotCancel(_("It was answered already."))
    return locked


def _answered(notice: CancelNotice, by: str, answer: str, now: datetime) -> None:
    notice.answer, notice.answered_by, notice.answered_at = answer, by, now
    notice.save()


# -- the money


def stores_with_money_due(now: datetime) -> list[int]:
    """Return the stores in which money of a cancelled purchase should leave."""
    with all_stores():
        return sorted(set(_due(now).values_list("store_id", flat=True)))


def send_money(now: datetime) -> None:
    """Write down and send what is due in the store in scope; may run twice, and side by side.

    What gets no answer stays written down, and the reconciler sends it again.
    """
    for cancelled in _due(now).select_related("notice", "line__order")[:BATCH]:
        for refund in _write_down(cancelled, now):
            try:
                taker_of(refund.payment).refund(refund, now)
            except PaymentError as error:
                logger.warning("cancelled purchase: %s", error)


def _due(now: datetime) -> QuerySet[CancelledLine]:
    found: QuerySet[CancelledLine] = CancelledLine.objects.filter(
        money_leaves_at__lte=now, refund=None, undone_at=None, amount__gt=0
    )
    return found


@transaction.atomic
def _write_down(cancelled: CancelledLine, now: datetime) -> list[Refund]:
    order: Order = Order.objects.select_for_update(no_key=True).get(pk=cancelled.line.order_id)
    locked: CancelledLine | None = _due(now).filter(pk=cancelled.pk).first()
    if locked is None:
        return []  # undone or written down meanwhile
    reason = _("Cancelled, notice %(number)s") % {"number": cancelled.notice.number}
    by = cancelled.notice.answered_by or cancelled.notice.taken_by or _("the customer")
    try:
        refunds = write_down_parts(
            order, [(cancelled.line, locked.amount)], by=by, now=now, reason=reason
        )
    except CannotRefund:
        return _wait(locked, order, now)
    locked.refund = refunds[0]
    locked.save(update_fields=["refund"])
    return refunds


def _wait(cancelled: CancelledLine, order: Order, now: datetime) -> list[Refund]:
    """Agree with what is left: less when it went back otherwise, later when somebody is to answer.

    That is a bank that holds it, or Stripe, which was asked to give it back already.
    """
    left = refundable(order)
    is_held = Dispute.objects.filter(payment__order=order, status__in=DISPUTE_HOLDS).exists()
    if not left and is_held:
        cancelled.money_leaves_at = now + ASK_AGAIN
    elif Refund.objects.reserved().filter(payment__order=order).exists():
        cancelled.money_leaves_at = now + AN_HOUR
    else:
        cancelled.amount = min(cancelled.amount, left)
    cancelled.save(update_fields=["money_leaves_at", "amount"])
    return []
